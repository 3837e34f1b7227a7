/** Samples by how they were learnt: pure. */
import type { SampleHistory } from "../../../../src/engine";

/** How sure a model must be of another class for the label to be doubted. */
export const DOUBT = 0.9;

export const KINDS = ["forgotten", "doubtful", "neverLearnt", "lateLearnt", "kept"] as const;

export type Kind = (typeof KINDS)[number];

/** Whether a sample was right at the k-th of the validations that are kept. */
export function wasRight({ right, rows }: SampleHistory, k: number, n: number): boolean {
  const width = Math.ceil(rows.length / 8);
  return ((right[k * width + (n >> 3)] ?? 0) & (1 << (n & 7))) !== 0;
}

export const isRightNow = ({ says, labels }: SampleHistory, n: number): boolean => says[n] === labels[n];

/** The share of all samples that was right at the last validation. */
export function shareRight({ rows, says, labels }: SampleHistory): number {
  return says.reduce((sum, said, n) => sum + Number(said === labels[n]), 0) / Math.max(1, rows.length);
}

/** The samples of a kind, the most telling first, by their place in the split.
 *  `forgotten`: forgotten at least once, most often first, then by loss. `doubtful`: surely taken for another class, those that were
 *  never learnt first, then by loss. `neverLearnt`: right at no validation, by loss. `lateLearnt`: right now, learnt last first.
 *  `kept`: learnt at once and never forgotten, the smallest loss first. */
export function samplesOf(history: SampleHistory, kind: Kind): number[] {
  const { rows, forgotten, learntAt, losses, certainty, steps } = history;
  const all = Array.from(rows.keys());
  const loss = (n: number): number => losses[n] ?? 0;
  const times = (n: number): number => forgotten[n] ?? 0;
  const learnt = (n: number): number => learntAt[n] ?? -1;
  const byLoss = (a: number, b: number): number => loss(b) - loss(a) || a - b;
  switch (kind) {
    case "forgotten":
      return all.filter((n) => times(n) > 0).toSorted((a, b) => times(b) - times(a) || byLoss(a, b));
    case "doubtful": {
      const isSure = (n: number): boolean => !history.areProbabilities || (certainty[n] ?? 0) >= DOUBT;
      const isNever = (n: number): number => Number(learnt(n) === -1);
      const found = all.filter((n) => !isRightNow(history, n) && isSure(n));
      return found.toSorted((a, b) => isNever(b) - isNever(a) || byLoss(a, b));
    }
    case "neverLearnt":
      return all.filter((n) => learnt(n) === -1).toSorted(byLoss);
    case "lateLearnt": {
      const found = all.filter((n) => isRightNow(history, n) && learnt(n) > (steps[0] ?? 0));
      return found.toSorted((a, b) => learnt(b) - learnt(a) || byLoss(a, b));
    }
    case "kept":
      return all.filter((n) => learnt(n) === steps[0] && times(n) === 0).toSorted((a, b) => loss(a) - loss(b) || a - b);
  }
}

/** How many validations there were before the first that is known of a run that was taken up again. There is one after each epoch. */
export const missingBefore = (
  { steps, validations }: Pick<SampleHistory, "steps" | "validations">,
  perEpoch: number,
): number => (perEpoch > 0 ? Math.max(0, Math.floor((steps.at(-1) ?? 0) / perEpoch) - validations) : 0);
