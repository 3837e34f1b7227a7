/** BatchNormalization: brings every channel to mean 0 and variance 1 over the batch, then scales and shifts it. */
import { flag, real } from "../../fields";
import type { Node } from "../../graph/node";
import { sum } from "../../ops/broadcast";
import { reshape } from "../../ops/layout";
import { add, div, mul, sqrt, square, sub } from "../../ops/pointwise";
import { mean as meanOf } from "../../ops/reduce";
import { sizeOf } from "../../shape";
import { type BuildContext, defineLayer, variable, type VariableSpec } from "../layer";
import { say } from "../../words/said";

/** `gamma (x - mean) / sqrt(variance + epsilon) + beta` for each channel, the last axis, from `[.., C]` to the same shape. In
 *  training mean and variance are the batch's, over all other axes and over the samples that count; elsewhere they are the
 *  running ones: `running = momentum running + (1 - momentum) batch`, with the biased variance, as in Keras.
 *  Source: Ioffe and Szegedy 2015, algorithm 1. */
export const batchNormalization = defineLayer({
  type: "BatchNormalization",
  badge: "Bn",
  category: "normalization",
  help: "Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it. Deep nets learn faster.",
  fields: {
    momentum: real({
      label: "Momentum",
      help: "Share of the running mean and variance that is kept at each step. They take the batch's place in scoring.",
      min: 0,
      max: 0.9999,
      default: 0.99,
    }),
    epsilon: real({
      label: "Epsilon",
      help: "Keeps the division finite where a channel does not vary.",
      min: 1e-7,
      max: 1,
      step: 0.001,
      default: 0.001,
    }),
    center: flag({ label: "Center", help: "Adds one trainable offset per channel, beta.", default: true }),
    scale: flag({ label: "Scale", help: "Multiplies by one trainable factor per channel, gamma.", default: true }),
  },
  summary: ({ momentum }) => [say("summary.momentum", { momentum })],
  output: (input) =>
    input.shape.length > 0 ? input : { needs: say("fit.channels"), advice: say("fit.insertReshape") },
  variables: ({ shape }, { center, scale }) => {
    const channels = (initializer: "zeros" | "ones", more: Partial<VariableSpec>): VariableSpec => ({
      shape: [shape.at(-1) ?? 1],
      initializer,
      ...more,
    });
    return {
      ...(scale && { gamma: channels("ones", { decays: false }) }),
      ...(center && { beta: channels("zeros", { decays: false }) }),
      movingMean: channels("zeros", { trainable: false }),
      movingVariance: channels("ones", { trainable: false }),
    };
  },
  flops: (input) => 8 * sizeOf(input.shape),
  build: (x, variables, { momentum, epsilon, center, scale }, context) => {
    const running = {
      mean: variable(variables, "movingMean"),
      variance: variable(variables, "movingVariance"),
    };
    // A frozen one goes by what it has seen before, as in Keras.
    const learns = context.training && !context.isFrozen;
    const used = learns ? batchStatistics(x, context) : running;
    const normal = mul(sub(x, used.mean), div(1, sqrt(add(used.variance, epsilon))));
    const scaled = scale ? mul(normal, variable(variables, "gamma")) : normal;
    const output = center ? add(scaled, variable(variables, "beta")) : scaled;
    if (!learns) return output;
    const blend = (kept: Node, batch: Node): Node => add(mul(kept, momentum), mul(batch, 1 - momentum));
    const updates = {
      movingMean: blend(running.mean, used.mean),
      movingVariance: blend(running.variance, used.variance),
    };
    return { output, updates };
  },
});

/** Mean and biased variance of each channel, `[C]` each. The variance is that of the differences from the mean, because the
 *  difference of two large numbers would lose its digits. */
function batchStatistics(x: Node, { mask, count }: BuildContext): { readonly mean: Node; readonly variance: Node } {
  const channels = x.shape.at(-1) ?? 1;
  const places = sizeOf(x.shape) / channels;
  const samples = x.shape[0] ?? 1;
  const rows = reshape(x, [samples, places / samples, channels]);
  if (!mask || !count) {
    const mean = meanOf(rows, [0, 1]);
    return { mean, variance: meanOf(square(sub(rows, mean)), [0, 1]) };
  }
  const counted = reshape(mask, [samples, 1, 1]);
  const total = mul(count, places / samples);
  const mean = div(sum(mul(rows, counted), [0, 1]), total);
  return { mean, variance: div(sum(mul(square(sub(rows, mean)), counted), [0, 1]), total) };
}
