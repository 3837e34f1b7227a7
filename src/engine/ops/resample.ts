/** Images moved, turned and stretched: each pixel of the result blends the four pixels around the place that an affine map, one for
 *  each sample, sends it to. What the maps are is the caller's business. */
import resampleText from "../../shaders/resample.wgsl?raw";
import resampleGradText from "../../shaders/resample_grad.wgsl?raw";
import tapsText from "../../shaders/lib/resample_taps.wgsl?raw";
import { ArgumentError, ShapeError } from "../errors";
import type { NumericArray, WgslArgs, WgslElement } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import type { TensorType } from "../graph/type";
import { apply } from "../graph/node";
import { sameShape, showShape, sizeOf } from "../shape";
import { checkFloats, imageAxes } from "./checks";
import { type Fill, fills } from "./fill";
import { mapKernel, nanPart, part } from "./wgsl";

/** What is read outside of an image. */
export type ResampleOptions = { readonly fill: Fill };

/** The pixel that is read for place `i` of an axis, -1 for none. */
export function pixelAt(i: number, size: number, fill: Fill): number {
  if (i >= 0 && i < size) return i;
  if (fill === "constant") return -1;
  if (fill === "nearest") return i < 0 ? 0 : size - 1;
  const period = fill === "wrap" ? size : 2 * size;
  const within = ((i % period) + period) % period;
  return within < size ? within : period - 1 - within;
}

/** Given a pixel of the result and one that it reads, and by what weight. */
type Visit = (to: number, from: number, weight: number) => void;

/** Calls `visit` for each pixel of each image and each of up to four that it reads, numbered through all samples. */
function forEachTap(
  [samples, height, width]: readonly [number, number, number, number],
  maps: NumericArray,
  fill: Fill,
  visit: Visit,
): void {
  for (let n = 0, to = 0; n < samples; n++) {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++, to++) {
        const x = maps[6 * n]! * j + maps[6 * n + 1]! * i + maps[6 * n + 2]!;
        const y = maps[6 * n + 3]! * j + maps[6 * n + 4]! * i + maps[6 * n + 5]!;
        if (Number.isNaN(x + y)) {
          // Nobody knows what it reads, so everything is lost that it might.
          for (let p = 0; p < height * width; p++) visit(to, n * height * width + p, NaN);
          continue;
        }
        const [left, top] = [Math.floor(x), Math.floor(y)];
        for (let down = 0; down < 2; down++) {
          const h = pixelAt(top + down, height, fill);
          if (h < 0) continue;
          const share = down === 1 ? y - top : 1 - (y - top);
          for (let right = 0; right < 2; right++) {
            const w = pixelAt(left + right, width, fill);
            if (w < 0) continue;
            visit(to, (n * height + h) * width + w, share * (right === 1 ? x - left : 1 - (x - left)));
          }
        }
      }
    }
  }
}

function typeOf(where: string, [x, maps]: readonly [TensorType, TensorType], { fill }: ResampleOptions): TensorType {
  checkFloats(where, [x, maps]);
  const [samples] = imageAxes(where, x.shape);
  if (!sameShape(maps.shape, [samples, 6])) {
    throw new ShapeError(
      `${where}: expected a map of 6 numbers a sample [${samples}, 6], got ${showShape(maps.shape)}.`,
    );
  }
  if (!fills.includes(fill)) {
    throw new ArgumentError(`${where}: expected a fill of ${fills.join(", ")}, got ${JSON.stringify(fill)}.`);
  }
  return x;
}

/** The shader of either op. */
const elementOf =
  (file: string, text: string) =>
  ({ inputTypes, attrs: { fill } }: WgslArgs<ResampleOptions, [string, string]>): WgslElement => {
    const [{ shape }] = inputTypes;
    const [, height, width, channels] = imageAxes("resample", shape);
    return {
      inputs: [{ name: "x" }, { name: "maps" }],
      constants: { HEIGHT: height, WIDTH: width, CHANNELS: channels, FILL: fills.indexOf(fill) },
      parts: [nanPart, part("lib/resample_taps.wgsl", tapsText), part(file, text)],
    };
  };

const resampleOp: Op<ResampleOptions, ["x", "maps"]> = {
  name: "resample",
  type: (inputs, attrs) => typeOf("resample", inputs, attrs),
  gradient: ({ inputs: [, maps], attrs }, dy) => [apply(resampleGradOp, [dy, maps], attrs), null],
  rereads: true,
  // The place, four weights, and four products and sums.
  cost: ([x]) => ({ flops: 16 * sizeOf(x.shape) }),
  cpu({ inputs: [x, maps], outputs: [y], inputTypes: [{ shape }], attrs: { fill } }) {
    const axes = imageAxes("resample", shape);
    const channels = axes[3];
    const visit: Visit = (to, from, weight) => {
      for (let c = 0; c < channels; c++) y[to * channels + c]! += weight * x[from * channels + c]!;
    };
    return () => {
      y.fill(0);
      forEachTap(axes, maps, fill, visit);
    };
  },
  ...mapKernel<ResampleOptions, ["x", "maps"]>(elementOf("resample.wgsl", resampleText)),
};

/** Gradient of {@link resample}: each pixel gets, of the gradients of those that read it, as much as it gave them. On GPUs it
 *  asks all pixels of the result, so that no two threads write one place: fit for small images, deep in a network. */
const resampleGradOp: Op<ResampleOptions, ["dy", "maps"]> = {
  name: "resampleGrad",
  type: (inputs, attrs) => typeOf("resampleGrad", inputs, attrs),
  gradient: ({ inputs: [, maps], attrs }, dy) => [apply(resampleOp, [dy, maps], attrs), null],
  rereads: true,
  cost: ([dy]) => ({ flops: 16 * sizeOf(dy.shape) }),
  cpu({ inputs: [dy, maps], outputs: [dx], inputTypes: [{ shape }], attrs: { fill } }) {
    const axes = imageAxes("resampleGrad", shape);
    const channels = axes[3];
    const visit: Visit = (to, from, weight) => {
      for (let c = 0; c < channels; c++) dx[from * channels + c]! += weight * dy[to * channels + c]!;
    };
    return () => {
      dx.fill(0);
      forEachTap(axes, maps, fill, visit);
    };
  },
  ...mapKernel<ResampleOptions, ["dy", "maps"]>(elementOf("resample_grad.wgsl", resampleGradText)),
};

/** `y[n, i, j, c]` is `x[n, .., c]` at row `d j + e i + f` and column `a j + b i + k`, blended from the four pixels around, where
 *  `(a, b, k, d, e, f)` is the sample's row of `maps`; the order is that of Keras's `affine_transform`.
 *  @param x `[N, H, W, C]` f32  @param maps `[N, 6]` f32, through which no gradient passes
 *  @returns `[N, H, W, C]` f32  @throws ShapeError when shapes do not fit  @throws ArgumentError for an unknown fill */
export function resample(x: Node, maps: Node, options: ResampleOptions): Node {
  return apply(resampleOp, [x, maps], options);
}

/** The records behind this file's functions. */
export const resampleOps = { resample: resampleOp, resampleGrad: resampleGradOp };
