/** BatchNormalization: brings every channel to mean 0 and variance 1 over the batch, then scales and shifts it. */
import { flag, real } from "../../fields";
import type { Node } from "../../graph/node";
import { batchNormalize } from "../../ops/batchNorm";
import { constant } from "../../ops/constant";
import { add, div, mul, sqrt, sub } from "../../ops/pointwise";
import { sizeOf } from "../../shape";
import { defineLayer, variable, type VariableSpec } from "../layer";
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
      live: true,
    }),
    epsilon: real({
      label: "Epsilon",
      help: "Keeps the division finite where a channel does not vary.",
      min: 1e-7,
      max: 1,
      step: 0.001,
      default: 0.001,
      live: true,
    }),
    center: flag({ label: "Center", help: "Adds one trainable offset per channel, beta.", default: true }),
    scale: flag({ label: "Scale", help: "Multiplies by one trainable factor per channel, gamma.", default: true }),
  },
  here: ({ shape }) => say("here.overBatch", { channels: shape.at(-1) ?? 1, at: shape.slice(0, -1) }),
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
    const gamma = scale ? variable(variables, "gamma") : constant(1, running.mean.shape);
    const beta = center ? variable(variables, "beta") : constant(0, running.mean.shape);
    // A frozen one goes by what it has seen before, as in Keras.
    if (!context.training || context.isFrozen) {
      const normal = mul(sub(x, running.mean), div(1, sqrt(add(running.variance, epsilon))));
      return add(mul(normal, gamma), beta);
    }
    const { mask, count } = context;
    const { output, mean, variance } = batchNormalize(x, gamma, beta, epsilon, mask && count && { mask, count });
    const blend = (kept: Node, batch: Node): Node => add(mul(kept, momentum), mul(batch, 1 - momentum));
    return {
      output,
      updates: { movingMean: blend(running.mean, mean), movingVariance: blend(running.variance, variance) },
    };
  },
});
