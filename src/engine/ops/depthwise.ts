/** Depthwise convolution: each channel has filters of its own and never meets another channel. Plain loops, because
 *  there is no matrix product in it; ordinary convolution is elsewhere. */
import depthwiseText from "../../shaders/depthwise.wgsl?raw";
import gradInputText from "../../shaders/depthwise_grad_input.wgsl?raw";
import gradKernelText from "../../shaders/depthwise_grad_kernel.wgsl?raw";
import { ShapeError } from "../errors";
import type { WgslProgram } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import type { TensorType } from "../graph/type";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { hasFourAxes, sameShape, showShape, sizeOf } from "../shape";
import { checkFloats, imageAxes } from "./checks";
import { part, workgroupsFor } from "./wgsl";
import type { Padding, WindowAxis } from "./window";
import { windowAxis } from "./window";

/** How filters are laid over the image: steps and tap distances as `[height, width]`. */
export type DepthwiseOptions = {
  readonly strides: readonly [height: number, width: number];
  readonly padding: Padding;
  readonly dilation: readonly [height: number, width: number];
};

/** The sizes of a depthwise convolution. */
export interface DepthwiseGeometry {
  readonly batch: number;
  readonly rows: WindowAxis;
  readonly columns: WindowAxis;
  readonly channels: number;
  /** Filters, and so output channels, for each input channel. */
  readonly multiplier: number;
}

/** @param where for errors  @param image `[N, H, W, C]`  @param kernel `[KH, KW, C, M]`  @throws ShapeError when axes or
 *  channels do not fit */
export function depthwiseGeometry(
  where: string,
  image: Shape,
  kernel: Shape,
  { strides, padding, dilation }: DepthwiseOptions,
): DepthwiseGeometry {
  const [batch, height, width, channels] = imageAxes(where, image);
  if (!hasFourAxes(kernel) || kernel[2] !== channels) {
    throw new ShapeError(
      `${where}: expected a kernel [KH, KW, ${channels}, multiplier] for images ${showShape(image)}, ` +
        `got ${showShape(kernel)}.`,
    );
  }
  const [kernelHeight, kernelWidth, , multiplier] = kernel;
  const rows = windowAxis(`${where} height`, {
    input: height,
    kernel: kernelHeight,
    stride: strides[0],
    dilation: dilation[0],
    padding,
  });
  const columns = windowAxis(`${where} width`, {
    input: width,
    kernel: kernelWidth,
    stride: strides[1],
    dilation: dilation[1],
    padding,
  });
  return { batch, rows, columns, channels, multiplier };
}

function outputShape({ batch, rows, columns, channels, multiplier }: DepthwiseGeometry): Shape {
  return [batch, rows.output, columns.output, channels * multiplier];
}

function checkGrad(where: string, geometryOfOp: DepthwiseGeometry, dy: TensorType): void {
  const expected = outputShape(geometryOfOp);
  if (!sameShape(expected, dy.shape)) {
    throw new ShapeError(`${where}: expected dy to be ${showShape(expected)}, got ${showShape(dy.shape)}.`);
  }
}

/** Calls `visit` for each pair of an output pixel and a kernel tap that reads inside the image, in row-major order of
 *  both, with the first element of each: of the output pixel, the input pixel and the kernel tap. */
type Visit = (y: number, x: number, tap: number) => void;

function forEachTap({ batch, rows, columns, channels, multiplier }: DepthwiseGeometry, visit: Visit): void {
  const outputs = channels * multiplier;
  let y = 0;
  for (let n = 0; n < batch; n++) {
    for (let oh = 0; oh < rows.output; oh++) {
      for (let ow = 0; ow < columns.output; ow++, y += outputs) {
        for (let kh = 0; kh < rows.kernel; kh++) {
          const h = oh * rows.stride + kh * rows.dilation - rows.before;
          if (h < 0 || h >= rows.input) continue;
          for (let kw = 0; kw < columns.kernel; kw++) {
            const w = ow * columns.stride + kw * columns.dilation - columns.before;
            if (w < 0 || w >= columns.input) continue;
            const pixel = (n * rows.input + h) * columns.input + w;
            visit(y, pixel * channels, (kh * columns.kernel + kw) * outputs);
          }
        }
      }
    }
  }
}

