/** Max and average pooling over windows of NHWC images. Gradients are gathers: each input pixel asks the windows
 *  that cover it, so no two threads write one place. */
import averageText from "../../shaders/pool_average.wgsl?raw";
import averageGradText from "../../shaders/pool_average_grad.wgsl?raw";
import gradText from "../../shaders/pool_grad.wgsl?raw";
import maxText from "../../shaders/pool_max.wgsl?raw";
import maxGradText from "../../shaders/pool_max_grad.wgsl?raw";
import poolText from "../../shaders/pool.wgsl?raw";
import { ShapeError } from "../errors";
import type { NumericArray, ShaderPart, WgslArgs, WgslProgram } from "../graph/kernel";
import type { Node, Op, TensorType } from "../graph/node";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { sameShape, showShape, sizeOf } from "../shape";
import { checkFloats } from "./checks";
import { part, workgroupsFor } from "./wgsl";
import type { Padding, WindowAxis } from "./window";
import { windowAxis } from "./window";

/** How pooling windows lie: size and step as `[height, width]`. */
export type PoolOptions = {
  readonly poolSize: readonly [height: number, width: number];
  readonly strides: readonly [height: number, width: number];
  readonly padding: Padding;
};

interface PoolGeometry {
  readonly batch: number;
  readonly rows: WindowAxis;
  readonly columns: WindowAxis;
  readonly channels: number;
}

function geometry(where: string, shape: Shape, { poolSize, strides, padding }: PoolOptions): PoolGeometry {
  const [batch, height, width, channels] = shape;
  if (shape.length !== 4 || !batch || !height || !width || !channels) {
    throw new ShapeError(
      `${where}: expected images [N, H, W, C], got ${showShape(shape)}. Reshape to four axes first.`,
    );
  }
  const rows = windowAxis(`${where} height`, height, poolSize[0], strides[0], 1, padding);
  const columns = windowAxis(`${where} width`, width, poolSize[1], strides[1], 1, padding);
  return { batch, rows, columns, channels };
}

function pooledType(where: string, x: TensorType, options: PoolOptions): TensorType {
  checkFloats(where, [x]);
  const { batch, rows, columns, channels } = geometry(where, x.shape, options);
  return { shape: [batch, rows.output, columns.output, channels], dtype: "f32" };
}

function pooledGradType(where: string, x: TensorType, dy: TensorType, options: PoolOptions): TensorType {
  const pooled = pooledType(where, x, options);
  if (!sameShape(pooled.shape, dy.shape)) {
    throw new ShapeError(`${where}: expected dy to be ${showShape(pooled.shape)}, got ${showShape(dy.shape)}.`);
  }
  return x;
}

/** Given an output element, the first element of its image and channel, and the bounds of its window inside the
 *  input, last bounds excluded. */
type Visit = (y: number, image: number, top: number, bottom: number, left: number, right: number) => void;

function forEachWindow({ batch, rows, columns, channels }: PoolGeometry, visit: Visit): void {
  const imageSize = rows.input * columns.input * channels;
  let y = 0;
  for (let n = 0; n < batch; n++) {
    for (let oh = 0; oh < rows.output; oh++) {
      const up = oh * rows.stride - rows.before;
      const top = Math.max(up, 0);
      const bottom = Math.min(up + rows.kernel, rows.input);
      for (let ow = 0; ow < columns.output; ow++) {
        const start = ow * columns.stride - columns.before;
        const left = Math.max(start, 0);
        const right = Math.min(start + columns.kernel, columns.input);
        for (let c = 0; c < channels; c++, y++) visit(y, n * imageSize + c, top, bottom, left, right);
      }
    }
  }
}

/** Finds where in `x` a window has its maximum: the first in row-major order, or a NaN, so that NaN is not hidden. */
function maximumFinder(x: NumericArray, { columns, channels }: PoolGeometry) {
  return (image: number, top: number, bottom: number, left: number, right: number): number => {
    let best = image + (top * columns.input + left) * channels;
    let value = x[best]!;
    for (let h = top; h < bottom; h++) {
      let at = image + (h * columns.input + left) * channels;
      for (let w = left; w < right; w++, at += channels) {
        const next = x[at]!;
        if (next > value || next !== next) {
          best = at;
          value = next;
        }
      }
    }
    return best;
  };
}

function poolProgram(
  { rows, columns, channels }: PoolGeometry,
  { outputTypes }: WgslArgs,
  inputNames: readonly string[],
  parts: readonly ShaderPart[],
): WgslProgram {
  const size = sizeOf(outputTypes[0]!.shape);
  return {
    inputs: inputNames.map((name) => ({ name })),
    outputs: [{ name: "result" }],
    constants: {
      SIZE: size,
      CHANNELS: channels,
      IN_H: rows.input,
      IN_W: columns.input,
      OUT_H: rows.output,
      OUT_W: columns.output,
      WINDOW_H: rows.kernel,
      WINDOW_W: columns.kernel,
      STRIDE_H: rows.stride,
      STRIDE_W: columns.stride,
      BEFORE_H: rows.before,
      BEFORE_W: columns.before,
    },
    parts: [...parts],
    workgroups: workgroupsFor(size),
  };
}

const poolPart = part("pool.wgsl", poolText);
const gradPart = part("pool_grad.wgsl", gradText);

