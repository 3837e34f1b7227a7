/** Layers of series, `[T, C]`: steps of time with channels each. They are the layers of images of one row. */
import { whole } from "../../fields";
import type { Node } from "../../graph/node";
import type { TensorType } from "../../graph/type";
import { reshape } from "../../ops/layout";
import { avgPool2d, maxPool2d, type PoolOptions } from "../../ops/pool";
import { max, mean } from "../../ops/reduce";
import { sizeOf } from "../../shape";
import { defineLayer, f32, isProblem, type ShapeProblem } from "../layer";
import { paddingField, seriesProblem } from "./shared";
import { slideWindows } from "./windows";
import { say } from "../../words/said";

/** `[N, T, C]` as images of one row, `[N, 1, T, C]`. */
export function asRow(x: Node): Node {
  const [samples = 1, steps = 1, channels = 1] = x.shape;
  return reshape(x, [samples, 1, steps, channels]);
}

/** And back. */
export function fromRow(x: Node): Node {
  const [samples = 1, , steps = 1, channels = 1] = x.shape;
  return reshape(x, [samples, steps, channels]);
}

/** A window of time. */
export interface TimeWindow {
  readonly window: number;
  readonly strides: number;
  readonly dilation: number;
  readonly padding: "valid" | "same";
}

/** `[T, C]` to `[T', channels]`, or a problem when the window is longer than the series. @param key of the setting that is the
 *  window */
export function slideThroughTime(
  { shape, dtype }: TensorType,
  { window, strides, dilation, padding }: TimeWindow,
  channels: number,
  key: string,
): TensorType | ShapeProblem {
  const row = { shape: [1, ...shape], dtype };
  const settings = { window: [1, window], strides: [1, strides], dilation: [1, dilation], padding } as const;
  const output = slideWindows(row, settings, channels, key);
  if (!isProblem(output)) return f32(output.shape.slice(1));
  const [steps = 1] = shape;
  return {
    needs: say("fit.windowOfTime", { span: (window - 1) * dilation + 1, window }),
    advice: say("fit.smallerWindow"),
    fix: { kind: "set", key, value: Math.min(window, Math.floor((steps - 1) / dilation) + 1) },
  };
}

/** How many steps of time a window has. */
export const timeField = (label: string, initial: number) =>
  whole({ label, help: "How many steps of time the window spans.", min: 1, max: 128, default: initial });

/** How far a window of time moves. */
export const timeStrideField = (initial: number) =>
  whole({ label: "Strides", help: "How many steps of time the window moves on.", min: 1, max: 128, default: initial });

function poolingLayer(type: string, badge: string, help: string, pool: (x: Node, options: PoolOptions) => Node) {
  return defineLayer({
    type,
    badge,
    category: "pooling",
    help,
    fields: { poolSize: timeField("Pool size", 2), strides: timeStrideField(2), padding: paddingField },
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
