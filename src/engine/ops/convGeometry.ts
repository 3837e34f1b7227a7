/** Where a convolution's patches lie in memory. The grid turns a convolution into a plain matrix product by giving
 *  every patch an offset and every tap an offset, whose sum is the element; padding is made real first. */
import { ShapeError } from "../errors";
import type { Arrangement } from "../graph/kernel";
import type { Shape } from "../shape";
import { hasFourAxes, showShape } from "../shape";
import type { Padding, WindowAxis } from "./window";
import { windowAxis } from "./window";

/** The sizes of a convolution. */
export interface ConvGeometry {
  readonly samples: number;
  readonly channels: number;
  readonly filters: number;
  readonly y: WindowAxis;
  readonly x: WindowAxis;
}

/** Offsets of patches and of taps within a patch, in an image that is padded where `pad` and `crop` say how. */
interface PatchGrid {
  readonly positions: Uint32Array;
  readonly taps: Uint32Array;
  /** Elements of all images, padded. */
  readonly length: number;
  /** From images to padded images, and back. */
  readonly pad?: Arrangement;
  readonly crop?: Arrangement;
}

/** @param input `[N, H, W, C]` @param kernel `[KH, KW, C, O]` @throws ShapeError when they do not fit. */
export function convGeometry(
  input: Shape,
  kernel: Shape,
  options: {
    readonly strides: readonly [number, number];
    readonly dilation: readonly [number, number];
    readonly padding: Padding;
  },
): ConvGeometry {
  if (!hasFourAxes(input) || !hasFourAxes(kernel) || input[3] !== kernel[2]) {
    throw new ShapeError(
      `conv2d: expected an input [N, H, W, C] and a kernel [KH, KW, C, O] of the same C, ` +
        `got ${showShape(input)} and ${showShape(kernel)}.`,
    );
  }
  const [samples, height, width, channels] = input;
  const [kernelHeight, kernelWidth, , filters] = kernel;
  const { strides, dilation, padding } = options;
  return {
    samples,
    channels,
    filters,
    y: windowAxis("conv2d height", {
      input: height,
      kernel: kernelHeight,
      stride: strides[0],
      dilation: dilation[0],
      padding,
    }),
    x: windowAxis("conv2d width", {
      input: width,
      kernel: kernelWidth,
      stride: strides[1],
      dilation: dilation[1],
      padding,
    }),
  };
}

/** The extent an axis must have so that all windows lie inside it. */
const reach = ({ output, stride, kernel, dilation }: WindowAxis): number =>
  (output - 1) * stride + (kernel - 1) * dilation + 1;

/** Whether some window leaves the image. */
export function isPadded({ y, x }: ConvGeometry): boolean {
  return y.before > 0 || x.before > 0 || reach(y) > y.input || reach(x) > x.input;
}

/** Patches of the input, one per output position; padded only when some window leaves the image. */
export function patchGrid(g: ConvGeometry): PatchGrid {
  const { samples, channels, y, x } = g;
  const isOver = isPadded(g);
  const extent = (axis: WindowAxis): number => Math.max(reach(axis), axis.before + axis.input);
  const height = isOver ? extent(y) : y.input;
  const width = isOver ? extent(x) : x.input;
  const length = samples * height * width * channels;
  const tables = {
    positions: grid(
      [samples, y.output, x.output],
      [height * width * channels, y.stride * width * channels, x.stride * channels],
    ),
    taps: grid([y.kernel, x.kernel, channels], [y.dilation * width * channels, x.dilation * channels, 1]),
    length,
  };
  if (!isOver) return tables;
  const inside = grid([samples, y.input, 1], [y.input * x.input * channels, x.input * channels, 0]);
  const padded = grid(
    [samples, y.input, 1],
    [height * width * channels, width * channels, 0],
    (y.before * width + x.before) * channels,
  );
  const runLength = x.input * channels;
  return {
    ...tables,
    pad: { length, runLength, from: inside, to: padded },
    crop: { length: samples * y.input * x.input * channels, runLength, from: padded, to: inside },
  };
}

/** `base + i * s0 + j * s1 + l * s2` for all i, j, l of a three-dimensional grid, in row-major order. */
function grid(
  shape: readonly [number, number, number],
  strides: readonly [number, number, number],
  base = 0,
): Uint32Array {
  const [planes, rows, columns] = shape;
  const table = new Uint32Array(planes * rows * columns);
  let at = 0;
  for (let i = 0; i < planes; i++) {
    for (let j = 0; j < rows; j++) {
      for (let l = 0; l < columns; l++) table[at++] = base + i * strides[0] + j * strides[1] + l * strides[2];
    }
  }
  return table;
}
