/** Who won a race, and how sure that is. It compares means over seeds and never speaks of one seed as of more. */
import { meanOf, varianceOf, welch } from "./statistics";

/** What the seeds of one variant came to, by the number that the race is judged by. */
export interface Standing {
  /** Where it was in the list of variants. */
  readonly variant: number;
  /** Of the seeds that came to a finite number; NaN where none did. */
  readonly mean: number;
  /** The standard deviation over seeds; null with fewer than two. */
  readonly deviation: number | null;
  readonly seeds: number;
  /** How far it is behind the leader, never negative; 0 for the leader. */
  readonly gap: number;
}

/** How sure the leader's lead is: `seeds` needs more of them; by the adjusted p, `sure` is below 1%, `likely` below 5%. */
export type Sureness = "alone" | "seeds" | "sure" | "likely" | "open";

/** The outcome of a race. */
export interface RaceVerdict {
  /** The best first; those without a number last. */
  readonly standings: readonly Standing[];
  readonly sureness: Sureness;
  /** How often chance alone would put the first so far before the second, by Welch's t-test, times the number of pairs among which
   *  the first was found (Bonferroni); null with one seed. */
  readonly p: number | null;
  /** Pairs of variants. */
  readonly pairs: number;
}

/** Judges a race. @param values of each variant, a number for each seed; what is not finite does not count */
export function judge(values: readonly (readonly number[])[], better: "higher" | "lower"): RaceVerdict {
  const finite = values.map((own) => own.filter(Number.isFinite));
  const sign = better === "higher" ? -1 : 1;
  const order = finite
    .map((own, variant) => ({ variant, own, mean: meanOf(own) }))
    .toSorted((a, b) => {
      const [isA, isB] = [a.own.length > 0, b.own.length > 0];
      return isA && isB ? sign * (a.mean - b.mean) : Number(isB) - Number(isA);
    });
  const [first, second] = order;
  const best = first?.mean ?? NaN;
  const standings = order.map(({ variant, own, mean }) => ({
    variant,
    mean,
    deviation: own.length < 2 ? null : Math.sqrt(varianceOf(own)),
    seeds: own.length,
    gap: Math.abs(mean - best),
  }));
  const ran = order.filter(({ own }) => own.length > 0).length;
  const pairs = (ran * (ran - 1)) / 2;
  if (!first || !second || ran < 2) return { standings, sureness: "alone", p: null, pairs };
  const test = welch(first.own, second.own);
  if (!test) return { standings, sureness: "seeds", p: null, pairs };
  const p = Math.min(1, test.p * pairs);
  return { standings, sureness: p < 0.01 ? "sure" : p < 0.05 ? "likely" : "open", p, pairs };
}
