/** Two-dimensional convolution and its two gradients. All three are the matrix product of `gemm.ts` over patches of
 *  an image that are computed on the fly, and each is linear in both operands, so their gradients are each other. */
import inputGradText from "../../shaders/lib/gemm_conv_input_grad.wgsl?raw";
import inputGradStride1Text from "../../shaders/lib/gemm_conv_input_grad_stride1.wgsl?raw";
import inputGradStride1FoursText from "../../shaders/lib/gemm_conv_input_grad_stride1_fours.wgsl?raw";
import inputGradStridedText from "../../shaders/lib/gemm_conv_input_grad_strided.wgsl?raw";
import kernelGradText from "../../shaders/lib/gemm_conv_kernel_grad.wgsl?raw";
import forwardText from "../../shaders/lib/gemm_conv_forward.wgsl?raw";
import operandText from "../../shaders/lib/gemm_conv_operand.wgsl?raw";
import positionsText from "../../shaders/lib/positions.wgsl?raw";
import pooledPositionsText from "../../shaders/lib/positions_pooled.wgsl?raw";
import patchesText from "../../shaders/lib/gemm_patches.wgsl?raw";
import patchesFoursText from "../../shaders/lib/gemm_patches_fours.wgsl?raw";
import { ShapeError } from "../errors";
import type { Program, WgslArgs, WgslProgram } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import type { Each, TensorType } from "../graph/type";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { hasFourAxes, sameShape, showShape } from "../shape";
import { checkFloats, imageAxes } from "./checks";
import type { ConvGeometry } from "./convGeometry";
import { convGeometry, isPadded, patchGrid } from "./convGeometry";
import type { GemmInputs, GemmSpec } from "./gemmSpec";
import { gemmKernel, steps } from "./gemm";
import { foursOfBPart, gemmProgram, poolingFinish } from "./gemmShader";
import type { Padding } from "./window";
import { transposedSize } from "./window";
import { part } from "./wgsl";

/** Settings of a convolution, height before width. */
export type ConvOptions = {
  readonly strides: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: Padding;
};

/** The options, and the input's shape `[N, H, W, C]`, which the shape of the output does not tell: with strides, inputs of
 *  several sizes have outputs of one. */
export type InputGradAttrs = ConvOptions & { readonly inputShape: Shape };

/** The options, and the kernel's shape `[KH, KW, C, O]`, which those of input and output do not tell either. */
export type KernelGradAttrs = ConvOptions & { readonly kernelShape: Shape };

/** WGSL for an image `a` as the matrix of its patches: `position_line` and `tap_line`, whose sum `load_a` reads. A part before
 *  it must define `position`. */
export const patchesPart = part("lib/gemm_patches.wgsl", patchesText);
const operandPart = part("lib/gemm_conv_operand.wgsl", operandText);

/** WGSL `position` for products over the positions that 2x2 pooling windows cover, window by window. */
export const pooledPositionsPart = part("lib/positions_pooled.wgsl", pooledPositionsText);
const patchesFoursPart = part("lib/gemm_patches_fours.wgsl", patchesFoursText);
const positionsPart = part("lib/positions.wgsl", positionsText);

/** Constants that the WGSL loaders read. */
function constantsOf(g: ConvGeometry): Record<string, number> {
  const { y, x, channels, filters } = g;
  return {
    IN_H: y.input,
    IN_W: x.input,
    IN_C: channels,
    OUT_H: y.output,
    OUT_W: x.output,
    OUT_C: filters,
    KERNEL_H: y.kernel,
    KERNEL_W: x.kernel,
    STRIDE_Y: y.stride,
    STRIDE_X: x.stride,
    DILATION_Y: y.dilation,
    DILATION_X: x.dilation,
    PAD_Y: y.before,
    PAD_X: x.before,
  };
}

const single = Uint32Array.of(0);

