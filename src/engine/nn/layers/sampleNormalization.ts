/** Normalizations of each sample by itself, which need no batch and do the same in training and in scoring. */
import { flag, real, whole } from "../../fields";
import type { Node } from "../../graph/node";
import type { TensorType } from "../../graph/type";
import { broadcastTo } from "../../ops/broadcast";
import { groupNormalize } from "../../ops/groupNorm";
import { reshape } from "../../ops/layout";
import { add, div, sqrt, square, sub } from "../../ops/pointwise";
import { mean } from "../../ops/reduce";
import { type Shape, sizeOf } from "../../shape";
import { type BuiltLayer, defineLayer, type Part, type ShapeProblem, variable, type VariableSpec } from "../layer";
import { say } from "../../words/said";

const epsilonField = (initial: number) =>
  real({
    label: "Epsilon",
    help: "Keeps the division finite where nothing varies.",
    min: 1e-7,
    max: 1,
    step: initial,
    default: initial,
    live: true,
  });

const affineFields = {
  center: flag({ label: "Center", help: "Adds one trainable offset per channel, beta.", default: true }),
  scale: flag({ label: "Scale", help: "Multiplies by one trainable factor per channel, gamma.", default: true }),
};

/** A number for each channel, which weight decay leaves alone. */
const perChannel = (shape: Shape, initializer: "zeros" | "ones"): VariableSpec => ({
  shape: [shape.at(-1) ?? 1],
  initializer,
  decays: false,
});

const affineVariables = (shape: Shape, { center, scale }: { center: boolean; scale: boolean }) => ({
  ...(scale && { gamma: perChannel(shape, "ones") }),
  ...(center && { beta: perChannel(shape, "zeros") }),
});

/** The variables that there are. */
const affine = (variables: Readonly<Record<string, Node>>, { center, scale }: { center: boolean; scale: boolean }) => ({
  gamma: scale ? variable(variables, "gamma") : undefined,
  beta: center ? variable(variables, "beta") : undefined,
});

type Affine = Parameters<typeof groupNormalize>[1];
type Moments = Parameters<typeof groupNormalize>[2];

/** `gamma (x - mean) / sqrt(variance + epsilon) + beta`, and how each number of it is computed. */
const normalized = (x: Node, own: Affine, options: Moments): BuiltLayer => ({
  output: groupNormalize(x, own, options),
  updates: {},
  parts: () => partsOf(x, own, options),
});

function partsOf(x: Node, { gamma, beta }: Affine, { axes, center, epsilon }: Moments): Part[] {
  const average = center ? mean(x, axes, true) : undefined;
  const apart = average ? sub(x, average) : x;
  const variance = mean(square(apart), axes, true);
  return [
    { said: say("summary.given"), node: x },
    ...(average ? [{ said: say("summary.mean"), node: average }] : []),
    { said: say(center ? "summary.variance" : "summary.meanSquare"), node: variance },
    { said: say("summary.normalized"), node: div(apart, sqrt(add(variance, epsilon))) },
    ...(gamma ? [{ said: say("summary.gamma"), node: gamma }] : []),
    ...(beta ? [{ said: say("summary.beta"), node: beta }] : []),
  ];
}

const output = (input: TensorType): TensorType | ShapeProblem =>
  input.shape.length > 0 ? input : { needs: say("fit.channels"), advice: say("fit.insertReshape") };

/** `gamma (x - mean) / sqrt(variance + epsilon) + beta` with moments along the last axis, Keras's axis -1: from `[.., C]` to the same
 *  shape. Source: Ba, Kiros and Hinton 2016, "Layer normalization". */
