/** What lies over a plot: the crosshair with its dots on the lines, the place under it in words along the axis, where
 *  they hide nothing, and the part being chosen by a drag. The values themselves stand in the legend. */
import { useId } from "react";
import { formatDuration, formatRate } from "../common/format";
import { useIsNarrow } from "../common/useIsNarrow";
import { setCurvePlace } from "../store/curvePlace";
import type { Metrics } from "../store/metrics";
import type { XUnit } from "../store/ui";
import type { Axis } from "./axes";
import type { ChartDef } from "./chart";
import type { Curves } from "./curves";
import { takeHoverX, useHover } from "./hover";
import type { PlotFrame } from "./plotFrame";
import { PLOT_MARGIN } from "./plotFrame";
import type { Reading } from "./reading";
import { describeReading, epochText, rangeText, rawText, readAt, spikeAt, stepsText } from "./reading";
import { usePlotGestures } from "./usePlotGestures";
import { t } from "../common/words";
import classes from "./PlotArea.module.css";

interface PlotAreaProps {
  readonly def: ChartDef;
  readonly metrics: Metrics;
  readonly curves: Curves;
  readonly frame: PlotFrame;
  readonly xUnit: XUnit;
}

export function PlotArea({ def, metrics, curves, frame, xUnit }: PlotAreaProps) {
  const pointed = useHover(takeHoverX);
  const helpId = useId();
  const isScrolling = useIsNarrow();
  const onPress = (x: number, left: number): void => {
    const asked = readAt(def, curves, metrics, x);
    const top = ref.current?.getBoundingClientRect().top;
    const steps = spikeAt(def, curves, metrics, x);
    if (asked && top !== undefined) setCurvePlace({ step: asked.to, steps, left, top: top + frame.height / 3 });
  };
  const view = { curves, width: frame.width, run: metrics.run, xUnit, isScrolling, onPress };
  const { ref, selection, handlers } = usePlotGestures(view);
  const { train } = metrics;
  const reading = pointed === null ? null : readAt(def, curves, metrics, pointed);
  const latest = readAt(def, curves, metrics, null);
  return (
    <>
      <div
        ref={ref}
        className={classes.area}
        data-plot
        // To the edge of the chart, so that the last step is easy to hit.
        style={{ ...frame, width: frame.width + PLOT_MARGIN.right }}
        role="slider"
        tabIndex={0}
        aria-label={t("chart.read", { title: def.title })}
        aria-describedby={helpId}
        aria-orientation="horizontal"
        aria-valuemin={train.from[0] ?? 0}
        aria-valuemax={train.to[train.count - 1] ?? 0}
        aria-valuenow={(reading ?? latest)?.to ?? 0}
        aria-valuetext={reading ? describeReading(def, reading) : t("chart.noPlace")}
        {...handlers}
      >
        {selection && (
          <div
            className={classes.selection}
            style={{ left: selection.low * frame.width, width: (selection.high - selection.low) * frame.width }}
          />
        )}
        {reading && <Crosshair curves={curves} reading={reading} frame={frame} />}
      </div>
      <p id={helpId} className="visuallyHidden">
        {t("chart.keys")}
      </p>
      {reading && <Place def={def} reading={reading} xAxis={curves.xAxis} frame={frame} xUnit={xUnit} />}
    </>
  );
}

const shareOf = (value: number, { low, high }: Axis): number => (value - low) / (high - low);
const isInside = (share: number): boolean => share >= -1e-6 && share <= 1 + 1e-6;

interface CrosshairProps {
  readonly curves: Curves;
  readonly reading: Reading;
  readonly frame: PlotFrame;
}

function Crosshair({ curves, reading, frame }: CrosshairProps) {
  const { xAxis, yAxis } = curves;
  const share = shareOf(reading.x, xAxis);
  if (!isInside(share)) return null;
  return (
    <>
      <div className={classes.line} style={{ left: share * frame.width }} />
      {reading.points.map(({ line, x, y }) => {
        const [left, bottom] = [shareOf(x, xAxis), shareOf(y, yAxis)];
        // Of what lies outside the picture there is no dot.
        if (!isInside(left) || !isInside(bottom)) return null;
        const place = { left: left * frame.width, top: (1 - bottom) * frame.height };
        const isBehind = line === "raw" && reading.smoothed !== null;
        return (
          <i key={line} className={classes.dot} data-line={line} data-behind={isBehind || undefined} style={place} />
        );
      })}
    </>
  );
}

interface PlaceProps extends Pick<PlotAreaProps, "def" | "frame" | "xUnit"> {
  readonly reading: Reading;
  readonly xAxis: Axis;
}

/** Where the crosshair is, over the marks of the axis. What the axis does not count is left out where there is little
 *  room. */
function Place({ def, reading, xAxis, frame, xUnit }: PlaceProps) {
  const share = Math.min(Math.max(shareOf(reading.x, xAxis), 0), 1);
  const [raw, range] = [rawText(def, reading), rangeText(def, reading)];
  const { rate, elapsedMs } = reading;
  return (
    <p
      className={classes.place}
      style={{
        left: frame.left + share * frame.width,
        top: frame.top + frame.height + 2,
        translate: `${-share * 100}%`,
        maxWidth: frame.width + PLOT_MARGIN.right,
      }}
      aria-hidden
    >
      <b>{stepsText(reading)}</b>
      <span data-spare={xUnit !== "epoch" || undefined}>{epochText(reading)}</span>
      <span data-spare={xUnit !== "time" || undefined}>{formatDuration(elapsedMs)}</span>
      {raw !== null && <span>{raw}</span>}
      {range !== null && <span data-spare>{range}</span>}
      {rate && (
        <span data-spare>{t("reading.rateAfter", { rate: formatRate(rate.learningRate), step: rate.step })}</span>
      )}
    </p>
  );
}
