/** Max and average pooling over windows of NHWC images. Gradients are gathers: each input pixel asks the windows
 *  that cover it, so no two threads write one place. */
import averageText from "../../shaders/pool_average.wgsl?raw";
import averageGradText from "../../shaders/pool_average_grad.wgsl?raw";
import gradText from "../../shaders/pool_grad.wgsl?raw";
import maxText from "../../shaders/pool_max.wgsl?raw";
import maxGradWindowsText from "../../shaders/pool_max_grad_windows.wgsl?raw";
import maxGradText from "../../shaders/pool_max_grad.wgsl?raw";
import poolText from "../../shaders/pool.wgsl?raw";
import { ShapeError } from "../errors";
import type { CpuArgs, CpuKernel, NumericArray, ShaderPart, WgslArgs, WgslElement, WgslProgram } from "../graph/kernel";
import type { Kernel, Node, Op } from "../graph/node";
import type { TensorType } from "../graph/type";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { sameShape, showShape, sizeOf } from "../shape";
import { checkFloats, imageAxes } from "./checks";
import { mapKernel, nanPart, part, workgroupsFor } from "./wgsl";
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
  const [batch, height, width, channels] = imageAxes(where, shape);
  const rows = windowAxis(`${where} height`, {
    input: height,
    kernel: poolSize[0],
    stride: strides[0],
    dilation: 1,
    padding,
  });
  const columns = windowAxis(`${where} width`, {
    input: width,
    kernel: poolSize[1],
    stride: strides[1],
    dilation: 1,
    padding,
  });
  return { batch, rows, columns, channels };
}

function pooledType(where: string, x: TensorType, options: PoolOptions): TensorType {
  checkFloats(where, [x]);
  const { batch, rows, columns, channels } = geometry(where, x.shape, options);
  return { shape: [batch, rows.output, columns.output, channels], dtype: "f32" };
}

function checkPooled(where: string, name: string, given: TensorType, pooled: TensorType): void {
  if (given.dtype !== pooled.dtype || !sameShape(given.shape, pooled.shape)) {
    throw new ShapeError(
      `${where}: expected ${name} to be ${pooled.dtype} ${showShape(pooled.shape)}, ` +
        `got ${given.dtype} ${showShape(given.shape)}.`,
    );
  }
}

/** Given an output element, where the first tap of its window reads in its channel (outside the input where padding
 *  comes first), and the taps inside the input, ends excluded. */
type Visit = (y: number, origin: number, top: number, bottom: number, left: number, right: number) => void;

function forEachWindow({ batch, rows, columns, channels }: PoolGeometry, visit: Visit): void {
  let y = 0;
  for (let n = 0; n < batch; n++) {
    for (let oh = 0; oh < rows.output; oh++) {
      const up = oh * rows.stride - rows.before;
      const top = Math.max(-up, 0);
      const bottom = Math.min(rows.kernel, rows.input - up);
      for (let ow = 0; ow < columns.output; ow++) {
        const start = ow * columns.stride - columns.before;
        const left = Math.max(-start, 0);
        const right = Math.min(columns.kernel, columns.input - start);
        const origin = ((n * rows.input + up) * columns.input + start) * channels;
        for (let c = 0; c < channels; c++, y++) visit(y, origin + c, top, bottom, left, right);
      }
    }
  }
}

/** How far from its window's origin a tap reads. */
function tapOffset(tap: number, { columns, channels }: PoolGeometry): number {
  const row = Math.floor(tap / columns.kernel);
  return (row * columns.input + (tap - row * columns.kernel)) * channels;
}

/** The CPU's loop for the maxima, their taps or both. A NaN counts as a maximum, so that it is not hidden. */
function maximaOnCpu(
  { inputs: [x], inputTypes: [images], attrs }: CpuArgs<PoolOptions, ["x"]>,
  { pooled, arg }: { pooled?: NumericArray; arg?: NumericArray },
): CpuKernel {
  const windows = geometry("maxPool2d", images.shape, attrs);
  const { columns, channels } = windows;
  const visit: Visit = (y, origin, top, bottom, left, right) => {
    let best = top * columns.kernel + left;
    let value = x[origin + tapOffset(best, windows)]!;
    for (let kh = top; kh < bottom; kh++) {
      let at = origin + (kh * columns.input + left) * channels;
      for (let kw = left; kw < right; kw++, at += channels) {
        const next = x[at]!;
        if (next > value || next !== next) {
          best = kh * columns.kernel + kw;
          value = next;
        }
      }
    }
    if (pooled) pooled[y] = value;
    if (arg) arg[y] = best;
  };
  return () => forEachWindow(windows, visit);
}

/** One operation for each element of each window; padding counts. @param pooled what windows give, or its gradient */
function windowCost({ shape }: TensorType, { poolSize: [height, width] }: PoolOptions): { flops: number } {
  return { flops: sizeOf(shape) * height * width };
}