export const layerNormalization = defineLayer({
  type: "LayerNormalization",
  badge: "Ln",
  category: "normalization",
  help: "Brings the channels of each place to mean 0 and variance 1, whatever else is in the batch.",
  fields: { epsilon: epsilonField(0.001), ...affineFields },
  here: ({ shape }) => say("here.overChannels", { channels: shape.at(-1) ?? 1, at: shape.slice(0, -1) }),
  summary: () => [],
  output,
  variables: ({ shape }, config) => affineVariables(shape, config),
  flops: (input) => 8 * sizeOf(input.shape),
  build: (x, variables, config) =>
    normalized(x, affine(variables, config), { axes: [-1], center: true, epsilon: config.epsilon }),
});

/** `scale x / sqrt(mean(x^2) + epsilon)` along the last axis, Keras's axis -1: from `[.., C]` to the same shape.
 *  Source: Zhang and Sennrich 2019, "Root mean square layer normalization". */
export const rmsNormalization = defineLayer({
  type: "RMSNormalization",
  badge: "Rn",
  category: "normalization",
  help: "Scales the channels of each place to a mean square of 1 without moving them: LayerNormalization for less.",
  fields: { epsilon: epsilonField(1e-6) },
  here: ({ shape }) => say("here.overChannels", { channels: shape.at(-1) ?? 1, at: shape.slice(0, -1) }),
  summary: () => [],
  output,
  variables: ({ shape }) => ({ scale: perChannel(shape, "ones") }),
  flops: (input) => 4 * sizeOf(input.shape),
  build: (x, variables, { epsilon }) =>
    normalized(x, { gamma: variable(variables, "scale") }, { axes: [-1], center: false, epsilon }),
});

/** The largest number of groups up to what is wanted that the channels divide into. */
function groupsFor(channels: number, wanted: number): number {
  let groups = Math.min(wanted, channels);
  while (channels % groups !== 0) groups -= 1;
  return groups;
}

/** LayerNormalization over all places and over a group of channels at a time: from `[.., C]` to the same shape, with gamma and
 *  beta `[C]`. One group is all of a sample, as many as channels an instance normalization.
 *  Source: Wu and He 2018, "Group normalization". */
export const groupNormalization = defineLayer({
  type: "GroupNormalization",
  badge: "Gr",
  category: "normalization",
  help: "Brings groups of channels of each sample to mean 0 and variance 1. As BatchNormalization, but for small batches.",
  fields: {
    groups: whole({
      label: "Groups",
      help: "How many groups; the channels must divide into them.",
      min: 1,
      max: 512,
      default: 32,
    }),
    epsilon: epsilonField(0.001),
    ...affineFields,
  },
  initial: { groups: 8 },
  looksAhead: () => true,
  here: ({ shape }, _, { groups }) =>
    say("here.overGroups", { groups, channels: (shape.at(-1) ?? 1) / groups, at: shape.slice(0, -1) }),
  summary: ({ groups }) => [say("summary.groups", { groups })],
  output: (input, { groups }) => {
    const channels = input.shape.at(-1);
    if (channels === undefined || channels % groups === 0) return output(input);
    return {
      needs: say("fit.groups", { groups }),
      advice: say("fit.fewerGroups"),
      fix: { kind: "set", key: "groups", value: groupsFor(channels, groups) },
    };
  },
  variables: ({ shape }, config) => affineVariables(shape, config),
  flops: (input) => 8 * sizeOf(input.shape),
  build: (x, variables, { groups, epsilon, ...has }) => {
    const [samples = 1, ...rest] = x.shape;
    const channels = rest.at(-1) ?? 1;
    const grouped = [samples, sizeOf(rest) / channels, groups, channels / groups];
    const { gamma, beta } = affine(variables, has);
    const own = (of: Node | undefined): Node | undefined => of && reshape(of, grouped.slice(2));
    const options = { axes: [1, 3], center: true, epsilon };
    const built = normalized(reshape(x, grouped), { gamma: own(gamma), beta: own(beta) }, options);
    const back = (node: Node): Node => reshape(broadcastTo(node, grouped), x.shape);
    return {
      ...built,
      output: reshape(built.output, x.shape),
      parts: () => (built.parts?.() ?? []).map((part) => ({ ...part, node: back(part.node) })),
    };
  },
});
