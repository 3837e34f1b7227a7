/** One chart: training as a solid line, the raw values faint behind its smoothed one, validation dashed. It draws what
 *  `curves.ts` gives it, at most ten times a second, without animation. */
import { useElementSize } from "@mantine/hooks";
import { memo, useMemo, useRef } from "react";
import { CartesianGrid, Line, LineChart, ReferenceLine, XAxis, YAxis } from "recharts";
import { formatCompact, formatDuration, formatRate } from "../format";
import { metrics, useMetricsVersion } from "../store/metrics";
import type { XUnit } from "../store/ui";
import { takeLogCharts, takeSmoothing, takeXUnit, useUi } from "../store/ui";
import type { ChartDef } from "./chart";
import { Crosshair } from "./Crosshair";
import type { Curves } from "./curves";
import { buildCurves } from "./curves";
import { PLOT_MARGIN, plotFrame, X_AXIS_HEIGHT, Y_AXIS_WIDTH } from "./plotFrame";
import classes from "./MetricChart.module.css";

interface MetricChartProps {
  readonly def: ChartDef;
  /** Milliseconds by which this chart is drawn after the others, so that they do not fall into one frame. */
  readonly delayMs: number;
}

/** The more points, the fewer dots fit on a line. */
const MAX_DOTS = 30;

const formatX: Readonly<Record<XUnit, (value: number) => string>> = {
  step: formatCompact,
  epoch: formatRate,
  time: (seconds) => (seconds < 60 ? `${formatRate(seconds)} s` : formatDuration(seconds * 1000)),
};

export const MetricChart = memo(function MetricChart({ def, delayMs }: MetricChartProps) {
  const version = useMetricsVersion(delayMs);
  const smoothing = useUi(takeSmoothing);
  const xUnit = useUi(takeXUnit);
  const isLog = useUi(takeLogCharts).includes(def.id);
  const scratch = useRef(new Float64Array(metrics.train.steps.length));
  const { ref, width, height } = useElementSize();
  const curves = useMemo(
    () => buildCurves(def, metrics, { smoothing, xUnit, isLog }, scratch.current),
    // The version stands for the logged numbers, which are not React's.
    [def, version, smoothing, xUnit, isLog],
  );
  const frame = useMemo(() => plotFrame(width, height), [width, height]);
  const isEmpty = curves.rows.length === 0;
  return (
    <div ref={ref} className={classes.chart} role="img" aria-label={describe(def)}>
      {width > 0 && height > 0 && (
        <>
          <Plot def={def} curves={curves} width={width} height={height} xUnit={xUnit} isLog={isLog} isSmooth={smoothing > 0} />
          {isEmpty ? (
            <p className={classes.empty} style={frame}>
              {`Press Train, and the ${def.title.toLowerCase()} is drawn here`}
            </p>
          ) : (
            <Crosshair def={def} curves={curves} frame={frame} xUnit={xUnit} smoothing={smoothing} />
          )}
        </>
      )}
    </div>
  );
});

function describe(def: ChartDef): string {
  const { last, validations } = metrics;
  if (!last) return `${def.title} over training: nothing yet`;
  const validation = validations.at(-1);
  const rest = validation ? `, on validation samples ${def.format(def.read(validation))}` : "";
  return `${def.title} over training: ${def.format(def.read(last))} at step ${last.step}${rest}. All numbers are in the table Training metrics.`;
}

interface PlotProps {
  readonly def: ChartDef;
  readonly curves: Curves;
  readonly width: number;
  readonly height: number;
  readonly xUnit: XUnit;
  readonly isLog: boolean;
  readonly isSmooth: boolean;
}

const tickStyle = { fontSize: 11, fill: "var(--text-3)" };

const Plot = memo(function Plot({ def, curves, width, height, xUnit, isLog, isSmooth }: PlotProps) {
  const { rows, xAxis, yAxis, marks } = curves;
  const validationCount = metrics.validations.length;
  return (
    <LineChart data={rows} width={width} height={height} margin={PLOT_MARGIN} accessibilityLayer={false}>
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
      {marks.map(({ x, learningRate }) => (
        <ReferenceLine
          key={x}
          x={x}
          stroke="var(--text-3)"
          strokeDasharray="2 3"
          label={{ value: `lr ${formatRate(learningRate)}`, position: "insideTopLeft", fontSize: 11, fill: "var(--text-2)" }}
        />
      ))}
      <Line
        dataKey="raw"
        stroke="var(--train)"
        strokeWidth={isSmooth ? 1 : 1.75}
        strokeOpacity={isSmooth ? 0.28 : 1}
        dot={rows.length === 1 ? { r: 3, fill: "var(--train)", strokeWidth: 0 } : false}
        activeDot={false}
        isAnimationActive={false}
        connectNulls
      />
      {isSmooth && (
        <Line
          dataKey="smooth"
          stroke="var(--train)"
          strokeWidth={2}
          dot={false}
          activeDot={false}
          isAnimationActive={false}
          connectNulls
        />
      )}
      <Line
        dataKey="validation"
        stroke="var(--validation)"
        strokeWidth={2}
        strokeDasharray="6 4"
        dot={validationCount <= MAX_DOTS ? { r: 3, fill: "var(--surface)", stroke: "var(--validation)", strokeDasharray: "none" } : false}
        activeDot={false}
        isAnimationActive={false}
        connectNulls
      />
    </LineChart>
  );
});