function poolConstants({ rows, columns, channels }: PoolGeometry): Record<string, number> {
  return {
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
  };
}

/** A shader with a thread for each of so many windows. */
function poolProgram(
  windows: PoolGeometry,
  size: number,
  inputNames: readonly string[],
  outputNames: readonly string[],
  parts: readonly ShaderPart[],
): WgslProgram {
  return {
    inputs: inputNames.map((name) => ({ name })),
    outputs: outputNames.map((name) => ({ name })),
    constants: { ...poolConstants(windows), SIZE: size },
    parts: [...parts],
    workgroups: workgroupsFor(size),
  };
}

/** Pixel by pixel, what the windows that cover it pass back: `share` in `parts` says how much. */
function gradElement(
  where: string,
  { attrs }: WgslArgs<PoolGradAttrs>,
  inputNames: readonly string[],
  ...parts: readonly ShaderPart[]
): WgslElement {
  return {
    inputs: inputNames.map((name) => ({ name })),
    constants: poolConstants(geometry(where, attrs.images, attrs)),
    parts: [...parts, gradPart],
  };
}

/** Whether windows lie side by side from the first element on, and all inside. */
const isTiling = ({ input, output, kernel, stride, before }: WindowAxis): boolean =>
  kernel === stride && before === 0 && output * kernel <= input;

const poolPart = part("pool.wgsl", poolText);
const gradPart = part("pool_grad.wgsl", gradText);

/** The shader that writes what its outputs are named after: `pooled`, `arg` or both. */
function maximaShader(
  args: WgslArgs<PoolOptions, ["x"], ["maxima", ...string[]]>,
  outputNames: readonly ("pooled" | "arg")[],
): WgslProgram {
  const windows = geometry("maxPool2d", args.inputTypes[0].shape, args.attrs);
  const stores = outputNames.map((name) => `  set_${name}(i, best.${name});\n`).join("");
  const finish = `fn finish(i: u32, best: Best, count: u32) {\n${stores}}\n`;
  return poolProgram(windows, sizeOf(args.outputTypes[0].shape), ["x"], outputNames, [
    nanPart,
    part("pool_max.wgsl", maxText),
    part("(generated finish)", finish),
    poolPart,
  ]);
}

const maxPool2dOp: Op<PoolOptions, ["x"]> = {
  name: "maxPool2d",
  readsOnce: true,
  type: ([x], options) => pooledType("maxPool2d", x, options),
  gradient({ inputs: [x], attrs }, dy) {
    const arg = apply(maxPool2dArgOp, [x], attrs);
    return [apply(maxPool2dGradOp, [arg, dy], { ...attrs, images: x.shape })];
  },
  cost: (_, [pooled], options) => windowCost(pooled, options),
  cpu: (args) => maximaOnCpu(args, { pooled: args.outputs[0] }),
  wgsl: (args) => maximaShader(args, ["pooled"]),
};

/** {@link maxPool2d} and its `maxPool2dArg` in one pass over the images, for the compiler to put in their place.
 *  Input: x `[N, H, W, C]` f32. Outputs: pooled `[N, OH, OW, C]` f32, arg of the same shape, u32. */
export const maxPool2dWithArg: Kernel<PoolOptions, ["x"], ["pooled", "arg"]> = {
  name: "maxPool2dWithArg",
  readsOnce: true,
  cost: (_, [pooled], options) => windowCost(pooled, options),
  cpu: (args) => maximaOnCpu(args, { pooled: args.outputs[0], arg: args.outputs[1] }),
  wgsl: (args) => maximaShader(args, ["pooled", "arg"]),
};

/** Where {@link maxPool2d} found each maximum: tap `kh * width + kw` of its window, the first in row-major order.
 *  `[N, H, W, C]` f32 to `[N, OH, OW, C]` u32. This is all of `x` that the gradient needs. */
const maxPool2dArgOp: Op<PoolOptions, ["x"]> = {
  name: "maxPool2dArg",
  readsOnce: true,
  sharesPass: { with: "maxPool2d", kernel: maxPool2dWithArg },
  type: ([x], options) => ({ shape: pooledType("maxPool2dArg", x, options).shape, dtype: "u32" }),
  gradient: "none",
  cost: (_, [arg], options) => windowCost(arg, options),
  cpu: (args) => maximaOnCpu(args, { arg: args.outputs[0] }),
  wgsl: (args) => maximaShader(args, ["arg"]),
};

/** Gradients of pooling take the shape of the images, not the images. */
export type PoolGradAttrs = PoolOptions & { readonly images: Shape };

/** Whether each pixel is in one window at most. */
function isTiledBy({ images, ...options }: PoolGradAttrs): boolean {
  const { rows, columns } = geometry("maxPool2dGrad", images, options);
  return isTiling(rows) && isTiling(columns);
}

