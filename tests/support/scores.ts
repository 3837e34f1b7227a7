// Reading scores by the curves that every classifier has.
import type { Score } from "../../src/engine/train/scores";

/** A curve's value in a score. */
function valueIn(score: Score | undefined, id: string): number {
  const value = score?.[id];
  if (value === undefined) throw new Error(`expected a score with ${id}, got ${JSON.stringify(score)}`);
  return value;
}

export const lossOf = (score: Score | undefined): number => valueIn(score, "loss");
export const accuracyOf = (score: Score | undefined): number => valueIn(score, "accuracy");