function forwardSpec([x, w]: Each<GemmInputs, TensorType>, attrs: ConvOptions): GemmSpec {
  const g = convGeometry(x.shape, w.shape, attrs);
  const taps = g.y.kernel * g.x.kernel * g.channels;
  return {
    size: { batch: 1, m: g.samples * g.y.output * g.x.output, n: g.filters, k: taps },
    cpu: () => {
      const { positions, taps: columns, pad } = patchGrid(g);
      return {
        a: { batches: single, rows: positions, columns },
        b: { batches: single, rows: steps(taps, g.filters), columns: steps(g.filters, 1) },
        ...(pad && { arrangeA: pad }),
      };
    },
    wgsl: {
      loaders: [positionsPart, patchesPart, part("lib/gemm_conv_forward.wgsl", forwardText), operandPart],
      constants: { ...constantsOf(g), ALL_INSIDE: `${!isPadded(g)}` },
      sample: g.y.input * g.x.input * g.channels,
      ...(g.channels % 4 === 0 && { foursOfA: { along: "k", loader: patchesFoursPart } }),
      ...(g.filters % 4 === 0 && { foursOfB: { along: "lines", loader: foursOfBPart } }),
    },
  };
}

/** The gradient of a convolution with respect to its kernel as a product, `dw[t, o] = sum_p patches[p, t] dy[p, o]`: t counts
 *  the kernel's taps and channels, `KH KW C`, and p the output's positions, `N OH OW`, which are K.
 *  @param inputs x `[N, H, W, C]`, then dy `[N, OH, OW, O]`, which is taken to fit
 *  @throws ShapeError when x and the kernel's shape do not fit */
export function kernelGradSpec([x]: Each<GemmInputs, TensorType>, attrs: KernelGradAttrs): GemmSpec {
  const g = convGeometry(x.shape, attrs.kernelShape, attrs);
  const positionCount = g.samples * g.y.output * g.x.output;
  return {
    size: { batch: 1, m: g.y.kernel * g.x.kernel * g.channels, n: g.filters, k: positionCount },
    cpu: () => {
      const { positions, taps, pad } = patchGrid(g);
      return {
        a: { batches: single, rows: taps, columns: positions },
        b: { batches: single, rows: steps(positionCount, g.filters), columns: steps(g.filters, 1) },
        ...(pad && { arrangeA: pad }),
      };
    },
    wgsl: {
      loaders: [positionsPart, patchesPart, part("lib/gemm_conv_kernel_grad.wgsl", kernelGradText), operandPart],
      constants: { ...constantsOf(g), ALL_INSIDE: `${!isPadded(g)}` },
      sample: g.y.input * g.x.input * g.channels,
      ...(g.channels % 4 === 0 && { foursOfA: { along: "lines", loader: patchesFoursPart } }),
      ...(g.filters % 4 === 0 && { foursOfB: { along: "lines", loader: foursOfBPart } }),
    },
  };
}

const inputGradStride1FoursPart = part("lib/gemm_conv_input_grad_stride1_fours.wgsl", inputGradStride1FoursText);

/** The gradient of a convolution with respect to its input as a product, along each axis
 *  `dx[i, c] = sum_{a, o} dy[(i + p - a d) / s, o] w[a, c, o]` over the taps a for which the quotient is a position of the
 *  output. Rows are the input's positions, `N H W`, columns its channels; K is `KH KW O`.
 *  @param inputs dy `[N, OH, OW, O]`, which is taken to fit, then w `[KH, KW, C, O]`
 *  @throws ShapeError when w and the input's shape do not fit */
export function inputGradSpec([, w]: Each<GemmInputs, TensorType>, attrs: InputGradAttrs): GemmSpec {
  const g = convGeometry(attrs.inputShape, w.shape, attrs);
  const taps = g.y.kernel * g.x.kernel;
  const isStride1 = g.y.stride === 1 && g.x.stride === 1;
  const hasFours = g.filters % 4 === 0;
  const sumSize = { batch: 1, m: g.samples * g.y.output * g.x.output, n: taps * g.channels, k: g.filters };
  return {
    size: { batch: 1, m: g.samples * g.y.input * g.x.input, n: g.channels, k: taps * g.filters },
    sumSize,
    // The other way round from the shader: every output position gives its patch of the input something, and what
    // overlaps is added up. That multiplies no padding, and no zeros between strides.
    cpu: () => {
      const { positions, taps: columns, length, crop } = patchGrid(g);
      return {
        a: { batches: single, rows: steps(positions.length, g.filters), columns: steps(g.filters, 1) },
        b: { batches: single, rows: steps(g.filters, 1), columns: steps(sumSize.n, g.filters) },
        sum: {
          size: sumSize,
          rows: positions,
          columns,
          length,
          parts: g.samples,
          ...(crop && { arrange: crop }),
        },
      };
    },
    wgsl: {
      loaders: [
        isStride1
          ? part("lib/gemm_conv_input_grad_stride1.wgsl", inputGradStride1Text)
          : part("lib/gemm_conv_input_grad_strided.wgsl", inputGradStridedText),
        part("lib/gemm_conv_input_grad.wgsl", inputGradText),
      ],
      constants: constantsOf(g),
      ...(hasFours && { foursOfB: { along: "k", loader: foursOfBPart } }),
      ...(hasFours && isStride1 && { foursOfA: { along: "k", loader: inputGradStride1FoursPart } }),
    },
  };
}

