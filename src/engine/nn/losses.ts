/** Losses, with Keras's semantics. Each works from the logits when the model ends in the activation that goes with
 *  it, because the logarithm of a softmax is not computed in two steps (Goodfellow et al. 2016, section 6.2.2.3). */
import type { Node } from "../graph/node";
import { sum } from "../ops/broadcast";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../ops/crossEntropy";
import { oneHot } from "../ops/gather";
import { reshape } from "../ops/layout";
import { abs, add, clip, div, log, mul, neg, square, sub } from "../ops/pointwise";
import { mean } from "../ops/reduce";
import type { Shape } from "../shape";
import { formatShape } from "../shape";

/** What a loss compares. */
export interface LossArgs {
  /** The model's output, `[N, units]` f32. */
  readonly output: Node;
  /** Class indices, `[N]` u32. */
  readonly labels: Node;
  readonly classes: number;
}

/** Why a model with some output cannot use a loss. */
export interface LossProblem {
  /** In words that follow the loss's title. */
  readonly message: string;
  /** The units that the last Dense layer must have; left out where more than one number will do. */
  readonly units?: number;
  /** The activation after it; left out where that is a matter of taste. */
  readonly activation?: string;
}

/** A loss. */
export interface LossDef {
  readonly type: string;
  readonly title: string;
  readonly help: string;
  /** Why a model with this output cannot use it, or undefined. */
  problem(output: Shape, classes: number): LossProblem | undefined;
  /** The loss of each sample. @returns `[N]` f32 */
  perSample(args: LossArgs): Node;
}

// Keras clips probabilities here before taking logarithms.
const EPSILON = 1e-7;

const logitsOf = (output: Node, activation: string): Node | undefined =>
  output.op.name === activation ? output.inputs[0] : undefined;

function needsClasses(output: Shape, classes: number): LossProblem | undefined {
  if (output.length === 1 && output[0] === classes) return undefined;
  const message = `needs one output per class, ${classes}, but the model gives ${formatShape(output)}. End with Dense ${classes} and softmax`;
  return { message, units: classes, activation: "softmax" };
}

function needsValues(output: Shape, classes: number): LossProblem | undefined {
  const fits = output.length === 1 && (output[0] === classes || (classes === 2 && output[0] === 1));
  if (fits) return undefined;
  const wanted = classes === 2 ? "1 or 2 outputs" : `${classes} outputs`;
  const message = `needs ${wanted} for ${classes} classes, but the model gives ${formatShape(output)}. Change the last layer`;
  return { message, ...(classes !== 2 && { units: classes }) };
}

/** Labels as numbers to compare with the output: 0 or 1 for a single unit, one-hot otherwise. `[N, units]` f32 */
function targetsFor({ output, labels, classes }: LossArgs): Node {
  return output.shape[1] === 1 ? reshape(mul(labels, 1), output.shape) : oneHot(labels, classes);
}

/** `-sum_c t_c log p_c` from probabilities that need not sum to 1. */
function fromProbabilities(output: Node, targets: Node): Node {
  const p = clip(div(output, sum(output, [-1], true)), EPSILON, 1 - EPSILON);
  return neg(sum(mul(targets, log(p)), [-1]));
}

/** `-log p_label`. For one-hot targets too: of their sum over the classes one term is left. */
function ofTheClass({ output, labels, classes }: LossArgs): Node {
  const logits = logitsOf(output, "softmax");
  return logits ? softmaxCrossEntropy(logits, labels) : fromProbabilities(output, oneHot(labels, classes));
}

const registry = {
  sparseCategoricalCrossentropy: {
    type: "sparseCategoricalCrossentropy",
    title: "Sparse categorical cross-entropy",
    help: "For one class out of several, labels given as class numbers. Nats of surprise at the true class.",
    problem: needsClasses,
    perSample: ofTheClass,
  },
  categoricalCrossentropy: {
    type: "categoricalCrossentropy",
    title: "Categorical cross-entropy",
    help: "The same for one-hot labels, which this page makes from the class numbers.",
    problem: needsClasses,
    perSample: ofTheClass,
  },
  binaryCrossentropy: {
    type: "binaryCrossentropy",
    title: "Binary cross-entropy",
    help: "For yes-or-no outputs, each judged on its own. Goes with sigmoid.",
    problem: needsValues,
    perSample: (args) => {
      const targets = targetsFor(args);
      const logits = logitsOf(args.output, "sigmoid");
      if (logits) return mean(sigmoidCrossEntropy(logits, targets), [-1]);
      const p = clip(args.output, EPSILON, 1 - EPSILON);
      return neg(mean(add(mul(targets, log(p)), mul(sub(1, targets), log(sub(1, p)))), [-1]));
    },
  },
  meanSquaredError: {
    type: "meanSquaredError",
    title: "Mean squared error",
    help: "The mean of squared differences from the target. The classic for regression.",
    problem: needsValues,
    perSample: (args) => mean(square(sub(args.output, targetsFor(args))), [-1]),
  },
  meanAbsoluteError: {
    type: "meanAbsoluteError",
    title: "Mean absolute error",
    help: "The mean of absolute differences. Less moved by outliers than the squared error.",
    problem: needsValues,
    perSample: (args) => mean(abs(sub(args.output, targetsFor(args))), [-1]),
  },
} satisfies Record<string, LossDef>;

/** What `training.loss` of a model description may be: Keras's names in camel case. */
export type LossType = keyof typeof registry;

/** All losses, in the order to offer them. */
export const losses: Readonly<Record<LossType, LossDef>> = registry;
