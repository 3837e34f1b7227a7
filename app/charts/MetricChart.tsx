/** One chart: training as a solid line, the raw values faint behind its smoothed one, validation dashed. It draws what
 *  `curves.ts` gives it, at most ten times a second, without animation. */
import { useElementSize } from "@mantine/hooks";
import { memo, useMemo, useState } from "react";
import { LineChart } from "recharts";
import type { Metrics } from "../store/metrics";
import { useMetrics } from "../store/metrics";
import type { XUnit } from "../store/ui";
import { takeFitCharts, takeLogCharts, takeSmoothing, takeXUnit, useUi } from "../store/ui";
import type { ChartDef } from "./chart";
import { ChartFrame } from "./ChartFrame";
import { Crosshair } from "./Crosshair";
import { CurveLayer, CurvesContext } from "./CurveLayer";
import type { Curves } from "./curves";
import { buildCurves } from "./curves";
import { MarkLayer } from "./MarkLayer";
import { PLOT_MARGIN, plotFrame } from "./plotFrame";
import classes from "./MetricChart.module.css";

interface MetricChartProps {
  readonly def: ChartDef;
  /** Milliseconds by which this chart is drawn after the others, so that they do not fall into one frame. */
  readonly delayMs: number;
}

export const MetricChart = memo(function MetricChart({ def, delayMs }: MetricChartProps) {
  const metrics = useMetrics(delayMs);
  const smoothing = useUi(takeSmoothing);
  const xUnit = useUi(takeXUnit);
  const isLog = useUi(takeLogCharts).includes(def.id);
  const isFit = useUi(takeFitCharts).includes(def.id);
  const [scratch] = useState(() => new Float64Array(metrics.train.steps.length));
  const { ref, width, height } = useElementSize();
  const curves = useMemo(
    () => buildCurves(def, metrics, { smoothing, xUnit, isLog, isFit }, scratch),
    [def, metrics, smoothing, xUnit, isLog, isFit, scratch],
  );
  const frame = useMemo(() => plotFrame(width, height), [width, height]);
  const isEmpty = metrics.last === null;
  return (
    <div ref={ref} className={classes.chart} role="img" aria-label={describe(def, metrics)}>
      {width > 0 && height > 0 && (
        <>
          <Plot def={def} curves={curves} width={width} height={height} xUnit={xUnit} isLog={isLog} />
          {isEmpty ? (
            <div className={classes.empty} style={frame}>
              <p>{`Press Train, and the ${def.title.toLowerCase()} is drawn here`}</p>
            </div>
          ) : (
            <Crosshair def={def} metrics={metrics} curves={curves} frame={frame} xUnit={xUnit} smoothing={smoothing} />
          )}
        </>
      )}
    </div>
  );
});

function describe(def: ChartDef, { last, validations }: Metrics): string {
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
}

function Plot({ curves, ...rest }: PlotProps) {
  const { xAxis, yAxis } = curves;
  return (
    <CurvesContext value={curves}>
      <Frame {...rest} xAxis={xAxis} yAxis={yAxis} />
    </CurvesContext>
  );
}

type FrameProps = Omit<PlotProps, "curves"> & Pick<Curves, "xAxis" | "yAxis">;

// Axes are new objects each time: what is in them is compared.
const sameFrame = (before: FrameProps, after: FrameProps): boolean =>
  before.def === after.def && JSON.stringify({ ...before, def: null }) === JSON.stringify({ ...after, def: null });

/** The chart without its lines and marks: drawn again only when something in it changes, because it costs the most. The
 *  lines and marks get past it what they draw. */
const Frame = memo(function Frame({ def, width, height, xUnit, isLog, xAxis, yAxis }: FrameProps) {
  return (
    <LineChart width={width} height={height} margin={PLOT_MARGIN} accessibilityLayer={false}>
      <ChartFrame def={def} xAxis={xAxis} yAxis={yAxis} xUnit={xUnit} isLog={isLog} />
      <CurveLayer />
      <MarkLayer quietEdge={def.quietEdge} />
    </LineChart>
  );
}, sameFrame);