/** What the three kernels differ in. */
interface DepthwiseKernel {
  readonly inputNames: readonly [string, string];
  /** Elements of the result. */
  readonly size: number;
  readonly file: string;
  readonly text: string;
  readonly workgroups: number;
}

function depthwiseProgram(
  { batch, rows, columns, channels, multiplier }: DepthwiseGeometry,
  { inputNames, size, file, text, workgroups }: DepthwiseKernel,
): WgslProgram {
  return {
    inputs: inputNames.map((name) => ({ name })),
    outputs: [{ name: "result" }],
    constants: {
      SIZE: size,
      BATCH: batch,
      CHANNELS: channels,
      MULTIPLIER: multiplier,
      IN_H: rows.input,
      IN_W: columns.input,
      OUT_H: rows.output,
      OUT_W: columns.output,
      KERNEL_H: rows.kernel,
      KERNEL_W: columns.kernel,
      STRIDE_H: rows.stride,
      STRIDE_W: columns.stride,
      DILATION_H: rows.dilation,
      DILATION_W: columns.dilation,
      BEFORE_H: rows.before,
      BEFORE_W: columns.before,
    },
    parts: [part(file, text)],
    workgroups,
  };
}

/** A multiply-add for each tap of each output element; padding counts. @param y the output, or its gradient */
function tapCost(y: TensorType, [height = 1, width = 1]: Shape): { flops: number } {
  return { flops: 2 * sizeOf(y.shape) * height * width };
}

const depthwiseConv2dOp: Op<DepthwiseOptions, ["x", "kernel"]> = {
  name: "depthwiseConv2d",
  type([x, kernel], options) {
    checkFloats("depthwiseConv2d", [x, kernel]);
    return { shape: outputShape(depthwiseGeometry("depthwiseConv2d", x.shape, kernel.shape, options)), dtype: "f32" };
  },
  gradient: ({ inputs: [x, kernel], attrs }, dy) => [
    apply(gradInputOp, [dy, kernel], { ...attrs, image: x.shape }),
    apply(gradKernelOp, [x, dy], { ...attrs, kernel: kernel.shape }),
  ],
  cost: ([, kernel], [y]) => tapCost(y, kernel.shape),
  cpu({ inputs: [x, kernel], outputs: [result], inputTypes, attrs }) {
    const taps = depthwiseGeometry("depthwiseConv2d", inputTypes[0].shape, inputTypes[1].shape, attrs);
    const { channels, multiplier } = taps;
    const visit: Visit = (y, at, tap) => {
      for (let c = 0, o = 0; c < channels; c++) {
        const value = x[at + c]!;
        for (let m = 0; m < multiplier; m++, o++) result[y + o]! += value * kernel[tap + o]!;
      }
    };
    return () => {
      result.fill(0);
      forEachTap(taps, visit);
    };
  },
  wgsl({ inputTypes, outputTypes, attrs }) {
    const taps = depthwiseGeometry("depthwiseConv2d", inputTypes[0].shape, inputTypes[1].shape, attrs);
    const size = sizeOf(outputTypes[0].shape);
    return depthwiseProgram(taps, {
      inputNames: ["x", "filters"],
      size,
      file: "depthwise.wgsl",
      text: depthwiseText,
      workgroups: workgroupsFor(size),
    });
  },
};

/** How a gradient of images is computed: their shape beside the options. */
export type GradInputAttrs = DepthwiseOptions & { readonly image: Shape };

