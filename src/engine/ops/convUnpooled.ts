/** The gradients of a convolution that is followed by 2x2 max pooling, from the gradient of what was pooled: that of the
 *  convolution, which is the same at the maxima and zero elsewhere, is only ever computed where it is read. */
import kernelGradText from "../../shaders/lib/gemm_conv_kernel_grad.wgsl?raw";
import inputFoursText from "../../shaders/lib/gemm_conv_input_unpooled_fours.wgsl?raw";
import inputGradText from "../../shaders/lib/gemm_conv_input_grad.wgsl?raw";
import inputText from "../../shaders/lib/gemm_conv_input_unpooled.wgsl?raw";
import kernelFoursText from "../../shaders/lib/gemm_conv_unpooled_fours.wgsl?raw";
import kernelText from "../../shaders/lib/gemm_conv_unpooled.wgsl?raw";
import type { CpuKernel, NumericArray } from "../graph/kernel";
import type { Each, TensorType } from "../graph/type";
import { imageAxes } from "./checks";
import type { InputGradAttrs, KernelGradAttrs } from "./conv2d";
import { inputGradSpec, kernelGradSpec, patchesPart, pooledPositionsPart } from "./conv2d";
import type { ConvGeometry } from "./convGeometry";
import { convGeometry } from "./convGeometry";
import type { GemmInputs, GemmSpec } from "./gemmSpec";
import { gemmKernel } from "./gemm";
import { part } from "./wgsl";

/** `conv2dKernelGrad`. Inputs: x `[N, H, W, C]` f32, the gradient `[N, PH, PW, O]` f32, and the places of the maxima in their
 *  windows, of the same shape, u32. K runs over the positions that windows cover, window by window. */
export const unpooledKernelGrad = gemmKernel("conv2dKernelGradUnpooled", unpooledKernelGradSpec);

/** `conv2dInputGrad` at stride 1. Inputs: the gradient `[N, PH, PW, O]` f32, w `[KH, KW, C, O]` f32, and the places, as for
 *  {@link unpooledKernelGrad}. */
export const unpooledInputGrad = gemmKernel("conv2dInputGradUnpooled", unpooledInputGradSpec);

const names = ["place"];

function unpooledKernelGradSpec(inputTypes: Each<GemmInputs, TensorType>, attrs: KernelGradAttrs): GemmSpec {
  const plain = kernelGradSpec(inputTypes, attrs);
  const g = convGeometry(inputTypes[0].shape, attrs.kernelShape, attrs);
  const windows = windowsOf(inputTypes[1]);
  const { height, width } = windows;
  const loaders = [pooledPositionsPart, patchesPart, part("lib/gemm_conv_kernel_grad.wgsl", kernelGradText)];
  const foursPart = part("lib/gemm_conv_unpooled_fours.wgsl", kernelFoursText);
  return {
    size: { ...plain.size, k: 4 * windows.count },
    cpu: () => {
      const { a, b, ...rest } = plain.cpu();
      const positions = coveredPositions(g, windows);
      const only = (table: Uint32Array): Uint32Array => positions.map((position) => table[position]!);
      return { ...rest, a: { ...a, columns: only(a.columns) }, b: { ...b, rows: only(b.rows) } };
    },
    computed: {
      operand: 1,
      names,
      length: lengthOf(g),
      bind: ([, dy, place], into) => bindUnpool(g, windows, dy, place!, into),
    },
    wgsl: {
      ...plain.wgsl,
      loaders: [...loaders, part("lib/gemm_conv_unpooled.wgsl", kernelText)],
      constants: { ...plain.wgsl.constants, POOLED_H: height, POOLED_W: width },
      ...(plain.wgsl.foursOfB && { foursOfB: { along: "lines", loader: foursPart } }),
    },
  };
}

function unpooledInputGradSpec(inputTypes: Each<GemmInputs, TensorType>, attrs: InputGradAttrs): GemmSpec {
  const plain = inputGradSpec(inputTypes, attrs);
  const g = convGeometry(attrs.inputShape, inputTypes[1].shape, attrs);
  const windows = windowsOf(inputTypes[0]);
  const foursPart = part("lib/gemm_conv_input_unpooled_fours.wgsl", inputFoursText);
  return {
    ...plain,
    computed: {
      operand: 0,
      names,
      length: lengthOf(g),
      bind: ([dy, , place], into) => bindUnpool(g, windows, dy, place!, into),
    },
    wgsl: {
      ...plain.wgsl,
      loaders: [
        part("lib/gemm_conv_input_unpooled.wgsl", inputText),
        part("lib/gemm_conv_input_grad.wgsl", inputGradText),
      ],
      constants: { ...plain.wgsl.constants, POOLED_H: windows.height, POOLED_W: windows.width },
      ...(plain.wgsl.foursOfA && { foursOfA: { along: "k", loader: foursPart } }),
    },
  };
}

interface Windows {
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

function windowsOf({ shape }: TensorType): Windows {
  const [samples, height, width] = imageAxes("conv2dUnpooled", shape);
  return { count: samples * height * width, height, width };
}

/** Elements of the convolution's result. */
const lengthOf = ({ samples, y, x, filters }: ConvGeometry): number => samples * y.output * x.output * filters;

/** The positions of the convolution that windows cover, four for each window, in row-major order. */
function coveredPositions({ y, x }: ConvGeometry, { count, height, width }: Windows): Uint32Array {
  return Uint32Array.from({ length: 4 * count }, (_, k) => {
    const window = Math.floor(k / 4);
    const column = 2 * (window % width) + (k % 2);
    const row = 2 * (Math.floor(window / width) % height) + (Math.floor(k / 2) % 2);
    return (Math.floor(window / (height * width)) * y.output + row) * x.output + column;
  });
}

/** The gradient of the convolution, from tables that are built once. */
function bindUnpool(
  g: ConvGeometry,
  windows: Windows,
  dy: NumericArray,
  place: NumericArray,
  into: NumericArray,
): CpuKernel {
  const positions = coveredPositions(g, windows);
  return () => {
    into.fill(0);
    for (let i = 0; i < windows.count * g.filters; i++) {
      const position = positions[4 * Math.floor(i / g.filters) + place[i]!]!;
      into[position * g.filters + (i % g.filters)] = dy[i]!;
    }
  };
}
