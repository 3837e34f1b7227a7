/** What a search goes through: ranges of settings, derived from their fields, and the values that are drawn from them. */
import type { Field } from "../fields";
import { permutation, uniform } from "../random";
import { rankShare } from "./statistics";
import type { ModelSetting, SettingValues } from "./settings";

/** The values among which a setting is searched: numbers along a line or its logarithm, or one of a few. */
export type Range =
  | { readonly kind: "log" | "linear"; readonly low: number; readonly high: number; readonly isWhole: boolean }
  | { readonly kind: "choice"; readonly options: readonly unknown[] };

/** A setting and its range. */
export interface Dimension {
  readonly key: string;
  readonly range: Range;
}

/** How settings are tried. */
export type Strategy = "random" | "grid" | "halving";

const clamp = (value: number, { min, max }: { readonly min: number; readonly max: number }): number =>
  Math.min(max, Math.max(min, value));

/** From a tenth to tenfold what a setting is now, or a quarter to fourfold for whole numbers, along the logarithm; what cannot be a
 *  ratio goes from end to end of its field. Choices are all that there are. */
export function suggestedRange({ field, value }: Pick<ModelSetting, "field" | "value">): Range | null {
  if (field.kind === "choice") return { kind: "choice", options: field.options };
  if (field.kind === "flag") return { kind: "choice", options: [false, true] };
  if (field.kind !== "number") return null;
  const now = typeof value === "number" ? value : field.default;
  const isWhole = field.whole;
  if (field.ladder || (isWhole && now > 0)) {
    const factor = isWhole ? 4 : 10;
    const round = isWhole ? Math.round : (number: number): number => Number(number.toPrecision(6));
    const base = now > 0 ? now : (field.ladder?.find((rung) => rung > 0) ?? 1);
    const [low, high] = [round(clamp(base / factor, field)), round(clamp(base * factor, field))];
    return { kind: "log", low: Math.max(low, isWhole ? 1 : Number.MIN_VALUE), high, isWhole };
  }
  const isShort = field.max - field.min <= 1;
  return { kind: "linear", low: field.min, high: isShort ? field.max : Math.max(2 * now, field.min + 1), isWhole };
}

/** Why a range cannot be searched: its ends the wrong way round, beyond what the field allows, or no logarithm; nothing to choose. */
export type RangeProblem = "order" | "bounds" | "log" | "choices";

/** @returns null where it can be searched */
export function problemOf(range: Range, field: Field): RangeProblem | null {
  if (range.kind === "choice") return range.options.length < 2 ? "choices" : null;
  if (!(range.low < range.high)) return "order";
  if (field.kind === "number" && (range.low < field.min || range.high > field.max)) return "bounds";
  return range.kind === "log" && range.low <= 0 ? "log" : null;
}

/** The value at a share of a range, from 0 to 1. */
function valueAt(range: Range, share: number): unknown {
  if (range.kind === "choice") {
    return range.options[Math.min(range.options.length - 1, Math.floor(share * range.options.length))];
  }
  const { kind, low, high, isWhole } = range;
  const value = kind === "log" ? low * (high / low) ** share : low + (high - low) * share;
  return isWhole ? Math.round(value) : Number(clamp(value, { min: low, max: high }).toPrecision(4));
}

const STREAM = 0x5ea7c4;

/** So many points of a space. Each dimension is cut into as many strata as there are points, each of which is hit once, so that few
 *  points leave no part of a range untried (Latin hypercube: McKay, Beckman and Conover 1979). The same seed gives the same points. */
export function randomPoints(dimensions: readonly Dimension[], count: number, seed: number): SettingValues[] {
  const orders = dimensions.map((_, i) => permutation(count, seed, i, STREAM));
  return Array.from({ length: count }, (_, point) =>
    Object.fromEntries(
      dimensions.map(({ key, range }, i) => {
        const share = ((orders[i]?.[point] ?? 0) + uniform(seed, i, STREAM, point)) / count;
        return [key, valueAt(range, share)];
      }),
    ),
  );
}

/** All combinations: every choice, and numbers at evenly spaced places, as many for each as keeps the whole at most at `most`.
 *  Those of two values at least; null where even that is more. */
export function gridPoints(dimensions: readonly Dimension[], most: number): SettingValues[] | null {
  const sizeWith = (levels: number): number => dimensions.reduce((size, own) => size * levelsOf(own, levels).length, 1);
  if (sizeWith(2) > most) return null;
  let levels = 2;
  while (levels < most && sizeWith(levels + 1) <= most && sizeWith(levels + 1) > sizeWith(levels)) levels++;
  return dimensions.reduce<SettingValues[]>(
    (points, own) => points.flatMap((point) => levelsOf(own, levels).map((value) => ({ ...point, [own.key]: value }))),
    [{}],
  );
}

function levelsOf({ range }: Dimension, levels: number): readonly unknown[] {
  if (range.kind === "choice") return range.options;
  return [...new Set(Array.from({ length: levels }, (_, i) => valueAt(range, levels === 1 ? 0.5 : i / (levels - 1))))];
}

/** So many go on to a time that each has had in all. */
export interface Rung {
  readonly count: number;
  readonly untilMs: number;
}

/** Of those that were tried so long, a third go on. Source: Jamieson and Talwalkar 2016, with eta = 3. */
const ETA = 3;

/** How long whom: for `halving` each rung has the same time in all, which the fewer share; otherwise all have the same. */
export function rungsOf(strategy: Strategy, count: number, budgetMs: number): readonly Rung[] {
  if (strategy !== "halving") return [{ count, untilMs: budgetMs / count }];
  const counts: number[] = [];
  for (let left = count; left >= 1; left = left === 1 ? 0 : Math.max(1, Math.floor(left / ETA))) counts.push(left);
  let untilMs = 0;
  return counts.map((left) => {
    untilMs += budgetMs / counts.length / left;
    return { count: left, untilMs };
  });
}

/** Groups into which numbers are cut, to be compared. */
const PARTS = 3;

/** How much each setting mattered: the share of the variance of places that lies between thirds of its range, or between its choices
 *  (see {@link rankShare}); null where there are too few trials to tell.
 *  @param points of all trials, the best first */
export function importanceOf(dimensions: readonly Dimension[], points: readonly SettingValues[]): (number | null)[] {
  const places = points.map((_, place) => place);
  return dimensions.map(({ key, range }) => {
    const values = points.map((point) => point[key]);
    if (range.kind === "choice") return rankShare(places, values.map(String));
    const scale = range.kind === "log" ? Math.log : (value: number): number => value;
    const [low, high] = [scale(range.low), scale(range.high)];
    const partOf = (value: unknown): number =>
      Math.min(PARTS - 1, Math.floor((PARTS * (scale(Number(value)) - low)) / (high - low)));
    return rankShare(places, values.map(partOf));
  });
}
