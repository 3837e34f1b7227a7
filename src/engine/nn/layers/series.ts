/** Pooling of series, `[T, C]`: steps of time with channels each. No weights. */
import type { Node } from "../../graph/node";
import { avgPool2d, maxPool2d, type PoolOptions } from "../../ops/pool";
import { max, mean } from "../../ops/reduce";
import { sizeOf } from "../../shape";
import { defineLayer, f32 } from "../layer";
import { paddingField, seriesProblem } from "./shared";
import { asRow, fromRow, slideThroughTime, timeField, timeStrideField } from "./time";
import { say } from "../../words/said";

function poolingLayer(type: string, badge: string, help: string, pool: (x: Node, options: PoolOptions) => Node) {
  return defineLayer({
    type,
    badge,
    category: "pooling",
    help,
    fields: { poolSize: timeField("Pool size", 2), strides: timeStrideField(2), padding: paddingField },
    here: (input, output) =>
      say("here.pooled", {
        from: input.shape.slice(0, 1),
        to: output.shape.slice(0, 1),
        channels: input.shape[1] ?? 1,
      }),
    looksAhead: ({ poolSize }) => poolSize > 1,
    summary: ({ poolSize, strides }) =>
      poolSize === strides ? [`${poolSize}`] : [`${poolSize}`, say("summary.stride", { stride: `${strides}` })],
    output: (input, { poolSize, strides, padding }) =>
      seriesProblem(input) ??
      slideThroughTime(input, { window: poolSize, strides, dilation: 1, padding }, input.shape[1] ?? 1, "poolSize"),
    flops: (_, output, { poolSize }) => sizeOf(output.shape) * poolSize,
    build: (x, _, { poolSize, strides, padding }) =>
      fromRow(pool(asRow(x), { poolSize: [1, poolSize], strides: [1, strides], padding })),
  });
}

/** From `[T, C]` to `[T', C]`. Padding never wins. */
export const maxPooling1D = poolingLayer(
  "MaxPooling1D",
  "M1",
  "Keeps the largest value of each window of time. Shortens a series and forgives small shifts.",
  maxPool2d,
);

/** From `[T, C]` to `[T', C]`. Padding is not counted. */
export const averagePooling1D = poolingLayer(
  "AveragePooling1D",
  "A1",
  "Keeps the mean of each window of time. Shortens a series more smoothly than max pooling.",
  avgPool2d,
);

function globalLayer(type: string, badge: string, help: string, summarize: (x: Node) => Node) {
  return defineLayer({
    type,
    badge,
    category: "pooling",
    help,
    fields: {},
    looksAhead: () => true,
    here: ({ shape }) => say("here.pooledAll", { from: shape.slice(0, 1), channels: shape[1] ?? 1 }),
    summary: () => [],
    output: (input) => seriesProblem(input) ?? f32([input.shape[1] ?? 1]),
    flops: (input) => sizeOf(input.shape),
    build: summarize,
  });
}

/** `y[c] = mean_t x[t, c]`, from `[T, C]` to `[C]`. */
export const globalAveragePooling1D = globalLayer(
  "GlobalAveragePooling1D",
  "G1",
  "One number per channel: its mean over all steps of time.",
  (x) => mean(x, [1]),
);

/** `y[c] = max_t x[t, c]`, from `[T, C]` to `[C]`. Equal maxima share the gradient. */
export const globalMaxPooling1D = globalLayer(
  "GlobalMaxPooling1D",
  "X1",
  "One number per channel: its largest over all steps of time. Says whether something came, not when.",
  (x) => max(x, [1]),
);
