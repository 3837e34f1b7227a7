/** Metrics: what is told of a model beside its loss. Each is a function of sums over samples, so that batches of any size,
 *  scored one after the other or on several devices, give what all samples together would. */
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import { argMax, oneHot } from "../ops/gather";
import { sum } from "../ops/broadcast";
import { constant, range } from "../ops/constant";
import { reshape } from "../ops/layout";
import { abs, equal, greater, mul, neg, square, sub } from "../ops/pointwise";
import { mean } from "../ops/reduce";
import { sizeOf } from "../shape";
import { type LossArgs, losses, targetValues } from "./losses";
import { beforeActivation, rowsOf } from "./source";
import type { TargetInfo } from "./target";

/** How a metric's or a loss's numbers are written. */
export type NumberFormat = "percent" | "number";

/** A metric. */
export interface MetricDef {
  readonly title: string;
  /** One sentence: what it says. */
  readonly help: string;
  /** What its numbers are counted in; empty for plain numbers. */
  readonly unit: string;
  readonly format: NumberFormat;
  readonly better: "higher" | "lower";
  /** Whether it is told of whole splits alone: a batch has too few samples, and a step has better things to do. */
  readonly ofSplits?: true;
  /** Whether it can be told of such a target. */
  fits(target: TargetInfo): boolean;
  /** What is summed: each `[N]` f32, a number for each sample, or `[N, W]`, as many as there are. */
  perSample(args: LossArgs): readonly Node[];
  /** The metric of so many samples. @param sums one for each number of `perSample`, over all of them */
  ofSums(sums: readonly number[], count: number): number;
}

/** 1 for each token that is wrong, of those that count. `[N, T]` f32 */
function wrongTokens({ output, target }: LossArgs): Node {
  if (target.kind !== "tokens") throw new ArgumentError("Tokens: expected a target of tokens. Choose another metric.");
  const told = argMax(beforeActivation(output, "softmax") ?? output);
  return mul(sub(1, equal(told, target.tokens)), target.counts);
}

/** Tokens of each sample that count. `[N]` f32 */
const countOf = ({ target }: LossArgs): Node =>
  sum(target.kind === "tokens" ? target.counts : constant(1, [1, 1]), [-1]);

/** Nats of surprise at all tokens of each sample that count, and their number. */
const natsOf = (args: LossArgs): readonly Node[] => [
  losses.sparseCategoricalCrossentropy.perSample(args),
  countOf(args),
];

/** 1 for each sample whose most probable class is the label; a single unit says class 1 above one half. `[N]` f32 */
function isCorrect({ output, target }: LossArgs): Node {
  const labels = target.kind === "class" ? target.labels : argMax(rowsOf(targetValues({ output, target })));
  if (output.shape[1] === 1) return equal(greater(reshape(output, [output.shape[0] ?? 1]), 0.5), labels);
  // The largest logit is the largest probability.
  return equal(argMax(beforeActivation(output, "softmax") ?? output), labels);
}

/** For each class whether a sample is of it and was taken for it, was taken for it, and is of it. `[N, C]` f32 each */
function classCounts({ output, target }: LossArgs): readonly Node[] {
  if (target.kind !== "class") throw new ArgumentError("Classes: expected a target of classes. Choose another metric.");
  const [samples = 1, width] = output.shape;
  const said =
    width === 1
      ? equal(greater(reshape(output, [samples, 1]), 0.5), range(target.classes))
      : oneHot(argMax(beforeActivation(output, "softmax") ?? output), target.classes);
  const labels = oneHot(target.labels, target.classes);
  return [mul(said, labels), said, labels];
}

/** The plain mean over classes of a share, which is 0 where it would be of nothing. Source: scikit-learn's user guide, "Metrics and
 *  scoring", `average="macro"` and `zero_division=0`. */