const maxGrad = mapKernel<PoolGradAttrs>((args) =>
  gradElement("maxPool2dGrad", args, ["arg", "dy"], part("pool_max_grad.wgsl", maxGradText)),
);

/** Gradient of {@link maxPool2d}: each input element gets the sum of dy over the windows whose arg names it.
 *  `(arg, dy)`, both `[N, OH, OW, C]`, to `[N, H, W, C]`; linear in dy. */
const maxPool2dGradOp: Op<PoolGradAttrs, ["arg", "dy"]> = {
  name: "maxPool2dGrad",
  type([arg, dy], attrs) {
    const images: TensorType = { shape: attrs.images, dtype: "f32" };
    const pooled = pooledType("maxPool2dGrad", images, attrs);
    checkPooled("maxPool2dGrad", "arg", arg, { ...pooled, dtype: "u32" });
    checkPooled("maxPool2dGrad", "dy", dy, pooled);
    return images;
  },
  gradient: "none",
  cost: ([, dy]) => ({ flops: sizeOf(dy.shape) }),
  cpu({ inputs: [arg, dy], outputs: [dx], attrs }) {
    const windows = geometry("maxPool2dGrad", attrs.images, attrs);
    const visit: Visit = (y, origin) => {
      dx[origin + tapOffset(arg[y]!, windows)]! += dy[y]!;
    };
    return () => {
      dx.fill(0);
      forEachWindow(windows, visit);
    };
  },
  element: maxGrad.element,
  isSpread: (_, attrs) => isTiledBy(attrs),
  // One thread writes all that a window passes back, where no other window does.
  wgsl(args) {
    if (!isTiledBy(args.attrs)) return maxGrad.wgsl(args);
    const windows = geometry("maxPool2dGrad", args.attrs.images, args.attrs);
    const parts = [part("pool_max_grad_windows.wgsl", maxGradWindowsText)];
    return poolProgram(windows, sizeOf(args.inputTypes[0].shape), ["arg", "dy"], ["result"], parts);
  },
};

const avgPool2dOp: Op<PoolOptions, ["x"]> = {
  name: "avgPool2d",
  readsOnce: true,
  type: ([x], options) => pooledType("avgPool2d", x, options),
  gradient: ({ inputs: [x], attrs }, dy) => [apply(avgPool2dGradOp, [dy], { ...attrs, images: x.shape })],
  cost: (_, [y], options) => windowCost(y, options),
  cpu({ inputs: [x], outputs: [result], inputTypes, attrs }) {
    const windows = geometry("avgPool2d", inputTypes[0].shape, attrs);
    const { columns, channels } = windows;
    const visit: Visit = (y, origin, top, bottom, left, right) => {
      let sum = 0;
      for (let kh = top; kh < bottom; kh++) {
        for (let kw = left; kw < right; kw++) sum += x[origin + (kh * columns.input + kw) * channels]!;
      }
      result[y] = sum / ((bottom - top) * (right - left));
    };
    return () => forEachWindow(windows, visit);
  },
  wgsl(args) {
    const windows = geometry("avgPool2d", args.inputTypes[0].shape, args.attrs);
    const size = sizeOf(args.outputTypes[0].shape);
    return poolProgram(windows, size, ["x"], ["result"], [part("pool_average.wgsl", averageText), poolPart]);
  },
};

const avgPool2dGradOp: Op<PoolGradAttrs, ["dy"]> = {
  name: "avgPool2dGrad",
  type([dy], attrs) {
    const images: TensorType = { shape: attrs.images, dtype: "f32" };
    checkPooled("avgPool2dGrad", "dy", dy, pooledType("avgPool2dGrad", images, attrs));
    return images;
  },
  gradient: "none",
  cost: ([dy], _, options) => windowCost(dy, options),
  cpu({ inputs: [dy], outputs: [dx], attrs }) {
    const windows = geometry("avgPool2dGrad", attrs.images, attrs);
    const { columns, channels } = windows;
    const visit: Visit = (y, origin, top, bottom, left, right) => {
      const share = dy[y]! / ((bottom - top) * (right - left));
      for (let kh = top; kh < bottom; kh++) {
        for (let kw = left; kw < right; kw++) dx[origin + (kh * columns.input + kw) * channels]! += share;
      }
    };
    return () => {
      dx.fill(0);
      forEachWindow(windows, visit);
    };
  },
  ...mapKernel<PoolGradAttrs>((args) =>
    gradElement("avgPool2dGrad", args, ["dy"], part("pool_average_grad.wgsl", averageGradText)),
  ),
};

/** The largest value in each window, channel by channel; NaN where there is one. Padding never wins. The gradient goes to the first maximum
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
  maxPool2dArg: maxPool2dArgOp,
  maxPool2dGrad: maxPool2dGradOp,
  avgPool2d: avgPool2dOp,
  avgPool2dGrad: avgPool2dGradOp,
};
