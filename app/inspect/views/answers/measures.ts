/** What is counted and measured over a scored split, by scikit-learn's definitions (its user guide, section "Metrics and scoring"). Pure
 *  functions of labels and what was said of them. */

/** How often samples of a class were taken for each, `[C, C]`: rows are true classes, columns what they were taken for. */
export interface Confusion {
  readonly classes: number;
  readonly counts: Uint32Array;
  /** Of each row, and of each column. */
  readonly ofTrue: Uint32Array;
  readonly ofPredicted: Uint32Array;
}

export function confusionOf(labels: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): Confusion {
  const counts = new Uint32Array(classes * classes);
  const ofTrue = new Uint32Array(classes);
  const ofPredicted = new Uint32Array(classes);
  for (let n = 0; n < labels.length; n++) {
    const [truth, said] = [labels[n] ?? 0, predicted[n] ?? 0];
    const cell = truth * classes + said;
    counts[cell] = (counts[cell] ?? 0) + 1;
    ofTrue[truth] = (ofTrue[truth] ?? 0) + 1;
    ofPredicted[said] = (ofPredicted[said] ?? 0) + 1;
  }
  return { classes, counts, ofTrue, ofPredicted };
}

/** How well a class is told: `precision` of what was taken for it, `recall` of what is it, `f1` their harmonic mean. What would be
 *  divided by nothing is 0. */
export interface ClassScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Samples of the class. */
  readonly support: number;
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

export function classScores({ classes, counts, ofTrue, ofPredicted }: Confusion): ClassScore[] {
  return Array.from({ length: classes }, (_, c) => {
    const right = counts[c * classes + c] ?? 0;
    const support = ofTrue[c] ?? 0;
    const said = ofPredicted[c] ?? 0;
    return {
      precision: share(right, said),
      recall: share(right, support),
      f1: share(2 * right, support + said),
      support,
    };
  });
}

/** The plain mean over classes, however many samples each has. */
export function macroAverage(scores: readonly ClassScore[]): ClassScore {
  const mean = (of: (score: ClassScore) => number): number =>
    share(
      scores.reduce((total, score) => total + of(score), 0),
      scores.length,
    );
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
    support: scores.reduce((total, { support }) => total + support, 0),
  };
}

/** One of the ten parts of 0 to 1 that a model's certainty falls into. */
export interface Bin {
  readonly count: number;
  /** The mean certainty, and the share that is right; NaN where there is no sample. */
  readonly certainty: number;
  readonly accuracy: number;
}

export interface Calibration {
  readonly bins: readonly Bin[];
  /** How far certainty and accuracy are apart, on average over samples. Source: Guo, Pleiss, Sun, Weinberger, "On calibration of
   *  modern neural networks", 2017. */
  readonly expectedError: number;
}

/** Which of the parts between 0 and 1 holds a probability. A part holds its upper end: (0.9, 1]. */
export const binOf = (p: number, parts = 10): number => Math.max(0, Math.min(parts - 1, Math.ceil(p * parts) - 1));

/** @param certainty the probability of what each sample was taken for */
export function calibrationOf(certainty: ArrayLike<number>, isRight: (n: number) => boolean, parts = 10): Calibration {
  const sums = Array.from({ length: parts }, () => ({ count: 0, certainty: 0, right: 0 }));
  for (let n = 0; n < certainty.length; n++) {
    const p = certainty[n] ?? 0;
    const bin = sums[binOf(p, parts)];
    if (!bin) continue;
    bin.count++;
    bin.certainty += p;
    if (isRight(n)) bin.right++;
  }
  const bins = sums.map(({ count, certainty: total, right }): Bin => {
    return { count, certainty: total / count, accuracy: right / count };
  });
  const off = sums.reduce((total, bin) => total + Math.abs(bin.certainty - bin.right), 0);
  return { bins, expectedError: share(off, certainty.length) };
}

/** What a threshold on the score of the second class gives. */
export interface Threshold {
  /** Taken for the second class from here on. */
  readonly score: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** Two classes told apart by one score: every threshold that makes a difference, the highest first, after one that nothing reaches. */
export interface Ranking {
  readonly positives: number;
  readonly negatives: number;
  readonly thresholds: readonly Threshold[];
  /** The area under the curve of true over false positive rates; NaN where a class is missing. */
  readonly auc: number;
  /** The mean of precisions, each weighted by the recall that it adds; NaN where there is no positive. */
  readonly averagePrecision: number;
}

/** @param scores of the second class, `[N]`  @param labels 0 or 1, `[N]` */
export function rankingOf(scores: ArrayLike<number>, labels: ArrayLike<number>): Ranking {
  const order = Array.from(labels, (_, n) => n).toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const positives = order.reduce((total, n) => total + (labels[n] === 1 ? 1 : 0), 0);
  const negatives = order.length - positives;
  const thresholds: Threshold[] = [{ score: Infinity, truePositives: 0, falsePositives: 0 }];
  let [auc, averagePrecision] = [0, 0];
  let before = { truePositives: 0, falsePositives: 0 };
  let now = before;
  order.forEach((n, i) => {
    const isPositive = labels[n] === 1;
    now = {
      truePositives: now.truePositives + (isPositive ? 1 : 0),
      falsePositives: now.falsePositives + (isPositive ? 0 : 1),
    };
    const next = order[i + 1];
    if (next !== undefined && scores[next] === scores[n]) return;
    thresholds.push({ score: scores[n] ?? NaN, ...now });
    auc += ((now.falsePositives - before.falsePositives) * (now.truePositives + before.truePositives)) / 2;
    const precision = now.truePositives / (now.truePositives + now.falsePositives);
    averagePrecision += precision * (now.truePositives - before.truePositives);
    before = now;
  });
  return {
    positives,
    negatives,
    thresholds,
    auc: auc / (positives * negatives),
    averagePrecision: averagePrecision / positives,
  };
}
