/** Enlarges NHWC images by whole factors, repeating pixels or blending neighbours. Either is linear and works along each axis
 *  alone, and its gradient is the same weights read the other way. */
import bilinearText from "../../shaders/lib/upsample_bilinear.wgsl?raw";
import nearestText from "../../shaders/lib/upsample_nearest.wgsl?raw";
import upsampleText from "../../shaders/upsample.wgsl?raw";
import { ArgumentError, ShapeError } from "../errors";
import type { CpuArgs, CpuKernel } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import type { TensorType } from "../graph/type";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { showShape, sizeOf } from "../shape";
import { checkFloats, imageAxes } from "./checks";
import { mapKernel, part } from "./wgsl";

/** How pixels between are made: `"nearest"` repeats, `"bilinear"` blends by distance. */
export type Interpolation = "nearest" | "bilinear";

/** Factors `[height, width]`, and how pixels between are made. */
export type UpSampleOptions = {
  readonly factors: readonly [height: number, width: number];
  readonly interpolation: Interpolation;
};

/** What each pixel of the result reads along an axis: `count[i]` neighbours from `first[i]` on, by their weights from
 *  `i * most` on. */
export interface AxisTaps {
  readonly first: Uint32Array;
  readonly count: Uint32Array;
  /** The largest count. */
  readonly most: number;
  readonly weights: Float64Array;
}

/** What small pixel `i` of `size` counts for large pixel `o`. Centres of pixels are half a pixel in, and beyond the outermost
 *  ones nothing changes. */
function weightOf(o: number, i: number, size: number, factor: number, interpolation: Interpolation): number {
  if (interpolation === "nearest") return Math.floor(o / factor) === i ? 1 : 0;
  // In units of half a large pixel, so that places are whole numbers.
  const place = Math.min(Math.max(2 * o + 1 - factor, 0), 2 * factor * (size - 1));
  return Math.max(0, 1 - Math.abs(place - 2 * factor * i) / (2 * factor));
}

/** The weights of an axis of `size` small pixels.
 *  @param isBack whether the result is the small pixels, as it is for the gradient, rather than the large ones */
export function axisTaps(size: number, factor: number, interpolation: Interpolation, isBack: boolean): AxisTaps {
  const large = size * factor;
  const rows = Array.from({ length: isBack ? size : large }, (_, target) => {
    const near = isBack ? (target - 1) * factor : Math.floor(target / factor) - 1;
    const from = Math.max(0, near);
    const to = Math.min(isBack ? large : size, near + (isBack ? 3 * factor : 3));
    const all = Array.from({ length: to - from }, (__, k) =>
      isBack
        ? weightOf(from + k, target, size, factor, interpolation)
        : weightOf(target, from + k, size, factor, interpolation),
    );
    const skipped = all.findIndex((weight) => weight > 0);
    return { first: from + skipped, weights: all.filter((weight) => weight > 0) };
  });
  const most = Math.max(...rows.map(({ weights }) => weights.length));
  const weights = new Float64Array(rows.length * most);
  rows.forEach((row, i) => weights.set(row.weights, i * most));
  return {
    first: Uint32Array.from(rows, (row) => row.first),
    count: Uint32Array.from(rows, (row) => row.weights.length),
    most,
    weights,
  };
}

/** The weights of both axes. @param small the small images' shape `[N, H, W, C]` */
export function tapsOf(
  small: Shape,
  { factors, interpolation }: UpSampleOptions,
  isBack: boolean,
): { rows: AxisTaps; columns: AxisTaps } {
  const [, height, width] = imageAxes("upSample2d", small);
  return {
    rows: axisTaps(height, factors[0], interpolation, isBack),
    columns: axisTaps(width, factors[1], interpolation, isBack),
  };
}

function bindUpSample(
  { inputs: [x], outputs: [y], inputTypes, outputTypes, attrs }: CpuArgs<UpSampleOptions, ["x"], ["result"]>,
  isBack: boolean,
): CpuKernel {
  const [from, to] = [inputTypes[0].shape, outputTypes[0].shape];
  const { rows, columns } = tapsOf(isBack ? to : from, attrs, isBack);
  const [, fromHeight, fromWidth] = imageAxes("upSample2d", from);
  const [samples, height, width, channels] = imageAxes("upSample2d", to);
  const pixel = (n: number, h: number, w: number, at: number): void => {
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let k = 0; k < rows.count[h]!; k++) {
        const line = (n * fromHeight + rows.first[h]! + k) * fromWidth + columns.first[w]!;
        let lineSum = 0;
        for (let l = 0; l < columns.count[w]!; l++) {
          lineSum += columns.weights[w * columns.most + l]! * x[(line + l) * channels + c]!;
        }
        sum += rows.weights[h * rows.most + k]! * lineSum;
      }
      y[at + c] = sum;
    }
  };
  return () => {
    let at = 0;
    for (let n = 0; n < samples; n++) {
      for (let h = 0; h < height; h++) {
        for (let w = 0; w < width; w++, at += channels) pixel(n, h, w, at);
      }
    }
  };
}

const weightParts = {
  nearest: part("lib/upsample_nearest.wgsl", nearestText),
  bilinear: part("lib/upsample_bilinear.wgsl", bilinearText),
};