const macro =
  (share: (right: number, said: number, support: number) => number): MetricDef["ofSums"] =>
  (sums) => {
    const classes = sums.length / 3;
    let total = 0;
    for (let c = 0; c < classes; c++) {
      const [right = NaN, said = NaN, support = NaN] = [sums[c], sums[classes + c], sums[2 * classes + c]];
      total += right === 0 ? 0 : share(right, said, support);
    }
    return total / classes;
  };

/** What metrics of classes, each by itself, have in common. */
const byClass = {
  unit: "",
  format: "percent",
  better: "higher",
  ofSplits: true,
  fits: ({ kind }: TargetInfo) => kind === "class",
  perSample: classCounts,
} as const;

/** Classes that a label may be among to count, as Keras's TopKCategoricalAccuracy has it. */
const TOP_K = 5;

const registry = {
  accuracy: {
    title: "Accuracy",
    help: "The share of samples, or of tokens in a text, whose most probable class is the right one.",
    unit: "",
    format: "percent",
    better: "higher",
    fits: ({ kind }) => kind !== "values",
    perSample: (args) =>
      args.target.kind === "tokens"
        ? [sub(countOf(args), sum(wrongTokens(args), [-1])), countOf(args)]
        : [isCorrect(args)],
    ofSums: ([correct = NaN, tokens], count) => correct / (tokens ?? count),
  },
  /** Classes as probable as the label count for it. Source: Keras, TopKCategoricalAccuracy. */
  topK: {
    title: `Top-${TOP_K} accuracy`,
    help: `The share of samples, or of tokens in a text, whose right class is among the ${TOP_K} most probable.`,
    unit: "",
    format: "percent",
    better: "higher",
    ofSplits: true,
    fits: (target) =>
      (target.kind === "class" && target.classes > TOP_K) ||
      (target.kind === "tokens" && !target.isAnswer && target.vocabulary > TOP_K),
    perSample: (args) => {
      const { output, target } = args;
      if (target.kind === "values")
        throw new ArgumentError("Top: expected a target of classes. Choose another metric.");
      const scores = beforeActivation(output, "softmax") ?? output;
      const [labels, classes] =
        target.kind === "class" ? [target.labels, target.classes] : [target.tokens, target.vocabulary];
      const own = sum(mul(scores, oneHot(labels, classes)), [-1], true);
      const isAmong = greater(TOP_K, sum(greater(scores, own), [-1]));
      return target.kind === "class" ? [isAmong] : [sum(mul(isAmong, target.counts), [-1]), countOf(args)];
    },
    ofSums: ([right = NaN, tokens], count) => right / (tokens ?? count),
  },
  macroF1: {
    ...byClass,
    title: "Macro F1",
    help: "The harmonic mean of precision and recall, as the plain mean over classes, however many samples each has.",
    ofSums: macro((right, said, support) => (2 * right) / (said + support)),
  },
  macroPrecision: {
    ...byClass,
    title: "Macro precision",
    help: "Of the samples taken for a class, the share that is of it, as the plain mean over classes.",
    ofSums: macro((right, said) => right / said),
  },
  macroRecall: {
    ...byClass,
    title: "Macro recall",
    help: "Of the samples of a class, the share taken for it, as the plain mean over classes.",
    ofSums: macro((right, _, support) => right / support),
  },
  /** A token that is told right with the right ones before it is told right by itself too, as long as all before it are. */
  wholeAnswers: {
    title: "Answers wholly right",
    help: "The share of questions whose answer has no wrong token.",
    unit: "",
    format: "percent",
    better: "higher",
    fits: (target) => target.kind === "tokens" && target.isAnswer,
    perSample: (args) => [equal(sum(wrongTokens(args), [-1]), 0)],
    ofSums: ([right = NaN], count) => right / count,
  },
  /** `exp(nats per token)`. Source: Jelinek, Mercer, Bahl and Baker 1977, "Perplexity: a measure of the difficulty of speech
   *  recognition tasks". */
  perplexity: {
    title: "Perplexity",
    help: "Among how many equally likely tokens the model is as unsure as it is: 1 is certain.",
    unit: "",
    format: "number",
    better: "lower",
    fits: (target) => target.kind === "tokens" && !target.isAnswer,
    perSample: natsOf,
    ofSums: ([nats = NaN, tokens = NaN]) => Math.exp(nats / tokens),
  },
  bitsPerCharacter: {
    title: "Bits per character",
    help: "The loss in bits: what a character would take if the model compressed the text.",
    unit: "bits",
    format: "number",
    better: "lower",
    fits: (target) => target.kind === "tokens" && !target.isAnswer,
    perSample: natsOf,
    ofSums: ([nats = NaN, tokens = NaN]) => nats / tokens / Math.LN2,
  },
  meanAbsoluteError: {
    title: "Mean absolute error",
    help: "How far off the model is on average, in the unit of the target.",
    unit: "",
    format: "number",
    better: "lower",
    fits: ({ kind }) => kind === "values",
    perSample: (args) => [mean(rowsOf(abs(sub(args.output, targetValues(args)))), [-1])],
    ofSums: ([total = NaN], count) => total / count,
  },
  /** `1 - sum (y - p)^2 / sum (y - mean y)^2`; where the y are all alike, as a single one is, 0, or 1 where each is told exactly. A few
   *  samples may have hardly any spread, so that no mean over batches would say anything. Source: scikit-learn, r2_score, `force_finite`. */
  r2: {
    title: "R²",
    help: "The share of the target's variance that the model explains: 1 is perfect, 0 no better than the mean.",
    unit: "",
    format: "number",
    better: "higher",
    ofSplits: true,
    // More numbers than one would need a mean of their own each.
    fits: (target) => target.kind === "values" && sizeOf(target.shape) === 1,
    perSample: (args) => {
      const values = rowsOf(targetValues(args));
      const residual = square(sub(rowsOf(args.output), values));
      return [residual, values, mul(values, values)].map((x) => sum(x, [-1]));
    },
    ofSums: ([residual = NaN, total = NaN, squares = NaN], count) => {
      const spread = squares - (total * total) / count;
      // What is left of equal numbers is the rounding of their sums.
      if (spread <= 2 ** -20 * squares) return residual === 0 ? 1 : 0;
      return 1 - residual / spread;
    },
  },
  /** `sum over clusters of the most frequent class's samples / N`, of outputs that are distances to clusters. Source: Manning, Raghavan
   *  and Schütze 2008, "Introduction to Information Retrieval", section 16.3. */
  purity: {
    title: "Purity",
    help: "The share of samples that are of the most frequent class of their cluster. The cluster tells no classes: labels only judge it.",
    unit: "",
    format: "percent",
    better: "higher",
    fits: ({ kind }) => kind === "class",
    perSample: ({ output, target }) => {
      if (target.kind !== "class")
        throw new ArgumentError("Purity: expected a target of classes. Choose another metric.");
      const [samples = 1, clusters = 1] = output.shape;
      const nearest = oneHot(argMax(neg(output)), clusters);
      const labels = oneHot(target.labels, target.classes);
      const pairs = mul(reshape(nearest, [samples, clusters, 1]), reshape(labels, [samples, 1, target.classes]));
      // The sums are told without shapes: how many classes there are comes before them.
      return [constant(target.classes, [samples]), rowsOf(pairs)];
    },
    ofSums: ([total = NaN, ...pairs], count) => {
      const classes = Math.max(1, Math.round(total / count));
      let most = 0;
      for (let at = 0; at < pairs.length; at += classes) most += Math.max(...pairs.slice(at, at + classes));
      return most / count;
    },
  },
} satisfies Record<string, MetricDef>;

/** The registry as it stands, of which another language has the words. */
export type MetricRegistry = typeof registry;

/** The name of a metric. */
export type MetricType = keyof typeof registry;

/** All metrics by name. */
export const metrics: Readonly<Record<MetricType, MetricDef>> = registry;
