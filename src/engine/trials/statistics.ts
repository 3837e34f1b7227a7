/** The statistics by which races and searches are judged. Pure functions of a few numbers; nothing here knows of runs. */
import { incompleteBeta } from "./distributions";

/** The arithmetic mean; NaN of none. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The sample variance `sum (x - mean)^2 / (n - 1)`; NaN of fewer than two. */
export function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.length < 2 ? NaN : values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** The probability that a value of Student's t distribution is at least as far from zero as `t`.
 *  `I_x(df / 2, 1 / 2)` with `x = df / (df + t^2)`. Source: Abramowitz and Stegun 1964, 26.7.1. */
export const tTail = (t: number, df: number): number => incompleteBeta(df / (df + t * t), df / 2, 0.5);

/** How far from zero `1 - tail` of Student's t distribution reach on both sides, found by halving. */
export function tQuantile(tail: number, df: number): number {
  let [low, high] = [0, 1];
  while (tTail(high, df) > tail && high < 1e6) high *= 2;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (tTail(middle, df) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** What two samples say of the difference of their means. */
export interface Welch {
  /** Of the first less the second. */
  readonly difference: number;
  /** How often chance alone would make a difference as large, were the means the same. */
  readonly p: number;
  /** The interval around the difference that holds the true one with 95%. */
  readonly low: number;
  readonly high: number;
}

/** Welch's t-test of two samples whose variances may differ, two-sided; null where either has fewer than two values.
 *  `t = (mean_a - mean_b) / sqrt(v_a / n_a + v_b / n_b)`. Source: Welch 1947. */
export function welch(a: readonly number[], b: readonly number[]): Welch | null {
  if (a.length < 2 || b.length < 2) return null;
  const difference = meanOf(a) - meanOf(b);
  const [va, vb] = [varianceOf(a) / a.length, varianceOf(b) / b.length];
  const error = Math.sqrt(va + vb);
  if (error === 0) return { difference, p: difference === 0 ? 1 : 0, low: difference, high: difference };
  const df = (va + vb) ** 2 / (va ** 2 / (a.length - 1) + vb ** 2 / (b.length - 1));
  const reach = tQuantile(0.05, df) * error;
  return { difference, p: tTail(difference / error, df), low: difference - reach, high: difference + reach };
}

/** The ranks of values from 1, the smallest first; equal ones share the mean of theirs. */
export function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).toSorted((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (const i of order.slice(from, to)) ranks[i] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/** The share of the variance of ranks that lies between groups: `(H - k + 1) / (n - k)` of the Kruskal-Wallis test, corrected for
 *  ties, at least 0. Null where there are not two groups, or no more values than groups.
 *  Sources: Kruskal and Wallis 1952; Tomczak and Tomczak 2014, "The need to report effect size estimates revisited" (eta squared).
 *  @param groups which group each value is of */
export function rankShare(values: readonly number[], groups: readonly (string | number)[]): number | null {
  const n = values.length;
  const ranks = ranksOf(values);
  const members = new Map<string | number, number[]>();
  for (const [i, group] of groups.entries()) members.set(group, [...(members.get(group) ?? []), ranks[i] ?? 0]);
  const k = members.size;
  if (k < 2 || n <= k) return null;
  const between = [...members.values()].reduce((sum, own) => sum + own.length * (meanOf(own) - (n + 1) / 2) ** 2, 0);
  const total = ranks.reduce((sum, rank) => sum + (rank - (n + 1) / 2) ** 2, 0);
  if (total === 0) return 0;
  const h = ((n - 1) * between) / total;
  return Math.max(0, (h - k + 1) / (n - k));
}
