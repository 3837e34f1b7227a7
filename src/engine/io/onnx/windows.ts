/** Convolutions, pooling and borders of ONNX in Keras's words: channels are second there and last here, and windows over one axis are
 *  those of a series. Source: onnx.ai, "ONNX Operators". */
import { sizeOf } from "../../shape";
import { windowAxis } from "../../ops/window";
import { reshaped, transposed } from "../arrange";
import type { NamedArray } from "../safetensors";
import { regrouped, sameGrid } from "./grid";
import type { Op } from "./nodes";
import { Given, inOrder, type LayerReader, placesOf } from "./reader";
import { refuse } from "./read";

const IMAGE = [0, 3, 1, 2];
const SERIES = [0, 2, 1];

/** How windows lie on one axis. */
interface Axis {
  readonly size: number;
  readonly window: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** Of an op's axes. @param window sizes, where the op does not say them itself */
function axesOf(op: Op, sizes: readonly number[], window: readonly number[]): readonly Axis[] {
  const each = (name: string): readonly number[] => op.ints(name) ?? window.map(() => 1);
  const pads = op.ints("pads") ?? [...window, ...window].map(() => 0);
  const [auto = "NOTSET"] = op.texts("auto_pad");
  if (auto === "SAME_LOWER") refuse(`"${op.name}" padded at the end`, auto);
  return window.map((size, k) => {
    const axis = {
      size: sizes[k] ?? 1,
      window: size,
      stride: each("strides")[k] ?? 1,
      dilation: each("dilations")[k] ?? 1,
    };
    if (auto === "SAME_UPPER") return { ...axis, ...sameEdges(axis) };
    return { ...axis, before: pads[k] ?? 0, after: pads[k + window.length] ?? 0 };
  });
}

/** What Keras's "same" puts around an axis. */
function sameEdges({ size, window, stride, dilation }: Pick<Axis, "size" | "window" | "stride" | "dilation">) {
  const { output, before } = windowAxis("ONNX file", {
    input: size,
    kernel: window,
    stride,
    dilation,
    padding: "same",
  });
  return { before, after: Math.max(0, (output - 1) * stride + (window - 1) * dilation + 1 - before - size) };
}

const isBare = (axes: readonly Axis[]): boolean => axes.every(({ before, after }) => before === 0 && after === 0);
const isSame = (axes: readonly Axis[]): boolean =>
  axes.every((axis) => {
    const { before, after } = sameEdges(axis);
    return axis.before === before && axis.after === after;
  });
const outputOf = ({ size, window, stride, dilation, before, after }: Axis): number =>
  Math.floor((size + before + after - (window - 1) * dilation - 1) / stride) + 1;

/** A series whose channels are second, perhaps as an image of one row. */
function seriesOf(op: Op, x: Given, window: readonly number[]): boolean {
  if (x.shape.length !== 2 || window.slice(0, -1).some((size) => size !== 1)) return false;
  if (window.length === 1) return x.isLaid(SERIES);
  const laid = placesOf(x.batch, x.shape, SERIES);
  const [samples = 1, channels = 1, steps = 1] = laid.dims;
  const strides = op.ints("strides") ?? [1, 1];
  const pads = op.ints("pads") ?? [0, 0, 0, 0];
  const isOneRow = strides[0] === 1 && pads[0] === 0 && pads[2] === 0;
  return isOneRow && sameGrid(x.places, regrouped(laid, [samples, channels, 1, steps]));
}

/** What is done to images, or to series: as those, where windows of one axis have no place here. */
function windowed(
  op: Op,
  reader: LayerReader,
  given: Given,
  window: readonly number[],
  make: (x: Given, axes: readonly Axis[], isSeries: boolean) => Given | null,
): Given {
  const { dims } = given;
  if (dims.length !== window.length + 2 || window.length > 2)
    return refuse(`"${op.name}" of images or series`, `${window.length} axes`);
  if (seriesOf(op, given, window)) {
    const series = new Given(given.layer, given.shape, given.batch, SERIES);
    const all = axesOf(op, dims.slice(2), window);
    const made = make(series, all.slice(-1), true);
    if (made && window.length === 1) return made;
    if (made) {
      const [samples = 1, channels = 1, steps = 1] = made.dims;
      return made.moved(regrouped(made.places, [samples, channels, 1, steps]));
    }
  }
  const isRow = window.length === 1;
  const [samples = 1, channels = 1, steps = 1] = dims;
  const row = isRow ? given.moved(regrouped(given.places, [samples, channels, 1, steps])) : given;
  const x = reader.entering(op.name, row, IMAGE);
  const axes = axesOf(op, dims.slice(2), window);
  const still = { size: 1, window: 1, stride: 1, dilation: 1, before: 0, after: 0 };
  const made = make(x, isRow ? [still, ...axes] : axes, false);
  if (!made) return refuse(`"${op.name}" with a border that layers here have`, "another");
  return isRow ? made.moved(regrouped(made.places, [made.dims[0] ?? 1, made.dims[1] ?? 1, made.dims[3] ?? 1])) : made;
}

/** Zeros around an image. */
function bordered(op: Op, reader: LayerReader, x: Given, axes: readonly Axis[]): string {
  const padding = axes.map(({ before, after }) => [before, after]);
  return reader.add(`${op.name} border`, "ZeroPadding2D", { padding }, [x.layer]);
}

/** Settings that Keras calls by one number for a series, by two for an image. */
const settings = (axes: readonly Axis[], isSeries: boolean, of: (axis: Axis) => number): readonly number[] =>
  isSeries ? axes.slice(-1).map(of) : axes.map(of);

export function convolution(op: Op, reader: LayerReader): Given {
  const kernel = reader.weights(op, 1);
  const [filters = 0, inner = 0, ...window] = kernel.shape;
  const bias = reader.constant(op, 2) ? [reader.weights(op, 2)] : [];
  const group = op.int("group", 1);
  return windowed(op, reader, reader.given(op), window, (x, axes, isSeries) => {
    const channels = x.shape.at(-1) ?? 1;
    const isDeep = group > 1;
    if (inner * group !== channels) return refuse(`"${op.name}" of ${inner * group} channels`, String(channels));
    if (isDeep && (group !== channels || inner !== 1))
      return refuse(`"${op.name}" of one group, or of one for each channel`, String(group));
    const [last] = axes.slice(-1);
    const isCausal = last?.after === 0 && last.before === (last.window - 1) * last.dilation && last.stride === 1;
    const padding = isBare(axes) ? "valid" : isSame(axes) ? "same" : isSeries && isCausal ? "causal" : null;
    if (isSeries && (isDeep || padding === null)) return null;
    const from = padding === null ? bordered(op, reader, x, axes) : x.layer;
    const config = {
      kernel_size: settings(axes, isSeries, (axis) => axis.window),
      strides: settings(axes, isSeries, (axis) => axis.stride),
      dilation_rate: settings(axes, isSeries, (axis) => axis.dilation),
      padding: padding ?? "valid",
      use_bias: bias.length > 0,
    };
    const shape = [...axes.map(outputOf), filters];
    const whole = { ...kernel, shape: [filters, inner, ...axes.map((axis) => axis.window)] };
    return new Given(
      isDeep
        ? reader.add(
            op.name,
            "DepthwiseConv2D",
            { ...config, depth_multiplier: filters / group },
            [from],
            [deepKernel(whole, group), ...bias],
          )
        : reader.add(
            op.name,
            isSeries ? "Conv1D" : "Conv2D",
            { ...config, filters },
            [from],
            [transposed(whole, isSeries ? [2, 1, 0] : [2, 3, 1, 0]), ...bias],
          ),
      shape,
      x.batch,
      isSeries ? SERIES : IMAGE,
    );
  });
}

/** `[C M, 1, KH, KW]` to `[KH, KW, C, M]`. */
function deepKernel(kernel: NamedArray, channels: number): NamedArray {
  const [filters = 0, , ...window] = kernel.shape;
  return reshaped(transposed(kernel, [2, 3, 0, 1]), [...window, channels, filters / channels]);
}

export function transposedConvolution(op: Op, reader: LayerReader): Given {
  const kernel = reader.weights(op, 1);
  const [channels = 0, filters = 0, ...window] = kernel.shape;
  const bias = reader.constant(op, 2) ? [reader.weights(op, 2)] : [];
  if (op.int("group", 1) !== 1 || window.length !== 2) refuse(`"${op.name}" of images, in one group`, "others");
  const x = reader.entering(op.name, reader.given(op), IMAGE);
  if (x.shape.at(-1) !== channels) refuse(`"${op.name}" of ${channels} channels`, String(x.shape.at(-1)));
  const axes = axesOf(op, x.shape, window);
  if (axes.some(({ dilation }) => dilation !== 1)) refuse(`"${op.name}" without dilation`, "dilation");
  const more = op.ints("output_padding") ?? [0, 0];
  const ends = axes.map(({ size, window: wide, stride, before, after }, k) => {
    const output = (size - 1) * stride + wide - before - after + (more[k] ?? 0);
    const same = size * stride;
    const total = Math.max(0, (size - 1) * stride + wide - same);
    return {
      before,
      output,
      isSame: output === same && before === Math.floor(total / 2),
      whole: (size - 1) * stride + Math.max(wide, stride),
    };
  });
  const padding = ends.every((end) => end.isSame) ? "same" : "valid";
  const config = {
    filters,
    kernel_size: window,
    strides: axes.map(({ stride }) => stride),
    padding,
    use_bias: bias.length > 0,
  };
  const made = reader.add(op.name, "Conv2DTranspose", config, [x.layer], [transposed(kernel, [2, 3, 1, 0]), ...bias]);
  const shape = [...ends.map(({ output }) => output), filters];
  if (padding === "same") return new Given(made, shape, x.batch, IMAGE);
  const cropping = ends.map(({ before, output, whole }) => [before, whole - before - output]);
  if (cropping.flat().some((count) => count < 0))
    return refuse(`"${op.name}" that ends where its windows do`, "output_padding");
  const layer = cropping.flat().some((count) => count > 0)
    ? reader.add(`${op.name} cut`, "Cropping2D", { cropping }, [made])
    : made;
  return new Given(layer, shape, x.batch, IMAGE);
}

const POSITIVE = new Set(["relu", "sigmoid", "softplus", "softmax"]);

export function pooling(op: Op, reader: LayerReader): Given {
  const isMax = op.type === "MaxPool";
  const window = op.ints("kernel_shape") ?? [];
  if (op.int("ceil_mode", 0) !== 0) refuse(`"${op.name}" of whole windows`, "ceil_mode");
  return windowed(op, reader, reader.given(op), window, (x, axes, isSeries) => {
    if (axes.some(({ dilation }) => dilation !== 1)) return refuse(`"${op.name}" without dilation`, "dilation");
    const countsBorder = !isMax && op.int("count_include_pad", 0) === 1;
    const padding = isBare(axes) ? "valid" : isSame(axes) && !countsBorder ? "same" : null;
    if (isSeries && padding === null) return null;
    // A border of zeros is none of a largest number where none is negative.
    const isPositive = POSITIVE.has(String(reader.made(x.layer).config["activation"]));
    if (padding === null && !countsBorder && !(isMax && isPositive))
      return refuse(`"${op.name}" with a border as Keras has it`, "pads");
    const from = padding === null ? bordered(op, reader, x, axes) : x.layer;
    const config = {
      pool_size: settings(axes, isSeries, (axis) => axis.window),
      strides: settings(axes, isSeries, (axis) => axis.stride),
      padding: padding ?? "valid",
    };
    const type = `${isMax ? "Max" : "Average"}Pooling${isSeries ? 1 : 2}D`;
    const shape = [...axes.map(outputOf), x.shape.at(-1) ?? 1];
    return new Given(reader.add(op.name, type, config, [from]), shape, x.batch, isSeries ? SERIES : IMAGE);
  });
}

/** Zeros around an image, in whichever order its axes are. */
export function padded(op: Op, reader: LayerReader): Given {
  const given = reader.given(op);
  const x =
    given.axes && given.shape.length === 3 ? given : reader.entering(op.name, given, inOrder(given.dims.slice(1)));
  const pads = op.ints("pads") ?? Array.from(reader.constant(op, 1)?.data ?? []);
  const [mode = "constant"] = op.texts("mode");
  const value = reader.constant(op, 2)?.data[0] ?? op.real("value", 0);
  const rank = x.dims.length;
  const ends = (axis: number): readonly number[] => {
    const at = x.axes?.indexOf(axis) ?? 0;
    return [pads[at] ?? 0, pads[at + rank] ?? 0];
  };
  const [samples, rows, columns, channels] = [0, 1, 2, 3].map(ends);
  const isBorder = [...(samples ?? []), ...(channels ?? [])].every((count) => count === 0);
  const padding = [rows ?? [], columns ?? []];
  if (
    x.shape.length !== 3 ||
    mode !== "constant" ||
    value !== 0 ||
    !isBorder ||
    padding.flat().some((count) => count < 0)
  )
    return refuse(`"${op.name}" of zeros around images`, `${mode} ${String(value)} ${pads.join(", ")}`.slice(0, 80));
  const shape = x.shape.map((size, k) => size + (padding[k] ?? []).reduce((sum, count) => sum + count, 0));
  return new Given(reader.add(op.name, "ZeroPadding2D", { padding }, [x.layer]), shape, x.batch, x.axes ?? []);
}

export function resized(op: Op, reader: LayerReader): Given {
  const x = reader.entering(op.name, reader.given(op), IMAGE);
  const last = op.type === "Upsample" ? 1 : 2;
  const [scales, sizes] = [reader.constant(op, last)?.data, reader.constant(op, 3)?.data];
  const factors = x.dims.map((dim, k) => (sizes && sizes.length > 0 ? (sizes[k] ?? 1) / dim : (scales?.[k] ?? 1)));
  const [mode = "nearest"] = op.texts("mode");
  const [placing = "half_pixel"] = op.texts("coordinate_transformation_mode");
  const isWhole = factors.every((factor, k) => Number.isInteger(factor) && factor >= 1 && (k > 1 || factor === 1));
  const isKnown =
    mode === "nearest" ? placing !== "align_corners" : mode === "linear" && placing.endsWith("half_pixel");
  if (x.shape.length !== 3 || !isWhole || !isKnown)
    return refuse(
      `"${op.name}" by whole numbers, nearest or linear by half pixels`,
      `${mode} ${placing} ${factors.join(", ")}`.slice(0, 80),
    );
  const config = { size: factors.slice(2), interpolation: mode === "nearest" ? "nearest" : "bilinear" };
  const [height = 1, width = 1, channels = 1] = x.shape;
  const shape = [height * (factors[2] ?? 1), width * (factors[3] ?? 1), channels];
  if (sizeOf(shape) > 2 ** 24) refuse(`"${op.name}" to a size that has room`, shape.join(" x "));
  return new Given(reader.add(op.name, "UpSampling2D", config, [x.layer]), shape, x.batch, IMAGE);
}
