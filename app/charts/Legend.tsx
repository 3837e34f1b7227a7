/** Names the lines of a chart, each with its value under the crosshair, or else its latest. */
import { memo, useMemo } from "react";
import { useThrottled } from "../common/useThrottled";
import { useHoldsOut } from "../store/heldOut";
import type { Metrics } from "../store/metrics";
import type { ChartDef } from "./chart";
import { type Curves, nearestPoint, type OtherLine } from "./curves";
import { takeHoverX, useHover } from "./hover";
import { readAt } from "./reading";
import { RunSwatch } from "./RunSwatch";
import { takeTest, useRun } from "../store/run";
import { takeLogCharts, useUi } from "../store/ui";
import { t } from "../common/words";
import classes from "./Legend.module.css";

interface OtherProps {
  readonly def: ChartDef;
  readonly other: OtherLine;
  /** Where the crosshair is; null for the end. */
  readonly x: number | null;
}

/** Another run, drawn beside this one. */
function Other({ def, other: { name, slot, points }, x }: OtherProps) {
  const last = points.at(-1);
  // Beyond its end it says nothing.
  const point = x === null ? last : x <= (last?.x ?? 0) ? nearestPoint(points, x) : undefined;
  const isLog = useUi(takeLogCharts).includes(def.id);
  return (
    <li className={classes.other} title={name}>
      <RunSwatch slot={slot} />
      <span className={classes.name}>{name}</span> <b>{point ? def.format(isLog ? 10 ** point.y : point.y) : ""}</b>
    </li>
  );
}

interface LegendProps {
  readonly def: ChartDef;
  readonly metrics: Metrics;
  readonly curves: Curves | null;
}

// A number that changes faster cannot be read.
const INTERVAL_MS = 250;

export const Legend = memo(function Legend({ def, metrics, curves }: LegendProps) {
  const pointed = useHover(takeHoverX);
  const holdsOut = useHoldsOut();
  const read = useMemo(() => curves && readAt(def, curves, metrics, pointed), [def, curves, metrics, pointed]);
  const reading = useThrottled(read, INTERVAL_MS, pointed);
  const train = reading?.smoothed ?? reading?.mean ?? undefined;
  const validation = reading?.validation;
  const test = useRun(takeTest)?.[def.id];
  return (
    <ul className={classes.legend} aria-label={t("chart.legend")}>
      {!def.ofSplits && (
        <li className={classes.entry} data-line="train">
          {`${t("chart.train")} `}
          <b>{train === undefined ? "" : def.format(train)}</b>
        </li>
      )}
      {holdsOut && (
        <li className={classes.entry} data-line="validation">
          {`${t("chart.validation")} `}
          <b>{validation ? def.format(validation.mean) : ""}</b>
        </li>
      )}
      {/* The place of training, of which there is no line. */}
      {def.ofSplits && test !== undefined && (
        <li className={classes.other} title={t("chart.testHelp")}>
          {`${t("chart.test")} `}
          <b>{def.format(test)}</b>
        </li>
      )}
      {curves?.others.map((other) => (
        <Other key={other.id} def={def} other={other} x={pointed} />
      ))}
    </ul>
  );
});
