// What is measured over a scored split, held against numbers worked out by hand and the examples that scikit-learn documents.
import { describe, expect, it } from "vitest";
import { byLoss, bySureness, isRight, judge, outputsOf, samplesWhere } from "../../app/inspect/views/answers/judged";
import {
  calibrationOf,
  classScores,
  confusionOf,
  macroAverage,
  rankingOf,
} from "../../app/inspect/views/answers/measures";
import type { Answers } from "../../src/engine";

/** Answers to a split whose rows are numbered as they come. */
const answersOf = (labels: number[], outputs: number[], losses: number[] = labels.map(() => 0)): Answers => ({
  split: "test",
  rows: Uint32Array.from(labels.keys()),
  labels: Uint32Array.from(labels),
  outputs: Float32Array.from(outputs),
  areProbabilities: true,
  losses: Float32Array.from(losses),
});

describe("confusions", () => {
  // scikit-learn's own example: confusion_matrix([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2]).
  const labels = [2, 0, 2, 2, 0, 1];
  const predicted = [0, 0, 2, 2, 0, 2];
  const confusion = confusionOf(labels, predicted, 3);

  it("count true classes by row and predicted ones by column", () => {
    expect([...confusion.counts]).toEqual([2, 0, 0, 0, 0, 1, 1, 0, 2]);
    expect([[...confusion.ofTrue], [...confusion.ofPredicted]]).toEqual([
      [2, 1, 3],
      [3, 0, 3],
    ]);
  });

  it("give precision, recall and F1, and 0 where nothing was taken for a class", () => {
    const scores = classScores(confusion);
    // precision_recall_fscore_support(..., zero_division=0)
    const wanted = [
      [2 / 3, 1, 0.8, 2],
      [0, 0, 0, 1],
      [2 / 3, 2 / 3, 2 / 3, 3],
    ];
    scores.forEach((score, c) => {
      const [precision = NaN, recall = NaN, f1 = NaN, support = NaN] = wanted[c] ?? [];
      expect(score.precision).toBeCloseTo(precision, 12);
      expect(score.recall).toBeCloseTo(recall, 12);
      expect(score.f1).toBeCloseTo(f1, 12);
      expect(score.support).toBe(support);
    });
    const { precision, recall, f1, support } = macroAverage(scores);
    expect([precision, recall, f1, support].map((value) => value.toFixed(6))).toEqual(
      [4 / 9, 5 / 9, 22 / 45, 6].map((value) => value.toFixed(6)),
    );
  });
});

describe("judgements", () => {
  const judged = judge(answersOf([1, 0, 1], [0.1, 0.9, 0.4, 0.6, 0.5, 0.5], [0.1, 0.9, 0.7]), 2);

  it("take the largest output, the first of equal ones", () => {
    expect([...judged.predicted]).toEqual([1, 1, 0]);
    expect([0, 1, 2].map((n) => isRight(judged, n))).toEqual([true, false, false]);
    expect([...outputsOf(judged, 1)]).toEqual([...Float32Array.of(0.4, 0.6)]);
  });

  it("are ordered by certainty and by loss", () => {
    const wrong = samplesWhere(judged, (n) => !isRight(judged, n));
    expect(wrong).toEqual([1, 2]);
    expect(bySureness(judged, [2, 0, 1])).toEqual([0, 1, 2]);
    expect(byLoss(judged, [0, 1, 2])).toEqual([1, 2, 0]);
  });

  it("of a single unit are of two classes", () => {
    const single = judge(answersOf([0, 1], [0.25, 0.75]), 2);
    expect([[...single.predicted], [...single.certainty]]).toEqual([
      [0, 1],
      [0.75, 0.75],
    ]);
  });
});

describe("calibration", () => {
  it("compares certainty with accuracy in ten parts that hold their upper ends", () => {
    const certainty = [0.95, 0.95, 1, 0.9, 0.55, 0.6];
    const right = [true, false, true, true, false, true];
    const { bins, expectedError } = calibrationOf(certainty, (n) => right[n] ?? false);
    expect(bins.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0, 2, 0, 0, 1, 3]);
    expect(bins[9]?.certainty).toBeCloseTo(2.9 / 3, 12);
    expect(bins[9]?.accuracy).toBeCloseTo(2 / 3, 12);
    expect(bins[0]?.accuracy).toBeNaN();
    // (|1.15 - 1| + |0.9 - 1| + |2.9 - 2|) / 6
    expect(expectedError).toBeCloseTo(1.15 / 6, 12);
  });
});

