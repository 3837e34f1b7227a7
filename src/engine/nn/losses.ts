/** Losses, with Keras's semantics. Each works from the logits when the model ends in the activation that goes with
 *  it, because the logarithm of a softmax is not computed in two steps (Goodfellow et al. 2016, section 6.2.2.3). */
import { ArgumentError } from "../errors";
import type { Node } from "../graph/node";
import { sum } from "../ops/broadcast";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "../ops/crossEntropy";
import { oneHot } from "../ops/gather";
import { reshape } from "../ops/layout";
import { abs, add, clip, div, log, mul, neg, square, sub } from "../ops/pointwise";
import { mean } from "../ops/reduce";
import type { Shape } from "../shape";
import { sameShape, sizeOf } from "../shape";
import type { ActivationName } from "./activations";
import { beforeActivation, inShape, rowsOf } from "./source";
import type { Target, TargetInfo } from "./target";
import { type EngineKey, type Name, nameOf, type Said, say } from "../words/said";

/** What a loss compares. */
export interface LossArgs {
  /** The model's output, `[N, ..]` f32. */
  readonly output: Node;
  readonly target: Target;
}

/** Why a model with some output cannot use a loss. */
export interface LossProblem {
  /** What is amiss, given what the loss is called. */
  readonly said: (loss: Name) => Said<EngineKey>;
  /** The units that the last Dense layer must have; left out where more than one number will do. */
  readonly units?: number;
  /** The activation after it; left out where that is a matter of taste. */
  readonly activation?: string;
}

/** What a network should end in for a loss to learn. */
export interface Ending {
  /** What the loss takes outputs for; left out where any numbers will do. */
  readonly takes?: Said<EngineKey>;
  /** The activations that give that, the best first. */
  readonly from: readonly [ActivationName, ...ActivationName[]];
}

/** A loss. */
export interface LossDef {
  readonly type: string;
  readonly title: string;
  readonly help: string;
  /** What its numbers are counted in; empty for plain numbers. */
  readonly unit: string;
  /** Why a model with this output cannot use it, or undefined. */
  problem(output: Shape, target: TargetInfo): LossProblem | undefined;
  /** What the network should end in. */
  ending(target: TargetInfo): Ending;
  /** The loss of each sample; of tokens the sum over those that count. @returns `[N]` f32 */
  perSample(args: LossArgs): Node;
}

// Keras clips probabilities here before taking logarithms.
const EPSILON = 1e-7;

function needsClasses(given: Shape, target: TargetInfo): LossProblem | undefined {
  if (target.kind === "tokens") {
    const { steps, vocabulary } = target;
    if (sameShape(given, [steps, vocabulary])) return undefined;
    const said = (loss: Name) => say("task.onePerToken", { loss, steps, vocabulary, given });
    // More steps or fewer are no matter of the last layer.
    if (given.length !== 2 || given[0] !== steps) return { said };
    return { said, units: vocabulary, activation: "softmax" };
  }
  if (target.kind !== "class") return { said: (loss) => say("task.forClasses", { loss }) };
  const { classes } = target;
  if (given.length === 1 && given[0] === classes) return undefined;
  const said = (loss: Name) => say("task.onePerClass", { loss, classes, given });
  return { said, units: classes, activation: "softmax" };
}

/** Two sentences, as a loss says them. */
const advised =
  (problem: (loss: Name) => Said<EngineKey>, advice: Said<EngineKey>): LossProblem["said"] =>
  (loss) =>
    say("problem.advised", { problem: problem(loss), advice });

function needsValues(given: Shape, target: TargetInfo): LossProblem | undefined {
  if (target.kind === "values") {
    const wanted = target.shape.length === 0 ? [1] : target.shape;
    if (sameShape(given, wanted)) return undefined;
    const problem = (loss: Name) => say("task.likeTarget", { loss, wanted, given });
    const units = sizeOf(wanted);
    return wanted.length === 1
      ? { said: advised(problem, say("task.endWithDense", { units })), units, activation: "linear" }
      : { said: advised(problem, say("task.endWithShape")) };
  }
  if (target.kind === "tokens") return { said: (loss) => say("task.notForTokens", { loss }) };
  const { classes } = target;
  const fits = given.length === 1 && (given[0] === classes || (classes === 2 && given[0] === 1));
  if (fits) return undefined;
  const problem = (loss: Name) =>
    classes === 2 ? say("task.forTwoClasses", { loss, given }) : say("task.forSoManyClasses", { loss, classes, given });
  return { said: advised(problem, say("task.changeLast")), ...(classes !== 2 && { units: classes }) };
}

/** The target as numbers to compare with the output: values as they are, labels as 0 or 1 for a single unit and one-hot
 *  otherwise. Shaped like the output, f32. */
export function targetValues({ output, target }: LossArgs): Node {
  if (target.kind === "values") return inShape(target.values, output.shape);
  if (target.kind === "tokens") return oneHot(target.tokens, target.vocabulary);
  const { labels, classes } = target;
  return output.shape[1] === 1 ? reshape(mul(labels, 1), output.shape) : oneHot(labels, classes);
}

