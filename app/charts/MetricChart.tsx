/** One chart: training as a solid line in the band of its values, the raw means faint behind the smoothed line,
 *  validation dashed. It draws what `curves.ts` gives it, at most ten times a second, without animation. */
import { memo, Suspense, useMemo } from "react";
import { lazily } from "../common/lazily";
import { useHoldsOut } from "../store/heldOut";
import type { Metrics } from "../store/metrics";
import type { XUnit } from "../store/ui";
import type { ChartDef } from "./chart";
import { ChartFrame } from "./ChartFrame";
import type { Curves } from "./curves";
import { PlotArea } from "./PlotArea";
import { CurvesContext } from "./placeOn";
import { plotFrame } from "./plotFrame";
import { readAt } from "./reading";
import { t } from "../common/words";
import classes from "./MetricChart.module.css";

/** With the library of charts, which is a quarter of the page's code: fetched when there is something to draw. */
const ChartDrawing = lazily(() => import("./ChartDrawing").then((loaded) => loaded.ChartDrawing));

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
  const log = def.ofSplits ? metrics.validation : metrics.train;
  const isEmpty = log.count === 0 && curves.others.length === 0;
  const holdsOut = useHoldsOut();
  const blank = (
    <svg width={width} height={height} aria-hidden>
      <ChartFrame frame={frame} />
    </svg>
  );
  return (
    <>
      <div className={classes.drawing} role="img" aria-label={describe(def, metrics, curves)}>
        <CurvesContext value={curves}>
          {isEmpty ? (
            blank
          ) : (
            <Suspense fallback={blank}>
              <ChartDrawing quietEdge={def.quietEdge} width={width} height={height} />
            </Suspense>
          )}
        </CurvesContext>
      </div>
      {isEmpty ? (
        <div className={classes.empty} style={frame}>
          <p>{t(emptyOf(def, holdsOut), { title: def.title })}</p>
        </div>
      ) : (
        <PlotArea def={def} metrics={metrics} curves={curves} frame={frame} xUnit={xUnit} />
      )}
    </>
  );
});

const emptyOf = ({ ofSplits }: ChartDef, holdsOut: boolean) => {
  if (!ofSplits) return "chart.empty";
  return holdsOut ? "chart.emptyOfSplits" : "chart.emptyUnheld";
};

function describe(def: ChartDef, metrics: Metrics, curves: Curves): string {
  const reading = readAt(def, curves, metrics, null);
  const { title } = def;
  if (!reading) return t("chart.nothingYet", { title });
  const { to, mean, smoothed, validation } = reading;
  const value = smoothed ?? mean;
  if (value === null) {
    return t("chart.summaryOfSplits", { title, validation: def.format(validation?.mean ?? NaN), step: to });
  }
  const about = { title, value: def.format(value), step: to };
  return validation
    ? t("chart.summaryValidated", { ...about, validation: def.format(validation.mean) })
    : t("chart.summary", about);
}
