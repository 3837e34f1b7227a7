/** One chart: training as a solid line in the band of its values, the raw means faint behind the smoothed line,
 *  validation dashed. It draws what `curves.ts` gives it, at most ten times a second, without animation. */
import { memo, useMemo } from "react";
import { LineChart, XAxis, YAxis } from "recharts";
import type { Metrics } from "../store/metrics";
import type { XUnit } from "../store/ui";
import type { ChartDef } from "./chart";
import { ChartFrame } from "./ChartFrame";
import { CurveLayer } from "./CurveLayer";
import type { Curves } from "./curves";
import { MarkLayer } from "./MarkLayer";
import { PlotArea } from "./PlotArea";
import { CurvesContext } from "./placeOn";
import { PLOT_MARGIN, plotFrame, X_AXIS_HEIGHT, Y_AXIS_WIDTH } from "./plotFrame";
import { readAt } from "./reading";
import { t } from "../common/words";
import classes from "./MetricChart.module.css";

interface MetricChartProps {
  readonly def: ChartDef;
  readonly metrics: Metrics;
  readonly curves: Curves;
  readonly width: number;
  readonly height: number;
  readonly xUnit: XUnit;
}

export const MetricChart = memo(function MetricChart(props: MetricChartProps) {
  const { def, metrics, curves, width, height, xUnit } = props;
  const frame = useMemo(() => plotFrame(width, height), [width, height]);
  return (
    <>
      <div className={classes.drawing} role="img" aria-label={describe(def, metrics, curves)}>
        <CurvesContext value={curves}>
          <Frame def={def} width={width} height={height} />
        </CurvesContext>
      </div>
      {metrics.train.count > 0 || curves.others.length > 0 ? (
        <PlotArea def={def} metrics={metrics} curves={curves} frame={frame} xUnit={xUnit} />
      ) : (
        <div className={classes.empty} style={frame}>
          <p>{t("chart.empty", { title: def.title })}</p>
        </div>
      )}
    </>
  );
});

function describe(def: ChartDef, metrics: Metrics, curves: Curves): string {
  const reading = readAt(def, curves, metrics, null);
  const { title } = def;
  if (!reading) return t("chart.nothingYet", { title });
  const { to, mean, smoothed, validation } = reading;
  const about = { title, value: def.format(smoothed ?? mean), step: to };
  return validation
    ? t("chart.summaryValidated", { ...about, validation: def.format(validation.mean) })
    : t("chart.summary", about);
}

/** What an axis needs to take its room; what is on it, `ChartFrame` draws. */
const bareAxis = { type: "number", domain: [0, 1], tick: false, tickLine: false, axisLine: false } as const;

/** The chart without what is in it: drawn again only when its size changes, because it costs the most. The layers get
 *  past it what they draw. */
const Frame = memo(function Frame({ def, width, height }: Pick<MetricChartProps, "def" | "width" | "height">) {
  return (
    <LineChart width={width} height={height} margin={PLOT_MARGIN} accessibilityLayer={false}>
      <XAxis {...bareAxis} height={X_AXIS_HEIGHT} />
      <YAxis {...bareAxis} width={Y_AXIS_WIDTH} />
      <ChartFrame />
      <CurveLayer />
      <MarkLayer quietEdge={def.quietEdge} />
    </LineChart>
  );
});
