/** Augmentation: images moved, turned, stretched, mirrored or made paler at random while training, each sample otherwise. Outside
 *  training these layers do nothing. */
import { choice, flag, real } from "../../fields";
import type { Node } from "../../graph/node";
import type { TensorType } from "../../graph/type";
import { constant } from "../../ops/constant";
import { reshape } from "../../ops/layout";
import { add, clip, greater, mul, sub } from "../../ops/pointwise";
import { randomUniform } from "../../ops/random";
import { mean } from "../../ops/reduce";
import { fills } from "../../ops/fill";
import { resample } from "../../ops/resample";
import { concat, slice } from "../../ops/strided";
import { sizeOf } from "../../shape";
import { type BuildContext, defineLayer, type ShapeProblem } from "../layer";
import { imageProblem } from "./shared";
import { sineAndCosine } from "./turns";
import { say } from "../../words/said";

const factorField = (label: string, help: string, most = 1) =>
  real({ label, help, min: 0, max: most, step: 0.05, default: 0.1, live: true });

const fillField = choice({
  label: "Fill mode",
  help: "What comes in from outside: the image mirrored, zeros, its edge repeated, or its other side.",
  options: fills,
  default: "reflect",
});

const output = (input: TensorType): TensorType | ShapeProblem => imageProblem(input) ?? input;
const flops = (input: TensorType): number => 16 * sizeOf(input.shape);
const percent = (factor: number): string => `±${Math.round(factor * 100)}%`;

/** Numbers from -factor to factor, one for each sample, `[N, 1]`, by so many factors: those of the first are drawn first. */
function drawn(x: Node, { seed, step, stream }: BuildContext, factors: readonly number[]): Node[] {
  const [samples = 1] = x.shape;
  const all = randomUniform(seed, step, { stream, shape: [factors.length, samples] });
  return factors.map((factor, i) => {
    const own = reshape(slice(all, [i, 0], [1, samples]), [samples, 1]);
    return mul(sub(mul(own, 2), 1), factor);
  });
}

/** The map `(a x + b y + k, d x + e y + f)` of each sample, where all but the offsets leave the image's middle where it is. */
function mapsOf(x: Node, [a, b, d, e]: readonly (Node | number)[], [k, f]: readonly (Node | number)[] = [0, 0]): Node {
  const [samples = 1, height = 1, width = 1] = x.shape;
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const kept = (middle: number, across: Node | number, down: Node | number, offset: Node | number): Node =>
    add(sub(sub(middle, mul(across, middleX)), mul(down, middleY)), offset);
  const parts = [a!, b!, kept(middleX, a!, b!, k!), d!, e!, kept(middleY, d!, e!, f!)];
  return concat(
    parts.map((part) => mul(part, constant(1, [samples, 1]))),
    1,
  );
}

/** Moves each sample by up to a share of its height and width: from `[H, W, C]` to the same shape. */
export const randomTranslation = defineLayer({
  type: "RandomTranslation",
  badge: "Rt",
  category: "augmentation",
  help: "Moves each image a little while training, so that the model does not count on where things are.",
  fields: {
    heightFactor: factorField("Height factor", "By how much at most, up or down, as a share of the height."),
    widthFactor: factorField("Width factor", "By how much at most, left or right, as a share of the width."),
    fillMode: fillField,
  },
  here: ({ shape }) => say("here.changedInTraining", { of: shape }),
  summary: ({ heightFactor, widthFactor }) => [percent(heightFactor), percent(widthFactor)],
  keepsNumbers: () => true,
  output,
  flops,
  build: (x, _, { heightFactor, widthFactor, fillMode }, context) => {
    if (!context.training || heightFactor + widthFactor === 0) return x;
    const [, height = 1, width = 1] = x.shape;
    const [down = 0, across = 0] = drawn(x, context, [heightFactor * height, widthFactor * width]);
    return resample(x, mapsOf(x, [1, 0, 0, 1], [mul(across, -1), mul(down, -1)]), { fill: fillMode });
  },
});

