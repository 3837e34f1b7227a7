/** Many runs side by side: an axis for each setting that they differ in and for how well they did, and a place on it for each run.
 *  Pure. */
import type { ListedRun } from "../../src/engine";
import { formatCurve } from "../common/format";
import { t } from "../common/words";
import { labelNumbers, logTicks, niceTicks } from "../charts/ticks";
import { curvesOfModel, goalOf } from "../store/model";
import { differingSettings } from "./settings";

/** Runs, the newest first, and what they are called. */
export interface ManyRunsProps {
  readonly runs: readonly ListedRun[];
  readonly names: ReadonlyMap<string, string>;
}

/** One axis, and column of the table. */
export interface Axis {
  readonly key: string;
  readonly label: string;
  /** What each run has there, written. */
  readonly texts: readonly string[];
  /** Where each run is, from 0 to 1; null where it has none of it. */
  readonly places: readonly (number | null)[];
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** Whether a run that is lower did better; null of settings. */
  readonly isLowerBetter: boolean | null;
}

/** A part of an axis, from 0 to 1. */
export type Span = readonly [low: number, high: number];

/** Numbers spread over more than so much are shown by ratio. */
const LOG_RATIO = 8;
const TICKS = 5;
/** So few different numbers are written themselves, as far as they are this far apart. */
const FEW = 6;
const APART = 0.06;

type Place = Pick<Axis, "places" | "ticks">;

/** An axis of numbers. @param write a tick */
function ofNumbers(values: readonly (number | null)[], write?: (value: number) => string): Place {
  const known = values.filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const isLog = least > 0 && most / least >= LOG_RATIO;
  const scaled = (value: number): number => (isLog ? Math.log10(value) : value);
  const [low, high] = [scaled(least), scaled(most)];
  // Equal ones are in the middle.
  const placeOf = (value: number): number => (high > low ? (value - low) / (high - low) : 0.5);
  const different = [...new Set(known)].toSorted((a, b) => a - b).map(scaled);
  const isApart = different.every(
    (value, i) => i === 0 || placeOf(value) - placeOf(different[i - 1] ?? value) >= APART,
  );
  const usual = (): number[] => (isLog ? logTicks(low, high, TICKS) : niceTicks(low, high, TICKS));
  const at = different.length <= FEW && isApart ? different : usual();
  const numbers = at.map((tick) => (isLog ? Number((10 ** tick).toPrecision(6)) : tick));
  const texts = write ? numbers.map(write) : labelNumbers(numbers);
  return {
    places: values.map((value) => (value === null ? null : placeOf(scaled(value)))),
    ticks: at.map((tick, i) => ({ at: placeOf(tick), text: texts[i] ?? "" })),
  };
}

/** An axis of words, in the order in which they come. */
function ofWords(values: readonly (string | null)[]): Place {
  const words = [...new Set(values.filter((value) => value !== null))].toSorted();
  const placeOf = (word: string): number => (words.length > 1 ? words.indexOf(word) / (words.length - 1) : 0.5);
  return {
    places: values.map((value) => (value === null ? null : placeOf(value))),
    ticks: words.map((text) => ({ at: placeOf(text), text })),
  };
}

const NONE = "–";

/** How well runs did, by the number that the first of them is judged by. */
function scoreAxes(runs: readonly ListedRun[]): Axis[] {
  const [first] = runs;
  const curve = first && goalOf(curvesOfModel(first.description));
  if (!curve) return [];
  const { id, title, better } = curve;
  const axisOf = (key: string, label: string, values: readonly (number | null)[]): Axis[] => {
    if (values.every((value) => value === null)) return [];
    const write = (value: number): string => formatCurve(curve, value);
    return [
      {
        key,
        label,
        texts: values.map((value) => (value === null ? NONE : write(value))),
        ...ofNumbers(values, write),
        isLowerBetter: better !== "higher",
      },
    ];
  };
  const finite = (value: number | undefined): number | null =>
    value !== undefined && Number.isFinite(value) ? value : null;
  const last = runs.map(({ validation, latest }) => finite((validation ?? latest)?.[id]));
  const best = runs.map(({ extremes }) => finite(better === "higher" ? extremes[id]?.high : extremes[id]?.low));
  return [...axisOf("last", t("runs.last", { title }), last), ...axisOf("best", t("runs.best", { title }), best)];
}

/** The axes of runs: what they differ in, the most important first, and at the end how well they did. */
export function axesOf(runs: readonly ListedRun[]): Axis[] {
  const settings = differingSettings(runs.map(({ description }) => description)).map(({ key, label, values }): Axis => {
    const known = values.filter((value) => value !== null);
    const areNumbers = known.every((value) => value !== "" && Number.isFinite(Number(value)));
    const place = areNumbers
      ? ofNumbers(values.map((value) => (value === null ? null : Number(value))))
      : ofWords(values);
    return { key, label, texts: values.map((value) => value ?? NONE), ...place, isLowerBetter: null };
  });
  return [...settings, ...scoreAxes(runs)];
}

/** Whether each run lies within all the parts of axes that are brushed. */
export function brushed(axes: readonly Axis[], spans: ReadonlyMap<string, Span>, count: number): boolean[] {
  return Array.from({ length: count }, (_, i) =>
    axes.every(({ key, places }) => {
      const span = spans.get(key);
      const place = places[i];
      return !span || (typeof place === "number" && place >= span[0] - 1e-9 && place <= span[1] + 1e-9);
    }),
  );
}

/** Runs in the order of an axis, the better first where there is a better; those without a place come last. */
export function sortedBy({ places, isLowerBetter }: Axis, rows: readonly number[], isReversed: boolean): number[] {
  const sign = (isLowerBetter === false ? -1 : 1) * (isReversed ? -1 : 1);
  return rows.toSorted((a, b) => {
    const [left, right] = [places[a] ?? null, places[b] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}
