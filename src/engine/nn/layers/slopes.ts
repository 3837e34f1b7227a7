/** Activations that are layers of their own in Keras: with a slope or a scale to set or to learn, and softmax. */
import { flag, real } from "../../fields";
import { elu, leakyRelu, mul, neg, relu, sub } from "../../ops/pointwise";
import { softmax } from "../../ops/softmax";
import { sizeOf } from "../../shape";
import { defineLayer, variable } from "../layer";
import { say } from "../../words/said";

/** `x > 0 ? x : negativeSlope x`: from `[..]` to the same shape. Keras's slope is 0.3 here, and 0.2 in the activation of that
 *  name. Source: Maas, Hannun and Ng 2013, "Rectifier nonlinearities improve neural network acoustic models". */
export const leakyReLU = defineLayer({
  type: "LeakyReLU",
  badge: "Lr",
  category: "core",
  help: "Passes positive numbers on and a share of negative ones, so that no unit falls silent for good.",
  isElementwise: true,
  fields: {
    negativeSlope: real({
      label: "Negative slope",
      help: "What negative numbers are multiplied by.",
      min: 0.001,
      max: 1,
      default: 0.3,
      live: true,
    }),
  },
  applies: "leaky_relu",
  here: ({ shape }) => say("here.each", { numbers: sizeOf(shape), of: shape }),
  summary: ({ negativeSlope }) => [`${negativeSlope}`],
  output: (input) => input,
  flops: (input) => 2 * sizeOf(input.shape),
  build: (x, _, { negativeSlope }) => leakyRelu(x, negativeSlope),
});

/** `max(x, 0) - alpha max(-x, 0)`, with a trainable slope `alpha` for each number of a sample, or for each channel: from `[..]` to
 *  the same shape. Keras's `shared_axes` are all but the last, or none.
 *  Source: He et al. 2015, "Delving deep into rectifiers", equation 1. */
export const pReLU = defineLayer({
  type: "PReLU",
  badge: "Pr",
  category: "core",
  help: "Like LeakyReLU, but it learns how much of negative numbers to pass on.",
  isElementwise: true,
  fields: {
    sharedAxes: flag({
      label: "Share by channel",
      help: "One slope for each channel instead of one for each number, as shared_axes=[1, 2] of an image in Keras.",
      default: false,
    }),
  },
  applies: "leaky_relu",
  here: ({ shape }) => say("here.each", { numbers: sizeOf(shape), of: shape }),
  summary: ({ sharedAxes }) => (sharedAxes ? [say("summary.byChannel")] : []),
  output: (input) => input,
  variables: ({ shape }, { sharedAxes }) => ({
    alpha: {
      shape: sharedAxes ? shape.map((dim, k) => (k < shape.length - 1 ? 1 : dim)) : shape,
      initializer: "zeros",
    },
  }),
  flops: (input) => 4 * sizeOf(input.shape),
  build: (x, variables) => sub(relu(x), mul(variable(variables, "alpha"), relu(neg(x)))),
});

/** `x > 0 ? x : alpha (e^x - 1)`: from `[..]` to the same shape.
 *  Source: Clevert, Unterthiner and Hochreiter 2016, "Fast and accurate deep network learning by exponential linear units". */
export const eluLayer = defineLayer({
  type: "ELU",
  badge: "El",
  category: "core",
  help: "Bends negative numbers smoothly towards -alpha, which keeps activations near mean 0.",
  isElementwise: true,
  fields: {
    alpha: real({
      label: "Alpha",
      help: "What the most negative numbers come to, with a minus.",
      min: 0.001,
      max: 10,
      default: 1,
      live: true,
    }),
  },
  applies: "elu",
  here: ({ shape }) => say("here.each", { numbers: sizeOf(shape), of: shape }),
  summary: ({ alpha }) => [`${alpha}`],
  output: (input) => input,
  flops: (input) => 3 * sizeOf(input.shape),
  build: (x, _, { alpha }) => elu(x, alpha),
});

/** `exp(x_j) / sum_k exp(x_k)` along the last axis: from `[.., C]` to the same shape. Keras's axis -1, and no mask. */
export const softmaxLayer = defineLayer({
  type: "Softmax",
  badge: "So",
  category: "core",
  help: "Turns the numbers along the last axis into probabilities, which add up to 1. The usual end of a classifier.",
  isElementwise: true,
  fields: {},
  applies: "softmax",
  here: ({ shape }) => say("here.shared", { inputs: shape.at(-1) ?? 1, at: shape.slice(0, -1) }),
  summary: () => [],
  output: (input) =>
    input.shape.length > 0 ? input : { needs: say("fit.channels"), advice: say("fit.insertReshape") },
  flops: (input) => 5 * sizeOf(input.shape),
  build: (x) => softmax(x),
});