/** Turns each sample around its middle by up to a share of a full turn: from `[H, W, C]` to the same shape. */
export const randomRotation = defineLayer({
  type: "RandomRotation",
  badge: "Ro",
  category: "augmentation",
  help: "Turns each image a little while training, so that slanted things are known too.",
  fields: {
    factor: factorField("Factor", "By how much at most, either way, as a share of a full turn: 0.1 is 36 degrees."),
    fillMode: fillField,
  },
  initial: { factor: 0.05 },
  here: ({ shape }) => say("here.changedInTraining", { of: shape }),
  summary: ({ factor }) => [`±${Math.round(factor * 360)}°`],
  keepsNumbers: () => true,
  output,
  flops,
  build: (x, _, { factor, fillMode }, context) => {
    if (!context.training || factor === 0) return x;
    const [turn = constant(0)] = drawn(x, context, [factor]);
    const [sine, cosine] = sineAndCosine(turn);
    return resample(x, mapsOf(x, [cosine, mul(sine, -1), sine, cosine]), { fill: fillMode });
  },
});

/** Stretches or shrinks each sample around its middle by up to a share of its height and width: from `[H, W, C]` to the same shape.
 *  Keras's `width_factor=None` keeps the proportions. */
export const randomZoom = defineLayer({
  type: "RandomZoom",
  badge: "Rz",
  category: "augmentation",
  help: "Shows each image a little larger or smaller while training.",
  fields: {
    heightFactor: factorField("Height factor", "How much more of the height is shown at most, or less.", 0.9),
    widthFactor: factorField("Width factor", "The same of the width, unless proportions are kept.", 0.9),
    keepsAspect: flag({ label: "Keep proportions", help: "Width changes as height does.", default: true }),
    fillMode: fillField,
  },
  here: ({ shape }) => say("here.changedInTraining", { of: shape }),
  summary: ({ heightFactor }) => [percent(heightFactor)],
  keepsNumbers: () => true,
  output,
  flops,
  build: (x, _, { heightFactor, widthFactor, keepsAspect, fillMode }, context) => {
    if (!context.training || heightFactor + widthFactor === 0) return x;
    const [down = 0, across = down] = drawn(x, context, keepsAspect ? [heightFactor] : [heightFactor, widthFactor]);
    return resample(x, mapsOf(x, [add(across, 1), 0, 0, add(down, 1)]), { fill: fillMode });
  },
});

/** Mirrors half of the samples: from `[H, W, C]` to the same shape. One toss decides for both axes, as in Keras. */
export const randomFlip = defineLayer({
  type: "RandomFlip",
  badge: "Rf",
  category: "augmentation",
  help: "Mirrors half of the images while training. For things that look alike from either side, which digits do not.",
  fields: {
    mode: choice({
      label: "Mode",
      help: "Left becomes right, top becomes bottom, or both at once.",
      options: ["horizontal", "vertical", "horizontal_and_vertical"],
      default: "horizontal_and_vertical",
    }),
  },
  initial: { mode: "horizontal" },
  here: ({ shape }) => say("here.changedInTraining", { of: shape }),
  summary: ({ mode }) => [mode.replaceAll("_", " ")],
  keepsNumbers: () => true,
  output,
  flops,
  build: (x, _, { mode }, context) => {
    if (!context.training) return x;
    // From -1 to 1: below 0 it is mirrored.
    const [toss = constant(0)] = drawn(x, context, [1]);
    const side = sub(mul(greater(toss, 0), 2), 1);
    const [across, down] = [mode === "vertical" ? 1 : side, mode === "horizontal" ? 1 : side];
    return resample(x, mapsOf(x, [across, 0, 0, down]), { fill: "nearest" });
  },
});

/** `(x - mean) f + mean`, limited to 0 to 1, with the mean of each channel of the sample and f from `1 - factor` to `1 + factor`: from
 *  `[H, W, C]` to the same shape. Images are from 0 to 1 here, Keras's `value_range=(0, 1)`. */
export const randomContrast = defineLayer({
  type: "RandomContrast",
  badge: "Rc",
  category: "augmentation",
  help: "Makes each image paler or starker while training. For images, whose numbers are from 0 to 1.",
  fields: { factor: factorField("Factor", "How much paler or starker at most.") },
  initial: { factor: 0.2 },
  here: ({ shape }) => say("here.changedInTraining", { of: shape }),
  summary: ({ factor }) => [percent(factor)],
  keepsNumbers: () => true,
  output,
  flops: (input) => 6 * sizeOf(input.shape),
  build: (x, _, { factor }, context) => {
    if (!context.training || factor === 0) return x;
    const [change = constant(0)] = drawn(x, context, [factor]);
    const own = reshape(add(change, 1), [x.shape[0] ?? 1, 1, 1, 1]);
    const middle = mean(x, [1, 2], true);
    return clip(add(mul(sub(x, middle), own), middle), 0, 1);
  },
});