describe("a ranking of two classes", () => {
  it("has the area and the average precision of scikit-learn", () => {
    // roc_auc_score and average_precision_score of its examples: 0.75 and 0.83.
    const { auc, averagePrecision, thresholds } = rankingOf([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]);
    expect(auc).toBeCloseTo(0.75, 12);
    expect(averagePrecision).toBeCloseTo(5 / 6, 12);
    expect(thresholds.map(({ truePositives, falsePositives }) => [truePositives, falsePositives])).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 1],
      [2, 2],
    ]);
  });

  it("takes equal scores together", () => {
    const { auc, averagePrecision, thresholds } = rankingOf([0.5, 0.5, 0.5, 0.2], [1, 0, 1, 0]);
    expect(thresholds.map(({ score }) => score)).toEqual([Infinity, 0.5, 0.2]);
    // Two of the four pairs are told apart, the two equal ones count half.
    expect(auc).toBeCloseTo(0.75, 12);
    expect(averagePrecision).toBeCloseTo(2 / 3, 12);
  });

  it("has no area where a class is missing", () => {
    expect(rankingOf([0.5], [1]).auc).toBeNaN();
  });
});

// Four hundred samples by whole-number formulas, and what scikit-learn 1.9.1 says of them.
describe("of many samples, what scikit-learn says", () => {
  const samples = Array.from({ length: 400 }, (_, i) => i);
  const scattered = (i: number): number => (i * 7919) % 97;

  it("of a ranking: roc_auc_score, average_precision_score and roc_curve", () => {
    const labels = samples.map((i) => Number(scattered(i) % 3 === 0));
    const scores = samples.map((i) => ((i * 10473) % 101) + ((i * 31) % 3 === 0 ? 30 * labels[i]! : 0));
    const { auc, averagePrecision, thresholds } = rankingOf(scores, labels);
    expect(auc).toBeCloseTo(0.5878410257833532, 12);
    expect(averagePrecision).toBeCloseTo(0.481083319273345, 12);
    expect(thresholds).toHaveLength(116);
    expect(thresholds[40]).toEqual({ score: 75, truePositives: 49, falsePositives: 69 });
  });

  it("of seven classes: confusion_matrix and precision_recall_fscore_support", () => {
    const labels = samples.map((i) => scattered(i) % 7);
    const predicted = samples.map((i) => {
      const said = (i * 31) % 5 < 3 ? labels[i]! : ((i * 10473) % 89) % 7;
      return said === 5 ? 4 : said;
    });
    const confusion = confusionOf(labels, predicted, 7);
    expect([...confusion.counts.subarray(14, 21)]).toEqual([4, 3, 38, 4, 4, 0, 3]);
    const scores = classScores(confusion);
    const told = [scores[2]!, scores[4]!, scores[5]!, macroAverage(scores)];
    const wanted = [
      [0.6551724137931034, 0.6785714285714286, 2 / 3],
      [0.37719298245614036, 0.7288135593220338, 0.49710982658959535],
      [0, 0, 0],
      [0.5134418986736806, 0.5705445177377125, 0.5338479799312966],
    ];
    told.forEach(({ precision, recall, f1 }, i) => {
      [precision, recall, f1].forEach((value, k) => expect(value).toBeCloseTo(wanted[i]![k]!, 12));
    });
  });

  it("of certainty: calibration_curve", () => {
    const certainty = samples.map((i) => (((i * 10473) % 1009) + 0.5) / 1009);
    const { bins, expectedError } = calibrationOf(certainty, (n) => scattered(n) % 4 !== 0);
    expect(bins.map(({ count }) => count)).toEqual([41, 41, 39, 40, 40, 40, 40, 41, 39, 39]);
    expect(bins[2]?.certainty).toBeCloseTo(0.25172168432822545, 12);
    expect(bins[2]?.accuracy).toBeCloseTo(0.6923076923076923, 12);
    expect(bins[9]?.certainty).toBeCloseTo(0.9495946735788161, 12);
    expect(expectedError).toBeCloseTo(0.30130574826560946, 12);
  });
});