/** What `upsample.wgsl` reads of the weights: which pixels count for a pixel of the result, and how much. */
const directions = {
  forward: part(
    "(generated direction)",
    `fn reach(target_pixel: u32, factor: u32, size: u32) -> vec2<u32> { return small_pixels(target_pixel, factor, size); }
fn share(target_pixel: u32, source: u32, factor: u32, size: u32) -> f32 { return weight(target_pixel, source, factor, size); }
`,
  ),
  back: part(
    "(generated direction)",
    `fn reach(target_pixel: u32, factor: u32, size: u32) -> vec2<u32> { return large_pixels(target_pixel, factor, size); }
fn share(target_pixel: u32, source: u32, factor: u32, size: u32) -> f32 { return weight(source, target_pixel, factor, size); }
`,
  ),
};

function upSampleKernels(isBack: boolean) {
  return {
    cpu: (args: CpuArgs<UpSampleOptions, ["x"], ["result"]>) => bindUpSample(args, isBack),
    // Up to two neighbours along each axis, or so many large pixels for each small one: a product and a sum for each.
    cost: ([x]: readonly [TensorType], [y]: readonly [TensorType], { interpolation }: UpSampleOptions) => {
      const large = sizeOf((isBack ? x : y).shape);
      if (interpolation === "bilinear") return { flops: 8 * large };
      return { flops: isBack ? large : 0 };
    },
    ...mapKernel<UpSampleOptions, ["x"]>(({ inputTypes, outputTypes, attrs: { factors, interpolation } }) => {
      const [, fromHeight, fromWidth] = imageAxes("upSample2d", inputTypes[0].shape);
      const [, toHeight, toWidth, channels] = imageAxes("upSample2d", outputTypes[0].shape);
      return {
        inputs: [{ name: "x" }],
        constants: {
          CHANNELS: channels,
          FROM_H: fromHeight,
          FROM_W: fromWidth,
          TO_H: toHeight,
          TO_W: toWidth,
          SMALL_H: isBack ? toHeight : fromHeight,
          SMALL_W: isBack ? toWidth : fromWidth,
          FACTOR_H: factors[0],
          FACTOR_W: factors[1],
        },
        parts: [
          weightParts[interpolation],
          isBack ? directions.back : directions.forward,
          part("upsample.wgsl", upsampleText),
        ],
      };
    }),
  };
}

/** The axes of the images. @throws ShapeError or ArgumentError when they or the options do not fit */
function checkedAxes(where: string, x: TensorType, { factors, interpolation }: UpSampleOptions) {
  checkFloats(where, [x]);
  const axes = imageAxes(where, x.shape);
  if (!factors.every((factor) => Number.isInteger(factor) && factor >= 1)) {
    throw new ArgumentError(`${where}: expected factors to be positive whole numbers, got ${factors.join(" and ")}.`);
  }
  if (interpolation !== "nearest" && interpolation !== "bilinear") {
    throw new ArgumentError(
      `${where}: expected interpolation "nearest" or "bilinear", got ${JSON.stringify(interpolation)}.`,
    );
  }
  return axes;
}

const upSample2dOp: Op<UpSampleOptions, ["x"]> = {
  name: "upSample2d",
  type: ([x], options) => {
    const [samples, height, width, channels] = checkedAxes("upSample2d", x, options);
    const [down, across] = options.factors;
    return { shape: [samples, height * down, width * across, channels], dtype: "f32" };
  },
  gradient: ({ attrs }, dy) => [apply(upSample2dGradOp, [dy], attrs)],
  ...upSampleKernels(false),
};

/** Gradient of {@link upSample2d}: each small pixel gets, of the gradients of the large ones, as much as it gave them.
 *  `[N, fy H, fx W, C]` to `[N, H, W, C]`; linear. */
const upSample2dGradOp: Op<UpSampleOptions, ["dy"]> = {
  name: "upSample2dGrad",
  type: ([dy], options) => {
    const [samples, height, width, channels] = checkedAxes("upSample2dGrad", dy, options);
    const [down, across] = options.factors;
    if (height % down > 0 || width % across > 0) {
      throw new ShapeError(
        `upSample2dGrad: expected an image whose sides are multiples of ${down} and ${across}, got ${showShape(dy.shape)}.`,
      );
    }
    return { shape: [samples, height / down, width / across, channels], dtype: "f32" };
  },
  gradient: ({ attrs }, dy) => [apply(upSample2dOp, [dy], attrs)],
  ...upSampleKernels(true),
};

/** Images enlarged by whole factors, Keras's `UpSampling2D`. `"nearest"` repeats each pixel; `"bilinear"` blends the four
 *  pixels around, where centres of pixels are half a pixel in, as `tf.image.resize` has it (and TensorFlow.js has not, unless
 *  told to).
 *  @param x `[N, H, W, C]` f32  @param factors `[height, width]`  @returns `[N, factor H, factor W, C]` f32
 *  @throws ShapeError when `x` has other axes  @throws ArgumentError when a factor is not a positive whole number */
export function upSample2d(
  x: Node,
  factors: readonly [height: number, width: number],
  interpolation: Interpolation = "nearest",
): Node {
  return apply(upSample2dOp, [x], { factors, interpolation });
}

/** The records behind this file's functions. */
export const upSampleOps = { upSample2d: upSample2dOp, upSample2dGrad: upSample2dGradOp };