function checkGradient(where: string, got: Shape, { samples, y, x, filters }: ConvGeometry): void {
  const expected = [samples, y.output, x.output, filters];
  if (!sameShape(got, expected)) {
    throw new ShapeError(`${where}: expected a gradient of shape ${showShape(expected)}, got ${showShape(got)}.`);
  }
}

const conv2dOp: Op<ConvOptions, ["x", "w"]> = {
  ...gemmKernel("conv2d", forwardSpec),
  type: ([x, w], attrs) => {
    checkFloats("conv2d", [x, w]);
    const g = convGeometry(x.shape, w.shape, attrs);
    return { shape: [g.samples, g.y.output, g.x.output, g.filters], dtype: "f32" };
  },
  gradient: ({ inputs: [x, w], attrs }, dy) => [
    conv2dInputGrad(dy, w, { ...attrs, inputShape: x.shape }),
    conv2dKernelGrad(x, dy, { ...attrs, kernelShape: w.shape }),
  ],
};

const conv2dInputGradOp: Op<InputGradAttrs, ["dy", "w"]> = {
  ...gemmKernel("conv2dInputGrad", inputGradSpec),
  type: ([dy, w], attrs) => {
    checkFloats("conv2dInputGrad", [dy, w]);
    checkGradient("conv2dInputGrad", dy.shape, convGeometry(attrs.inputShape, w.shape, attrs));
    return { shape: attrs.inputShape, dtype: "f32" };
  },
  gradient: ({ inputs: [dy, w], attrs }, g) => [
    conv2d(g, w, attrs),
    conv2dKernelGrad(g, dy, { ...optionsOf(attrs), kernelShape: w.shape }),
  ],
};

const conv2dKernelGradOp: Op<KernelGradAttrs, ["x", "dy"]> = {
  ...gemmKernel("conv2dKernelGrad", kernelGradSpec),
  type: ([x, dy], attrs) => {
    checkFloats("conv2dKernelGrad", [x, dy]);
    checkGradient("conv2dKernelGrad", dy.shape, convGeometry(x.shape, attrs.kernelShape, attrs));
    return { shape: attrs.kernelShape, dtype: "f32" };
  },
  gradient: ({ inputs: [x, dy], attrs }, g) => [
    conv2dInputGrad(dy, g, { ...optionsOf(attrs), inputShape: x.shape }),
    conv2d(x, g, attrs),
  ],
};

/** The shader of a convolution with 2x2 max pooling as its epilogue: only what windows cover is computed, and only the
 *  maxima are stored. Outputs: pooled `[N, PH, PW, O]` f32 and, if there is a second one, the place of each maximum in
 *  its window, 0 to 3 in row-major order, u32. Operands of the program are scalars or one number per filter. */
export function pooledConvProgram(
  args: WgslArgs<ConvOptions, GemmInputs, ["pooled", ...string[]]>,
  program: Program | undefined,
): WgslProgram {
  const spec = forwardSpec(args.inputTypes, args.attrs);
  const [samples, height, width] = imageAxes("conv2d", args.outputTypes[0].shape);
  const loaders = spec.wgsl.loaders.map((own) => (own === positionsPart ? pooledPositionsPart : own));
  const pooled: GemmSpec = {
    ...spec,
    size: { ...spec.size, m: 4 * samples * height * width },
    wgsl: { ...spec.wgsl, loaders, constants: { ...spec.wgsl.constants, POOLED_H: height, POOLED_W: width } },
  };
  return gemmProgram(pooled, args, 1, poolingFinish(args, program, args.outputTypes.length > 1));
}