/** The mean over all axes but the first. `[N]` f32 */
const meanOfSample = (x: Node): Node => mean(rowsOf(x), [-1]);

/** `-sum_c t_c log p_c` from probabilities that need not sum to 1. */
function fromProbabilities(output: Node, targets: Node): Node {
  const p = clip(div(output, sum(output, [-1], true)), EPSILON, 1 - EPSILON);
  return neg(sum(mul(targets, log(p)), [-1]));
}

/** `sum_t -log p_t,token` over the tokens that count. */
function ofTheTokens(output: Node, { tokens, counts, vocabulary }: Target & { readonly kind: "tokens" }): Node {
  const rows = inShape(output, [sizeOf(tokens.shape), vocabulary]);
  const labels = inShape(tokens, [sizeOf(tokens.shape)]);
  const logits = beforeActivation(rows, "softmax");
  const each = logits ? softmaxCrossEntropy(logits, labels) : fromProbabilities(rows, oneHot(labels, vocabulary));
  return sum(mul(inShape(each, tokens.shape), counts), [-1]);
}

/** `-log p_label`. For one-hot targets too: of their sum over the classes one term is left.
 *  @throws ArgumentError for a target that is no class */
function ofTheClass({ output, target }: LossArgs): Node {
  if (target.kind === "tokens") return ofTheTokens(output, target);
  if (target.kind !== "class") {
    throw new ArgumentError("Cross-entropy: expected a target of classes, got numbers. Choose another loss.");
  }
  const { labels, classes } = target;
  const logits = beforeActivation(output, "softmax");
  return logits ? softmaxCrossEntropy(logits, labels) : fromProbabilities(output, oneHot(labels, classes));
}

/** Of probabilities that add up to 1 over the classes. */
const endsInSoftmax = (): Ending => ({ takes: say("task.probabilities"), from: ["softmax"] });

/** Beyond 0 and 1 its logarithms are cut off, and so is the gradient. */
const endsInProbabilities = (): Ending => ({ takes: say("task.probabilities"), from: ["sigmoid", "softmax"] });

/** Any numbers can be compared; those of classes are 0 and 1. */
const endsInAny = ({ kind }: TargetInfo): Ending => ({ from: [kind === "class" ? "sigmoid" : "linear"] });

const registry = {
  sparseCategoricalCrossentropy: {
    type: "sparseCategoricalCrossentropy",
    title: "Sparse categorical cross-entropy",
    help: "For one class out of several, labels given as class numbers. Nats of surprise at the true class.",
    unit: "nats",
    problem: needsClasses,
    ending: endsInSoftmax,
    perSample: ofTheClass,
  },
  categoricalCrossentropy: {
    type: "categoricalCrossentropy",
    title: "Categorical cross-entropy",
    help: "The same for one-hot labels, which this page makes from the class numbers.",
    unit: "nats",
    problem: needsClasses,
    ending: endsInSoftmax,
    perSample: ofTheClass,
  },
  binaryCrossentropy: {
    type: "binaryCrossentropy",
    title: "Binary cross-entropy",
    help: "For yes-or-no outputs, each judged on its own. Goes with sigmoid.",
    unit: "nats",
    problem: needsValues,
    ending: endsInProbabilities,
    perSample: (args) => {
      const targets = targetValues(args);
      const logits = beforeActivation(args.output, "sigmoid");
      if (logits) return meanOfSample(sigmoidCrossEntropy(logits, targets));
      const p = clip(args.output, EPSILON, 1 - EPSILON);
      return neg(meanOfSample(add(mul(targets, log(p)), mul(sub(1, targets), log(sub(1, p))))));
    },
  },
  meanSquaredError: {
    type: "meanSquaredError",
    title: "Mean squared error",
    help: "The mean of squared differences from the target. The classic for regression.",
    unit: "",
    problem: needsValues,
    ending: endsInAny,
    perSample: (args) => meanOfSample(square(sub(args.output, targetValues(args)))),
  },
  meanAbsoluteError: {
    type: "meanAbsoluteError",
    title: "Mean absolute error",
    help: "The mean of absolute differences. Less moved by outliers than the squared error.",
    unit: "",
    problem: needsValues,
    ending: endsInAny,
    perSample: (args) => meanOfSample(abs(sub(args.output, targetValues(args)))),
  },
} satisfies Record<string, LossDef>;

/** The registry as it stands, of which another language has the words. */
export type LossRegistry = typeof registry;

/** What the loss of a task may be: Keras's names in camel case. */
export type LossType = keyof typeof registry;

/** All losses, in the order to offer them. */
export const losses: Readonly<Record<LossType, LossDef>> = registry;

/** What a loss is called in sentences. */
export const nameOfLoss = (type: LossType): Name => nameOf(`losses.${type}.title`, losses[type].title);
