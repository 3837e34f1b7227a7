/** One chart: training as a solid line in the band of its values, the raw means faint behind the smoothed line,
 *  validation dashed. It draws what `curves.ts` gives it, at most ten times a second, without animation. */
import { memo, useMemo } from "react";
import { LineChart } from "recharts";
import { formatCount } from "../format";
import type { Metrics } from "../store/metrics";
import type { XUnit } from "../store/ui";
import type { ChartDef } from "./chart";
import { ChartFrame } from "./ChartFrame";
import { CurveLayer, CurvesContext } from "./CurveLayer";
import type { Curves } from "./curves";
import { MarkLayer } from "./MarkLayer";
import { PlotArea } from "./PlotArea";
import { PLOT_MARGIN, plotFrame } from "./plotFrame";
import { readAt } from "./reading";
import classes from "./MetricChart.module.css";

interface MetricChartProps {
  readonly def: ChartDef;
  readonly metrics: Metrics;
  readonly curves: Curves;
  readonly width: number;
  readonly height: number;
  readonly xUnit: XUnit;
}

export function MetricChart({ def, metrics, curves, width, height, xUnit }: MetricChartProps) {
  const frame = useMemo(() => plotFrame(width, height), [width, height]);
  return (
    <>
      <div className={classes.drawing} role="img" aria-label={describe(def, metrics, curves)}>
        <CurvesContext value={curves}>
          <Frame def={def} width={width} height={height} xAxis={curves.xAxis} yAxis={curves.yAxis} />
        </CurvesContext>
      </div>
      {metrics.train.count > 0 ? (
        <PlotArea def={def} metrics={metrics} curves={curves} frame={frame} xUnit={xUnit} />
      ) : (
        <div className={classes.empty} style={frame}>
          <p>{`Press Train, and the ${def.title.toLowerCase()} is drawn here`}</p>
        </div>
      )}
    </>
  );
}

function describe(def: ChartDef, metrics: Metrics, curves: Curves): string {
  const reading = readAt(def, curves, metrics, null);
  if (!reading) return `${def.title} over training: nothing yet`;
  const { to, mean, smoothed, validation } = reading;
  const rest = validation ? `, on validation samples ${def.format(validation.mean)}` : "";
  return `${def.title} over training: ${def.format(smoothed ?? mean)} at step ${formatCount(to)}${rest}. Numbers are in the table Training metrics.`;
}

interface FrameProps extends Pick<MetricChartProps, "def" | "width" | "height">, Pick<Curves, "xAxis" | "yAxis"> {}

// Axes are new objects each time: what is in them is compared.
const sameFrame = (before: FrameProps, after: FrameProps): boolean =>
  before.def === after.def && JSON.stringify({ ...before, def: null }) === JSON.stringify({ ...after, def: null });

/** The chart without its lines and marks: drawn again only when something in it changes, because it costs the most. The
 *  lines and marks get past it what they draw. */
const Frame = memo(function Frame({ def, width, height, xAxis, yAxis }: FrameProps) {
  return (
    <LineChart width={width} height={height} margin={PLOT_MARGIN} accessibilityLayer={false}>
      <ChartFrame xAxis={xAxis} yAxis={yAxis} />
      <CurveLayer />
      <MarkLayer quietEdge={def.quietEdge} />
    </LineChart>
  );
}, sameFrame);
