/** The arithmetic of sliding windows along one axis, shared by convolution and pooling. It touches no data. */
import { ArgumentError, ShapeError } from "../errors";

/** `"valid"`: windows stay inside the input. `"same"`: zeros are added so that `output = ceil(input / stride)`. */
export type Padding = "same" | "valid";

/** How windows lie along one axis: output `o` and tap `k` read input `o * stride + k * dilation - before`. */
export interface WindowAxis {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding cells in front of the input; those behind it follow from the rest. */
  readonly before: number;
}

/** What a window slides over, and how. */
export interface Sliding extends Pick<WindowAxis, "input" | "kernel" | "stride" | "dilation"> {
  readonly padding: Padding;
}

function checkSizes(where: string, sizes: Readonly<Record<string, number>>, padding: Padding): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new ArgumentError(`${where}: expected ${name} to be a positive whole number, got ${value}.`);
    }
  }
  if (padding !== "same" && padding !== "valid") {
    throw new ArgumentError(`${where}: expected padding "same" or "valid", got ${JSON.stringify(padding)}.`);
  }
}

/** Places windows along an axis. With `span = (kernel - 1) * dilation + 1`:
 *  `valid` gives `floor((input - span) / stride) + 1` windows; `same` gives `ceil(input / stride)`, with
 *  `total = max((output - 1) * stride + span - input, 0)` cells of padding, `floor(total / 2)` of them in front.
 *  @param where what is being built, for messages, for instance `conv2d height`
 *  @throws ArgumentError when a size is not a positive whole number or the padding is unknown
 *  @throws ShapeError when `valid` leaves no window  Source: TensorFlow, "Notes on padding combination schemes". */
export function windowAxis(where: string, { input, kernel, stride, dilation, padding }: Sliding): WindowAxis {
  checkSizes(where, { kernel, stride, dilation }, padding);
  const span = (kernel - 1) * dilation + 1;
  if (padding === "same") {
    const output = Math.ceil(input / stride);
    const total = Math.max((output - 1) * stride + span - input, 0);
    return { input, output, kernel, stride, dilation, before: Math.floor(total / 2) };
  }
  if (span > input) {
    throw new ShapeError(
      `${where}: expected an input of at least ${span} for a window of ${span} without padding, got ${input}. ` +
        `Use a smaller window or padding "same".`,
    );
  }
  return { input, output: Math.floor((input - span) / stride) + 1, kernel, stride, dilation, before: 0 };
}

/** How long the result of a transposed convolution is along an axis: the longest input whose windows of `span = (kernel - 1) *
 *  dilation + 1` give `input` results under `"same"`, and the shortest that leaves no gap between windows under `"valid"`.
 *  @throws ArgumentError when a size is not a positive whole number or the padding is unknown
 *  Source: Keras 3, `compute_conv_transpose_output_shape`. */
export function transposedSize(where: string, { input, kernel, stride, dilation, padding }: Sliding): number {
  checkSizes(where, { kernel, stride, dilation }, padding);
  const span = (kernel - 1) * dilation + 1;
  return padding === "same" ? input * stride : (input - 1) * stride + Math.max(span, stride);
}