const gradInputOp: Op<GradInputAttrs, ["dy", "kernel"]> = {
  name: "depthwiseConv2dGradInput",
  type([dy, kernel], attrs) {
    const where = "depthwiseConv2dGradInput";
    checkGrad(where, depthwiseGeometry(where, attrs.image, kernel.shape, attrs), dy);
    return { shape: attrs.image, dtype: "f32" };
  },
  gradient: "none",
  cost: ([dy, kernel]) => tapCost(dy, kernel.shape),
  cpu({ inputs: [dy, kernel], outputs: [dx], inputTypes, attrs }) {
    const taps = depthwiseGeometry("depthwiseConv2dGradInput", attrs.image, inputTypes[1].shape, attrs);
    const { channels, multiplier } = taps;
    const visit: Visit = (y, at, tap) => {
      for (let c = 0, o = 0; c < channels; c++) {
        let sum = 0;
        for (let m = 0; m < multiplier; m++, o++) sum += dy[y + o]! * kernel[tap + o]!;
        dx[at + c]! += sum;
      }
    };
    return () => {
      dx.fill(0);
      forEachTap(taps, visit);
    };
  },
  wgsl({ inputTypes, attrs }) {
    const taps = depthwiseGeometry("depthwiseConv2dGradInput", attrs.image, inputTypes[1].shape, attrs);
    const size = sizeOf(attrs.image);
    const file = "depthwise_grad_input.wgsl";
    return depthwiseProgram(taps, {
      inputNames: ["dy", "filters"],
      size,
      file,
      text: gradInputText,
      workgroups: workgroupsFor(size),
    });
  },
};

/** How a gradient of filters is computed: their shape beside the options. */
export type GradKernelAttrs = DepthwiseOptions & { readonly kernel: Shape };

const gradKernelOp: Op<GradKernelAttrs, ["x", "dy"]> = {
  name: "depthwiseConv2dGradKernel",
  type([x, dy], attrs) {
    const where = "depthwiseConv2dGradKernel";
    checkGrad(where, depthwiseGeometry(where, x.shape, attrs.kernel, attrs), dy);
    return { shape: attrs.kernel, dtype: "f32" };
  },
  gradient: "none",
  cost: ([, dy], _, { kernel }) => tapCost(dy, kernel),
  cpu({ inputs: [x, dy], outputs: [dk], inputTypes, attrs }) {
    const taps = depthwiseGeometry("depthwiseConv2dGradKernel", inputTypes[0].shape, attrs.kernel, attrs);
    const { channels, multiplier } = taps;
    const visit: Visit = (y, at, tap) => {
      for (let c = 0, o = 0; c < channels; c++) {
        const value = x[at + c]!;
        for (let m = 0; m < multiplier; m++, o++) dk[tap + o]! += value * dy[y + o]!;
      }
    };
    return () => {
      dk.fill(0);
      forEachTap(taps, visit);
    };
  },
  // The sum over all pixels is long and the results are few: a whole workgroup adds up each.
  wgsl({ inputTypes, attrs }) {
    const taps = depthwiseGeometry("depthwiseConv2dGradKernel", inputTypes[0].shape, attrs.kernel, attrs);
    const size = sizeOf(attrs.kernel);
    return depthwiseProgram(taps, {
      inputNames: ["x", "dy"],
      size,
      file: "depthwise_grad_kernel.wgsl",
      text: gradKernelText,
      workgroups: size,
    });
  },
};

/** Convolution of each channel with its own filters:
 *  `y[n, oh, ow, c M + m] = sum_kh,kw x[n, oh s + kh d - before, .., c] k[kh, kw, c, m]`, zero outside the image.
 *  @param x `[N, H, W, C]` f32  @param kernel `[KH, KW, C, M]` f32
 *  @returns `[N, OH, OW, C M]` f32, sizes as in {@link windowAxis}
 *  @throws ShapeError when axes or channels do not fit  @throws ArgumentError when a size is not positive
 *  Source: Chollet 2017, "Xception"; the order of output channels is TensorFlow's. */
export function depthwiseConv2d(x: Node, kernel: Node, { strides, padding, dilation }: DepthwiseOptions): Node {
  return apply(depthwiseConv2dOp, [x, kernel], { strides, padding, dilation });
}

/** The records behind this file's functions. */
export const depthwiseOps = {
  depthwiseConv2d: depthwiseConv2dOp,
  depthwiseConv2dGradInput: gradInputOp,
  depthwiseConv2dGradKernel: gradKernelOp,
};
