/** What lines are drawn on: grid and axes. */
import { CartesianGrid, XAxis, YAxis } from "recharts";
import type { Axis } from "./axes";
import { X_AXIS_HEIGHT, Y_AXIS_WIDTH } from "./plotFrame";

interface ChartFrameProps {
  readonly xAxis: Axis;
  readonly yAxis: Axis;
}

const tickStyle = { fontSize: 11, fill: "var(--text-3)" };

export function ChartFrame({ xAxis, yAxis }: ChartFrameProps) {
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
        tickFormatter={(_: number, i: number) => xAxis.labels[i] ?? ""}
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
        tickFormatter={(_: number, i: number) => yAxis.labels[i] ?? ""}
        tick={tickStyle}
        tickLine={false}
        axisLine={false}
        allowDataOverflow
      />
    </>
  );
}
