/** Pooling: summarises windows of an image by their largest or mean value. No weights. */
import { reshape } from "../../ops/layout";
import { avgPool2d, maxPool2d } from "../../ops/pool";
import type { PoolOptions } from "../../ops/pool";
import { max, mean } from "../../ops/reduce";
import type { Node } from "../../graph/node";
import { sizeOf } from "../../shape";
import { defineLayer, f32 } from "../layer";
import { imageProblem, paddingField, stridesField, windowField } from "./shared";
import { slideWindows } from "./windows";
import { say } from "../../words/said";

function poolingLayer(type: string, badge: string, help: string, pool: (x: Node, options: PoolOptions) => Node) {
  return defineLayer({
    type,
    badge,
    category: "pooling",
    help,
    fields: {
      poolSize: windowField("Pool size", [2, 2]),
      strides: stridesField([2, 2], "poolSize"),
      padding: paddingField,
    },
    // Windows side by side are what one expects.
    here: (input, output) =>
      say("here.pooled", {
        from: input.shape.slice(0, 2),
        to: output.shape.slice(0, 2),
        channels: input.shape[2] ?? 1,
      }),
    looksAhead: ({ poolSize: [rows] }) => rows > 1,
    summary: ({ poolSize, strides }) => {
      const [window, stride] = [poolSize.join("×"), strides.join("×")];
      return stride === window ? [window] : [window, say("summary.stride", { stride })];
    },
    output: (input, { poolSize, strides, padding }) =>
      imageProblem(input) ??
      slideWindows(input, { window: poolSize, strides, dilation: [1, 1], padding }, input.shape[2]!, "poolSize"),
    flops: (_, output, { poolSize }) => sizeOf(output.shape) * poolSize[0] * poolSize[1],
    build: (x, _, { poolSize, strides, padding }) => pool(x, { poolSize, strides, padding }),
  });
}

/** From `[H, W, C]` to `[OH, OW, C]`. Padding never wins. */
export const maxPooling2D = poolingLayer(
  "MaxPooling2D",
  "Mp",
  "Keeps the largest value of each window. Shrinks the image and forgives small shifts.",
  maxPool2d,
);

/** From `[H, W, C]` to `[OH, OW, C]`. Padding is not counted. */
export const averagePooling2D = poolingLayer(
  "AveragePooling2D",
  "Ap",
  "Keeps the mean of each window. Shrinks the image more smoothly than max pooling.",
  avgPool2d,
);

/** `y[c] = mean_{h, w} x[h, w, c]`, from `[H, W, C]` to `[C]`. Source: Lin, Chen and Yan 2014, "Network in network". */
export const globalAveragePooling2D = defineLayer({
  type: "GlobalAveragePooling2D",
  badge: "Ga",
  category: "pooling",
  help: "One number per channel: its mean over the whole image. A light-weight alternative to Flatten.",
  fields: {},
  looksAhead: () => true,
  here: ({ shape }) => say("here.pooledAll", { from: shape.slice(0, 2), channels: shape[2] ?? 1 }),
  summary: () => [],
  output: (input) => imageProblem(input) ?? f32([input.shape[2]!]),
  flops: (input) => sizeOf(input.shape),
  build: (x) => mean(reshape(x, [x.shape[0]!, x.shape[1]! * x.shape[2]!, x.shape[3]!]), [1]),
});

/** `y[c] = max_{h, w} x[h, w, c]`, from `[H, W, C]` to `[C]`. Equal maxima share the gradient. */
export const globalMaxPooling2D = defineLayer({
  type: "GlobalMaxPooling2D",
  badge: "Gm",
  category: "pooling",
  help: "One number per channel: its largest over the whole image. Says whether something is there, not where.",
  fields: {},
  looksAhead: () => true,
  here: ({ shape }) => say("here.pooledAll", { from: shape.slice(0, 2), channels: shape[2] ?? 1 }),
  summary: () => [],
  output: (input) => imageProblem(input) ?? f32([input.shape[2]!]),
  flops: (input) => sizeOf(input.shape),
  build: (x) => max(reshape(x, [x.shape[0]!, x.shape[1]! * x.shape[2]!, x.shape[3]!]), [1]),
});
