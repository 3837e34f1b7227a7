/** What a model says of one sample, a bar for each class; the three likeliest stand out. */
import { formatScore, formatSureness } from "../../common/format";
import { t } from "../../common/words";
import { fillOf } from "./readPredictions";
import classes from "./ClassBars.module.css";

interface ClassBarsProps {
  readonly label: string;
  readonly classNames: readonly string[];
  /** One for each class; null where nothing was asked. */
  readonly outputs: Float32Array | null;
  readonly areProbabilities: boolean;
}

/** A probability that would be written as none at all. */
const NEXT_TO_NOTHING = 0.0005;

/** The classes from the likeliest down; those that are equally likely in their order. */
const ranked = (outputs: Float32Array): number[] =>
  [...outputs.keys()].toSorted((a, b) => (outputs[b] ?? 0) - (outputs[a] ?? 0) || a - b);

const written = (output: number, areProbabilities: boolean): string =>
  areProbabilities ? formatSureness(output) : formatScore(output);

/** What it takes a sample for, and what next, in a sentence. */
export function describeTop(outputs: Float32Array, names: readonly string[], areProbabilities: boolean): string {
  if (!outputs.every(Number.isFinite)) return t("inspect.notFinite");
  const [first, ...others] = ranked(outputs)
    .slice(0, 3)
    .filter((i, place) => place === 0 || !areProbabilities || (outputs[i] ?? 0) >= NEXT_TO_NOTHING)
    .map((i) => ({ name: names[i] ?? "", value: written(outputs[i] ?? 0, areProbabilities) }));
  if (!first) return "";
  const next = others.map((each) => t("inspect.next", each));
  return t(areProbabilities ? "inspect.takenFor" : "inspect.scoredAs", { ...first, next });
}

export function ClassBars({ label, classNames, outputs, areProbabilities }: ClassBarsProps) {
  const top = outputs ? ranked(outputs).slice(0, 3) : [];
  return (
    <ul className={classes.bars} aria-label={label}>
      {classNames.map((name, i) => (
        <li key={name} className={classes.row} data-place={top.indexOf(i) + 1 || undefined}>
          <span className={classes.name}>{name}</span>
          <span className={classes.track} data-track aria-hidden>
            <span
              className={classes.bar}
              data-bar
              style={{ transform: `scaleX(${outputs ? Math.min(1, fillOf(outputs, i)) : 0})` }}
            />
          </span>
          <span className={classes.value}>{outputs ? written(outputs[i] ?? 0, areProbabilities) : "–"}</span>
        </li>
      ))}
    </ul>
  );
}
