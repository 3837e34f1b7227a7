/** Answers as judgements: which class each sample was taken for, how surely, and whether that is right. All views of a scored split
 *  read these numbers, which are computed once for each. */
import type { Answers } from "../../../../src/engine";
import { classOutputs } from "../readPredictions";

export interface Judged {
  readonly answers: Answers;
  readonly classes: number;
  readonly count: number;
  /** A number for each class, `[N, C]`. */
  readonly outputs: Float32Array;
  /** The class with the largest output. `[N]` */
  readonly predicted: Uint32Array;
  /** That output. `[N]` */
  readonly certainty: Float32Array;
}

let latest: Judged | null = null;

/** The same answers are judged once. */
export function judge(answers: Answers, classes: number): Judged {
  if (latest?.answers === answers && latest.classes === classes) return latest;
  const { labels } = answers;
  const count = labels.length;
  const outputs = classOutputs(answers.outputs, count, classes);
  const predicted = new Uint32Array(count);
  const certainty = new Float32Array(count);
  for (let n = 0; n < count; n++) {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if ((outputs[n * classes + c] ?? 0) > (outputs[n * classes + best] ?? 0)) best = c;
    }
    predicted[n] = best;
    certainty[n] = outputs[n * classes + best] ?? NaN;
  }
  latest = { answers, classes, count, outputs, predicted, certainty };
  return latest;
}

export const isRight = ({ answers: { labels }, predicted }: Judged, n: number): boolean => labels[n] === predicted[n];

/** What the model says of one sample, a number for each class. */
export const outputsOf = ({ outputs, classes }: Judged, n: number): Float32Array =>
  outputs.subarray(n * classes, (n + 1) * classes);

/** The samples for which something holds, in their order. */
export function samplesWhere({ count }: Judged, holds: (n: number) => boolean): number[] {
  const found: number[] = [];
  for (let n = 0; n < count; n++) if (holds(n)) found.push(n);
  return found;
}

/** The same samples, the surest answers first. */
export const bySureness = ({ certainty }: Judged, samples: readonly number[]): number[] =>
  samples.toSorted((a, b) => (certainty[b] ?? 0) - (certainty[a] ?? 0) || a - b);

/** The same samples, those with the greatest loss first. */
export const byLoss = ({ answers: { losses } }: Judged, samples: readonly number[]): number[] =>
  samples.toSorted((a, b) => (losses[b] ?? 0) - (losses[a] ?? 0) || a - b);