function optionsOf({ strides, dilation, padding }: ConvOptions): ConvOptions {
  return { strides, dilation, padding };
}

/** Cross-correlation of an image with a bank of kernels, what deep learning calls convolution:
 *  `y[n, i, j, o] = sum_{a, b, c} x[n, i s + a d - p, j s + b d - p, c] w[a, b, c, o]`, zeros outside the image.
 *  Strides and dilations above 1 may be combined. Add the bias with `add`, which the compiler fuses.
 *  @param x `[N, H, W, C]` f32  @param w `[KH, KW, C, O]` f32  @returns `[N, OH, OW, O]` f32
 *  @throws ShapeError when channels differ or `valid` windows do not fit
 *  Source: Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning". */
export function conv2d(x: Node, w: Node, options: Partial<ConvOptions> = {}): Node {
  return apply(conv2dOp, [x, w], {
    strides: options.strides ?? [1, 1],
    dilation: options.dilation ?? [1, 1],
    padding: options.padding ?? "valid",
  });
}

/** The gradient of {@link conv2d} with respect to its input.
 *  @param dy `[N, OH, OW, O]` f32  @param w `[KH, KW, C, O]` f32  @returns `inputShape` f32 */
export function conv2dInputGrad(dy: Node, w: Node, attrs: InputGradAttrs): Node {
  return apply(conv2dInputGradOp, [dy, w], attrs);
}

/** Transposed convolution, Keras's `Conv2DTranspose` without its bias: what is the gradient of a convolution's input, as an op to
 *  build models with. Every pixel of x adds its multiple of the kernel to the result, windows `strides` apart:
 *  `y[n, i s + a d - p, j s + b d - p, o] += x[n, i, j, c] w[a, b, o, c]`.
 *
 *  Along an axis of n pixels, with `span = (kernel - 1) * dilation + 1`, the result has `n * stride` pixels under `"same"` and
 *  `(n - 1) * stride + max(span, stride)` under `"valid"`, as in Keras.
 *  @param x `[N, H, W, C]` f32  @param w `[KH, KW, O, C]` f32, Keras's layout  @returns `[N, OH, OW, O]` f32
 *  @throws ShapeError when channels differ  @throws ArgumentError when a stride or dilation is not a positive whole number
 *  Source: Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning", chapter 4. */
export function conv2dTranspose(x: Node, w: Node, options: Partial<ConvOptions> = {}): Node {
  const { strides = [1, 1], dilation = [1, 1], padding = "valid" } = options;
  if (!hasFourAxes(x.shape) || !hasFourAxes(w.shape) || x.shape[3] !== w.shape[3]) {
    throw new ShapeError(
      `conv2dTranspose: expected an input [N, H, W, C] and a kernel [KH, KW, O, C] of the same C, ` +
        `got ${showShape(x.shape)} and ${showShape(w.shape)}.`,
    );
  }
  const [samples, height, width] = x.shape;
  const [kernelHeight, kernelWidth, filters] = w.shape;
  const rows = transposedSize("conv2dTranspose height", {
    input: height,
    kernel: kernelHeight,
    stride: strides[0],
    dilation: dilation[0],
    padding,
  });
  const columns = transposedSize("conv2dTranspose width", {
    input: width,
    kernel: kernelWidth,
    stride: strides[1],
    dilation: dilation[1],
    padding,
  });
  const inputShape = [samples, rows, columns, filters];
  return conv2dInputGrad(x, w, { strides, dilation, padding, inputShape });
}

/** The gradient of {@link conv2d} with respect to its kernel.
 *  @param x `[N, H, W, C]` f32  @param dy `[N, OH, OW, O]` f32  @returns `kernelShape` f32 */
export function conv2dKernelGrad(x: Node, dy: Node, attrs: KernelGradAttrs): Node {
  return apply(conv2dKernelGradOp, [x, dy], attrs);
}

/** The records behind this file's functions. */
export const conv2dOps = {
  conv2d: conv2dOp,
  conv2dInputGrad: conv2dInputGradOp,
  conv2dKernelGrad: conv2dKernelGradOp,
};