const maxPool2dOp: Op<PoolOptions> = {
  name: "maxPool2d",
  type: ([x], options) => pooledType("maxPool2d", x!, options),
  gradient: ({ inputs: [x], attrs }, dy) => [apply(maxPool2dGradOp, [x!, dy], attrs)],
  cpu({ inputs, outputs, inputTypes, attrs }) {
    const x = inputs[0]!;
    const result = outputs[0]!;
    const windows = geometry("maxPool2d", inputTypes[0]!.shape, attrs);
    const findMaximum = maximumFinder(x, windows);
    const visit: Visit = (y, image, top, bottom, left, right) => {
      result[y] = x[findMaximum(image, top, bottom, left, right)]!;
    };
    return () => forEachWindow(windows, visit);
  },
  wgsl(args) {
    const windows = geometry("maxPool2d", args.inputTypes[0]!.shape, args.attrs);
    return poolProgram(windows, args, ["x"], [part("pool_max.wgsl", maxText), poolPart]);
  },
};

const maxPool2dGradOp: Op<PoolOptions> = {
  name: "maxPool2dGrad",
  type: ([x, dy], options) => pooledGradType("maxPool2dGrad", x!, dy!, options),
  gradient: "none",
  cpu({ inputs, outputs, inputTypes, attrs }) {
    const [x, dy] = inputs;
    const dx = outputs[0]!;
    const windows = geometry("maxPool2dGrad", inputTypes[0]!.shape, attrs);
    const findMaximum = maximumFinder(x!, windows);
    const visit: Visit = (y, image, top, bottom, left, right) => {
      dx[findMaximum(image, top, bottom, left, right)]! += dy![y]!;
    };
    return () => {
      dx.fill(0);
      forEachWindow(windows, visit);
    };
  },
  wgsl(args) {
    const windows = geometry("maxPool2dGrad", args.inputTypes[0]!.shape, args.attrs);
    return poolProgram(windows, args, ["x", "dy"], [part("pool_max_grad.wgsl", maxGradText), gradPart]);
  },
};

const avgPool2dOp: Op<PoolOptions> = {
  name: "avgPool2d",
  type: ([x], options) => pooledType("avgPool2d", x!, options),
  gradient: ({ inputs: [x], attrs }, dy) => [apply(avgPool2dGradOp, [dy], { ...attrs, images: x!.shape })],
  cpu({ inputs, outputs, inputTypes, attrs }) {
    const x = inputs[0]!;
    const result = outputs[0]!;
    const windows = geometry("avgPool2d", inputTypes[0]!.shape, attrs);
    const { columns, channels } = windows;
    const visit: Visit = (y, image, top, bottom, left, right) => {
      let sum = 0;
      for (let h = top; h < bottom; h++) {
        for (let w = left; w < right; w++) sum += x[image + (h * columns.input + w) * channels]!;
      }
      result[y] = sum / ((bottom - top) * (right - left));
    };
    return () => forEachWindow(windows, visit);
  },
  wgsl(args) {
    const windows = geometry("avgPool2d", args.inputTypes[0]!.shape, args.attrs);
    return poolProgram(windows, args, ["x"], [part("pool_average.wgsl", averageText), poolPart]);
  },
};

/** An average's gradient does not depend on the images, so it takes only their shape. */
type AvgGradAttrs = PoolOptions & { readonly images: Shape };

const avgPool2dGradOp: Op<AvgGradAttrs> = {
  name: "avgPool2dGrad",
  type: ([dy], attrs) => pooledGradType("avgPool2dGrad", { shape: attrs.images, dtype: "f32" }, dy!, attrs),
  gradient: "none",
  cpu({ inputs, outputs, attrs }) {
    const dy = inputs[0]!;
    const dx = outputs[0]!;
    const windows = geometry("avgPool2dGrad", attrs.images, attrs);
    const { columns, channels } = windows;
    const visit: Visit = (y, image, top, bottom, left, right) => {
      const share = dy[y]! / ((bottom - top) * (right - left));
      for (let h = top; h < bottom; h++) {
        for (let w = left; w < right; w++) dx[image + (h * columns.input + w) * channels]! += share;
      }
    };
    return () => {
      dx.fill(0);
      forEachWindow(windows, visit);
    };
  },
  wgsl(args) {
    const windows = geometry("avgPool2dGrad", args.attrs.images, args.attrs);
    return poolProgram(windows, args, ["dy"], [part("pool_average_grad.wgsl", averageGradText), gradPart]);
  },
};

/** The largest value in each window, channel by channel. Padding never wins. The gradient goes to the first maximum
 *  in row-major order, as in TensorFlow.
 *  @param x `[N, H, W, C]` f32  @returns `[N, OH, OW, C]` f32, sizes as in {@link windowAxis}
 *  @throws ShapeError when `x` has other axes or no window fits  @throws ArgumentError when a size is not positive */
export function maxPool2d(x: Node, { poolSize, strides, padding }: PoolOptions): Node {
  return apply(maxPool2dOp, [x], { poolSize, strides, padding });
}

/** The mean of each window, channel by channel. Padding is not counted, as in TensorFlow.
 *  @param x `[N, H, W, C]` f32  @returns `[N, OH, OW, C]` f32, sizes as in {@link windowAxis}
 *  @throws ShapeError when `x` has other axes or no window fits  @throws ArgumentError when a size is not positive */
export function avgPool2d(x: Node, { poolSize, strides, padding }: PoolOptions): Node {
  return apply(avgPool2dOp, [x], { poolSize, strides, padding });
}

/** The records behind this file's functions. */
export const poolOps = {
  maxPool2d: maxPool2dOp,
  maxPool2dGrad: maxPool2dGradOp,
  avgPool2d: avgPool2dOp,
  avgPool2dGrad: avgPool2dGradOp,
};
