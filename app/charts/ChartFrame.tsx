/** What lines are drawn on: grid and axes. */
import { CartesianGrid, XAxis, YAxis } from "recharts";
import { formatCompact, formatDuration, formatRate } from "../format";
import type { XUnit } from "../store/ui";
import type { ChartDef } from "./chart";
import type { Axis } from "./curves";
import { X_AXIS_HEIGHT, Y_AXIS_WIDTH } from "./plotFrame";

interface ChartFrameProps {
  readonly def: ChartDef;
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly xUnit: XUnit;
  readonly isLog: boolean;
}

const formatX: Readonly<Record<XUnit, (value: number) => string>> = {
  step: formatCompact,
  epoch: formatRate,
  time: (seconds) => (seconds < 60 ? `${formatRate(seconds)} s` : formatDuration(seconds * 1000)),
};

const tickStyle = { fontSize: 11, fill: "var(--text-3)" };

export function ChartFrame({ def, xAxis, yAxis, xUnit, isLog }: ChartFrameProps) {
  return (
    <>
      <CartesianGrid vertical={false} stroke="var(--grid)" />
      <XAxis
        type="number"
        dataKey="x"
        domain={[xAxis.low, xAxis.high]}
        ticks={[...xAxis.ticks]}
        interval={0}
        height={X_AXIS_HEIGHT}
        tickFormatter={formatX[xUnit]}
        tick={tickStyle}
        tickLine={false}
        axisLine={{ stroke: "var(--line-strong)" }}
        allowDataOverflow
      />
      <YAxis
        type="number"
        domain={[yAxis.low, yAxis.high]}
        ticks={[...yAxis.ticks]}
        interval={0}
        width={Y_AXIS_WIDTH}
        tickFormatter={(value: number) => def.formatTick(isLog ? 10 ** value : value)}
        tick={tickStyle}
        tickLine={false}
        axisLine={false}
        allowDataOverflow
      />
    </>
  );
}
