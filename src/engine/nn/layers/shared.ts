/** Fields and messages that several layers share. */
import type { TensorType } from "../../graph/type";
import type { ActivationName } from "../activations";
import { activationNames } from "../activations";
import { choice, pair, real } from "../../fields";
import { kernelInitializers } from "../initializers";
import { type Shape, sizeOf } from "../../shape";
import type { ShapeProblem } from "../layer";
import { layerFor } from "./roles";
import { say } from "../../words/said";

/** The activation a layer applies to its result. */
export const activationField = (initial: ActivationName) =>
  choice({
    label: "Activation",
    help: "The non-linearity applied to the result. Use softmax on the last layer of a classifier.",
    options: activationNames,
    default: initial,
  });

/** What a layer's kernel starts from; biases start from zero. */
export const initializerField = choice({
  label: "Initializer",
  help: "How the kernel's starting values are drawn. Glorot suits most; He suits deep stacks of relu.",
  options: kernelInitializers,
  default: "glorotUniform",
});

const factor = (label: string, help: string) =>
  real({ label, help: `${help} 0 turns it off.`, min: 0, max: 1, step: 0.0001, default: 0, live: true });

/** The factor of `sum(kernel^2)` in the loss. */
export const l2Field = factor("L2 regularization", "Adds this times the sum of squared weights to the loss.");

/** The factor of `sum(|kernel|)` in the loss. */
export const l1Field = {
  ...factor(
    "L1 regularization",
    "Adds this times the sum of the weights' sizes to the loss, which drives many towards 0.",
  ),
  rare: true,
} as const;

const rareFactor = (label: string, help: string) => ({ ...factor(label, help), rare: true }) as const;

/** The factors of seldom penalties: those of a bias, and those of what a layer tells. */
export const rarePenalties = {
  biasL1: rareFactor("Bias L1", "Adds this times the sum of the offsets' sizes to the loss."),
  biasL2: rareFactor("Bias L2", "Adds this times the sum of squared offsets to the loss."),
  activityL1: rareFactor(
    "Activity L1",
    "Adds this times the sum of the outputs' sizes, a mean over samples, to the loss: few units answer at once.",
  ),
  activityL2: rareFactor(
    "Activity L2",
    "Adds this times the sum of squared outputs, a mean over samples, to the loss.",
  ),
} as const;

/** The factors of a recurrent kernel's penalties. */
export const recurrentPenalties = {
  recurrentL1: rareFactor("Recurrent L1", "Adds this times the sum of the state's weights' sizes to the loss."),
  recurrentL2: rareFactor("Recurrent L2", "Adds this times the sum of the state's squared weights to the loss."),
} as const;

/** What becomes of windows that reach over an image's edge; sizes follow from it as `windowAxis` says. */
export const paddingField = choice({
  label: "Padding",
  help: "valid keeps windows inside the input; same adds zeros so that stride 1 keeps the size.",
  options: ["valid", "same"],
  default: "valid",
});

/** A height-and-width field of window steps. */
export const stridesField = (initial: readonly [number, number], follows?: string) =>
  pair({
    label: "Strides",
    help: "How far the window moves, down and across.",
    min: 1,
    max: 32,
    default: initial,
    ...(follows && { follows }),
  });

/** Height and width of a window. */
export const windowField = (label: string, initial: readonly [number, number]) =>
  pair({ label, help: "Height and width of the window.", min: 1, max: 32, default: initial });

/** Why a layer of images cannot take this input, or undefined when it can. */
export function imageProblem({ shape }: TensorType): ShapeProblem | undefined {
  if (shape.length === 3) return undefined;
  return {
    needs: say("fit.image"),
    advice: say("fit.insertReshape"),
    fix: { kind: "insertBefore", layer: layerFor.shapes, config: { targetShape: asImage(shape) } },
    belongsBefore: layerFor.rows,
  };
}

/** The same numbers as an image `[H, W, C]`: a row of them as square as its length allows, more axes with all but the
 *  first two as channels. */
export function asImage(shape: Shape): Shape {
  const [height = 1, width, ...channels] = shape;
  if (width !== undefined) return [height, width, sizeOf(channels)];
  let side = Math.floor(Math.sqrt(height));
  while (height % side !== 0) side -= 1;
  return [height / side, side, 1];
}

/** The same numbers as a series `[T, C]`: a row of them as one number a step, an image row by row. */
const asSeries = (shape: Shape): Shape => [shape[0] ?? 1, sizeOf(shape.slice(1))];

/** Why a layer of series cannot take this input, or undefined when it can. */
export function seriesProblem({ shape }: TensorType): ShapeProblem | undefined {
  if (shape.length === 2) return undefined;
  return {
    needs: say("fit.series"),
    advice: say("fit.insertReshape"),
    fix: { kind: "insertBefore", layer: layerFor.shapes, config: { targetShape: asSeries(shape) } },
  };
}

/** How far centroids are that are not placed yet: farther than any sample. */
export const ABSENT = 1e30;
