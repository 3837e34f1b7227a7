/** What steps were scored, averaged over the epoch they belong to. Knows nothing of batches that were not reported to it. */
import type { SampleOrder } from "./sampleOrder";
import type { Score } from "./scores";

/** The mean of steps of one epoch, over their samples. */
export interface EpochMean {
  /** The first and the last step that it is of; steps count from 1. Not the epoch's first where a run went on from a copy. */
  readonly first: number;
  readonly last: number;
  readonly samples: number;
  readonly values: Score;
}

/** The mean with further steps in it: `mean <- mean + (score - mean) n / N`, n samples of N so far. Begins anew at the first step of
 *  an epoch, and where the steps do not follow those that it is of.
 *  @param first of the steps  @param scores of one step each, each the mean of its batch */
export function withSteps(
  mean: EpochMean | null,
  first: number,
  scores: readonly Score[],
  order: Pick<SampleOrder, "stepsPerEpoch" | "countOf">,
): EpochMean | null {
  let result = mean;
  for (const [i, score] of scores.entries()) {
    const step = first + i;
    const own = order.countOf(step - 1);
    const isFirst = (step - 1) % order.stepsPerEpoch === 0;
    const before = !isFirst && result?.last === step - 1 ? result : null;
    const samples = (before?.samples ?? 0) + own;
    const values = Object.fromEntries(
      Object.entries(score).map(([id, value]) => {
        const old = before?.values[id];
        return [id, old === undefined ? value : old + ((value - old) * own) / samples];
      }),
    );
    result = { first: before?.first ?? step, last: step, samples, values };
  }
  return result;
}
