/** The picture of a chart: the library's axes take their room, and layers of our own draw what is in it. */
import { memo } from "react";
import { LineChart, XAxis, YAxis } from "recharts";
import type { ChartDef } from "./chart";
import { ChartFrame } from "./ChartFrame";
import { CurveLayer } from "./CurveLayer";
import { MarkLayer } from "./MarkLayer";
import { PLOT_MARGIN, plotFrame, X_AXIS_HEIGHT, Y_AXIS_WIDTH } from "./plotFrame";

/** What an axis needs to take its room; what is on it, `ChartFrame` draws. */
const bareAxis = { type: "number", domain: [0, 1], tick: false, tickLine: false, axisLine: false } as const;

interface ChartDrawingProps extends Pick<ChartDef, "quietEdge"> {
  readonly width: number;
  readonly height: number;
}

/** Drawn again only when its size changes, because it costs the most. The layers get past it what they draw. */
export const ChartDrawing = memo(function ChartDrawing({ quietEdge, width, height }: ChartDrawingProps) {
  return (
    <LineChart width={width} height={height} margin={PLOT_MARGIN} accessibilityLayer={false}>
      <XAxis {...bareAxis} height={X_AXIS_HEIGHT} />
      <YAxis {...bareAxis} width={Y_AXIS_WIDTH} />
      <ChartFrame frame={plotFrame(width, height)} />
      <CurveLayer />
      <MarkLayer quietEdge={quietEdge} />
    </LineChart>
  );
});
