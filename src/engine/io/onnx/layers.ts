/** The layers of an ONNX graph in Keras's words. What cannot be said so is refused by the op and its name, with the nearest that can.
 *  Source: onnx.ai, "ONNX Operators". */
import { ArgumentError } from "../../errors";
import { sameShape, type Shape, sizeOf } from "../../shape";
import { transposed } from "../arrange";
import { nearest } from "../keras/read";
import type { Node } from "../keras/tree";
import type { NamedArray } from "../safetensors";
import { HEADS, offsetAttention, projected, readFrom, scoresOf } from "./attention";
import { normalizedOver, spelt } from "./moments";
import { type Graph, graphOf, type Op } from "./nodes";
import { gatheredBy, isMove, moved, shapeOf, worked } from "./plumbing";
import { arrayOf, Given, inOrder, LayerReader, type Value } from "./reader";
import { refuse } from "./read";
import { isCell, recurrent } from "./recurrent";
import { isJoin, joinedLayers, pickedFrom } from "./sums";
import { convolution, padded, pooling, resized, transposedConvolution } from "./windows";

/** Layers, and the arrays of each in Keras's order. */
export interface OnnxLayers {
  readonly layers: readonly Node[];
  readonly arrays: ReadonlyMap<string, readonly NamedArray[]>;
}

/** Samples while a graph is read that does not say how many there are. */
const BATCH = 2;
/** Who writes images with their channels last. */
const CHANNELS_LAST = new Set(["descent", "tf2onnx"]);

type Translation = (op: Op, reader: LayerReader) => Given;

const activation =
  (name: string): Translation =>
  (op, reader) =>
    reader.same(op, reader.given(op), "Activation", { activation: name });

const pooled =
  (how: "Average" | "Max"): Translation =>
  (op, reader) => {
    const x = reader.given(op);
    const isGlobal = op.type.startsWith("Global");
    const held = reader.constant(op, 1);
    const axes = isGlobal ? x.dims.map((_, k) => k).slice(2) : (op.ints("axes") ?? Array.from(held?.data ?? []));
    return reader.pooled(op.name, x, axes, isGlobal || op.int("keepdims", 1) !== 0, how);
  };

function product(op: Op, reader: LayerReader): Given | Value {
  const [a, b] = [reader.value(op, 0), reader.value(op, 1)];
  if (op.type === "MatMul" && a.kind === "given" && b.kind === "given") return scoresOf(a, b);
  if (op.type === "MatMul" && a.kind === "scores" && b.kind === "given") return readFrom(op, reader, a, b);
  if (op.real("alpha", 1) !== 1 || op.real("beta", 1) !== 1 || op.int("transA", 0) !== 0)
    refuse(`a plain "${op.name}"`, "alpha, beta or transA");
  const x = reader.given(op);
  const held = reader.weights(op, 1);
  if (held.shape.length !== 2) return refuse(`"${op.name}" by a matrix`, held.shape.join(" x "));
  const kernel = op.int("transB", 0) === 1 ? transposed(held, [1, 0]) : held;
  const [width = 0, units = 0] = kernel.shape;
  const bias = op.inputs.length > 2 && reader.constant(op, 2) ? [reader.weights(op, 2)] : [];
  const rows = width === x.shape.at(-1) ? reader.rows(x, units) : null;
  if (rows && reader.made(x.layer).type === HEADS) {
    const attended = rows(projected(op, reader, x, kernel));
    const [offset] = bias;
    if (!offset) return attended;
    return reader.instead(attended, { use_bias: true }, offsetAttention(reader.made(attended.layer).arrays, offset));
  }
  const config = { units, use_bias: bias.length > 0 };
  if (rows) return rows(reader.add(op.name, "Dense", config, [x.layer], [kernel, ...bias]));
  // Numbers that were laid flat in another order have their rows in that one.
  const flat = reader.flat(op.name, x);
  if (flat.order.length !== width) return refuse(`"${op.name}" of ${width} numbers`, String(flat.order.length));
  const data = new Float32Array(kernel.data.length);
  flat.order.forEach((place, i) => data.set(kernel.data.subarray(i * units, (i + 1) * units), place * units));
  const layer = reader.add(op.name, "Dense", config, [flat.layer], [{ shape: kernel.shape, data }, ...bias]);
  return new Given(layer, [units], x.batch, [0, 1]);
}

function softmax(op: Op, reader: LayerReader): Value {
  const value = reader.value(op, 0);
  const axis = op.int("axis", -1);
  if (value.kind === "scores")
    return axis === -1 || axis === 3
      ? { ...value, isSoft: true }
      : refuse(`"${op.name}" of the last axis`, String(axis));
  const x = reader.given(op);
  const isChannels = x.axes
    ? x.axes.at(axis) === x.shape.length
    : (axis === -1 || axis === x.dims.length - 1) && reader.rows(x);
  if (isChannels) return reader.same(op, x, "Activation", { activation: "softmax" });
  const laid = reader.entering(op.name, x, inOrder(x.dims.slice(1)));
  if (laid.axes?.at(axis) !== laid.shape.length) return refuse(`"${op.name}" of channels`, `of axis ${axis}`);
  return reader.same(op, laid, "Activation", { activation: "softmax" });
}

/** A number for each channel, in the order of the layer that gives them. */
function normalization(op: Op, reader: LayerReader): Given {
  const x = reader.given(op);
  const arrays = [1, 2, 3, 4].map((place) => reader.weights(op, place));
  const config = { epsilon: op.real("epsilon", 1e-5), momentum: op.real("momentum", 0.9) };
  if (x.axes?.[1] === x.shape.length) return reader.same(op, x, "BatchNormalization", config, arrays);
  if (x.dims.length !== 2) {
    const axes = x.dims.length === 3 ? [0, 2, 1] : [0, 3, 1, 2];
    return reader.same(op, reader.entering(op.name, x, axes), "BatchNormalization", config, arrays);
  }
  const { layer, order } = reader.flat(op.name, x);
  const own = arrays.map(({ shape, data }) => {
    const placed = new Float32Array(data.length);
    order.forEach((place, i) => (placed[place] = data[i] ?? 0));
    return { shape, data: placed };
  });
  const made = reader.add(op.name, "BatchNormalization", config, [layer], own);
  return new Given(made, [order.length], x.batch, {
    dims: x.dims,
    data: Float64Array.from(order.keys(), (i) => order[i] ?? 0),
  });
}

/** By moments of each sample's own, as one op. */
function ownMoments(op: Op, reader: LayerReader): Given {
  const x = reader.given(op);
  const rank = x.dims.length;
  const isInstance = op.type === "InstanceNormalization";
  const first = isInstance ? 2 : op.int("axis", -1);
  const from = first < 0 ? first + rank : first;
  const axes = x.dims.map((_, k) => k).slice(from);
  const made = normalizedOver(op, reader, x, axes, op.real("epsilon", 1e-5), op.type !== "RMSNormalization");
  const [scale, bias] = [1, 2].map((place) => (reader.constant(op, place) ? reader.weights(op, place) : undefined));
  const isStill = (array: NamedArray | undefined, value: number): boolean =>
    array?.data.every((each) => each === value) ?? true;
  if (isInstance && isStill(scale, 1) && isStill(bias, 0)) return made;
  if (isInstance && scale?.data.length !== x.shape.at(-1)) return refuse(`"${op.name}" of channels`, "others");
  if (op.type === "RMSNormalization") return scale ? reader.instead(made, {}, [scale]) : made;
  return reader.instead(
    made,
    { scale: scale !== undefined, center: bias !== undefined },
    [scale, bias].flatMap((each) => each ?? []),
  );
}

function embedded(op: Op, reader: LayerReader): Given {
  const x = reader.given(op, 1);
  const table = reader.weights(op, 0);
  const [tokens = 0, width = 0] = table.shape;
  if (op.int("axis", 0) !== 0 || table.shape.length !== 2 || x.shape.length !== 1)
    return refuse(`"${op.name}" of rows of a table`, table.shape.join(" x "));
  const laid = x.axes ? x : reader.entering(op.name, x, inOrder(x.dims.slice(1)));
  const layer = reader.add(op.name, "Embedding", { input_dim: tokens, output_dim: width }, [laid.layer], [table]);
  return new Given(layer, [...laid.shape, width], x.batch, [...(laid.axes ?? []), 2]);
}

function slopes(op: Op, reader: LayerReader): Given {
  const x = reader.given(op);
  const slope = reader.constant(op, 1);
  const channels = x.shape.at(-1) ?? 1;
  if (!slope) return refuse(`slopes of "${op.name}" in the file`, "none");
  if (slope.data.length === 1) {
    const data = new Float32Array(channels).fill(slope.data[0] ?? 0);
    return reader.same(op, x, "PReLU", { shared_axes: shared(x) }, [{ shape: slopesShape(x), data }]);
  }
  const isChannels =
    slope.data.length === channels &&
    x.axes?.[x.dims.length - slope.dims.length + slope.dims.findIndex((dim) => dim > 1)] === x.shape.length;
  if (isChannels)
    return reader.same(op, x, "PReLU", { shared_axes: shared(x) }, [
      { shape: slopesShape(x), data: arrayOf(slope).data },
    ]);
  const isWhole = x.isLaid(inOrder(x.shape)) && sameShape(slope.dims, x.shape);
  return isWhole
    ? reader.same(op, x, "PReLU", { shared_axes: null }, [arrayOf(slope)])
    : refuse(`slopes of "${op.name}" for channels`, slope.dims.join(" x "));
}

/** Of slopes, one for each channel. */
const slopesShape = ({ shape }: Given): Shape => [...shape.slice(0, -1).map(() => 1), shape.at(-1) ?? 1];
const shared = ({ shape }: Given): readonly number[] | null =>
  shape.length > 1 ? shape.slice(1).map((_, k) => k + 1) : null;

/** By type. */
const translations: Readonly<Record<string, (op: Op, reader: LayerReader) => Value>> = {
  Relu: activation("relu"),
  Sigmoid: activation("sigmoid"),
  Tanh: activation("tanh"),
  Softplus: activation("softplus"),
  Gelu: (op, reader) =>
    op.texts("approximate")[0] === "tanh" ? refuse(`"${op.name}" by erf`, "tanh") : activation("gelu")(op, reader),
  Elu: (op, reader) => reader.same(op, reader.given(op), "ELU", { alpha: op.real("alpha", 1) }),
  LeakyRelu: (op, reader) => reader.same(op, reader.given(op), "LeakyReLU", { negative_slope: op.real("alpha", 0.01) }),
  PRelu: slopes,
  Softmax: softmax,
  Gemm: product,
  MatMul: product,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  MaxPool: pooling,
  AveragePool: pooling,
  GlobalAveragePool: pooled("Average"),
  GlobalMaxPool: pooled("Max"),
  ReduceMax: pooled("Max"),
  ReduceMean: pooled("Average"),
  BatchNormalization: normalization,
  LayerNormalization: ownMoments,
  RMSNormalization: ownMoments,
  InstanceNormalization: ownMoments,
  Gather: embedded,
  Pad: padded,
  Resize: resized,
  Upsample: resized,
};
const KNOWN = "Conv, Gemm, MatMul, LSTM, GRU, attention, normalization, pooling, Gather, Add, Concat and activations";

/** Ops that are not read, and what there is that is like them. */
const LIKE: Readonly<Record<string, string>> = {
  LogSoftmax: "Softmax",
  Clip: "Relu",
  ThresholdedRelu: "Relu",
  HardSigmoid: "Sigmoid",
  HardSwish: "Gelu",
  Mish: "Gelu",
  Selu: "Elu",
  Celu: "Elu",
  Einsum: "MatMul",
  LpNormalization: "LayerNormalization",
  ReduceSum: "ReduceMean",
  If: "a graph without branches",
  Loop: "LSTM, GRU or RNN",
  Scan: "LSTM, GRU or RNN",
};

/** Reads one op. */
function read(op: Op, reader: LayerReader): void {
  const [output = ""] = op.outputs;
  const [first] = op.inputs;
  const ints = (place: number): readonly number[] | undefined => {
    const held = reader.constant(op, place);
    return held && Array.from(held.data);
  };
  const known = op.inputs.flatMap((name, place) => (name === "" ? [] : (reader.constant(op, place) ?? [])));
  const isHeld = known.length === op.inputs.filter((name) => name !== "").length;
  const grids = isHeld ? worked(op, known, ints) : null;
  if (grids) return grids.forEach((grid, k) => reader.set(op.outputs[k] ?? "", { kind: "constant", grid }));
  const value = first === undefined ? undefined : reader.values.get(first);
  if (isCell(op.type)) {
    const [all, last] = recurrent(op, reader);
    reader.set(output, all);
    return reader.set(op.outputs[1] ?? "", last);
  }
  if (op.type === "Shape" && value?.kind === "given") {
    const [grid] = shapeOf(op, value.dims);
    return grid && reader.set(output, { kind: "constant", grid });
  }
  if (isMove(op.type)) {
    const isStill = ["Identity", "Dropout", "Cast"].includes(op.type);
    if (value && isStill) return reader.set(output, value);
    return moves(op, reader, ints);
  }
  const places = reader.constant(op, 1);
  if (op.type === "Gather" && value?.kind === "joined" && places)
    return reader.set(output, pickedFrom(op, value, places));
  if (op.type === "Gather" && value?.kind === "given" && places)
    return reader.set(output, value.moved(gatheredBy(op, value.places, places)));
  const translation = Object.hasOwn(translations, op.type) ? translations[op.type] : undefined;
  const made = first === undefined ? null : spelt(op, reader);
  if (made) return reader.set(output, made);
  if (translation) return reader.set(output, translation(op, reader));
  if (isJoin(op.type)) return reader.set(output, joinedLayers(op, reader));
  const near = Object.hasOwn(LIKE, op.type) ? LIKE[op.type] : nearest(op.type, Object.keys(translations));
  refuse(KNOWN, `${op.type.slice(0, 60)}; the nearest is ${near ?? ""}`);
}

/** What only moves the numbers of a layer about. */
function moves(op: Op, reader: LayerReader, ints: (place: number) => readonly number[] | undefined): void {
  const value = reader.value(op, 0);
  const x = value.kind === "given" ? value : reader.given(op);
  const perm = op.ints("perm");
  const [output = ""] = op.outputs;
  const { axes } = x;
  if (op.type === "Transpose" && perm?.length === axes?.length && axes) {
    const turned = perm?.map((axis) => axes[axis] ?? refuse(`an order of axes in "${op.name}"`, perm.join(", ")));
    if (turned && new Set(turned).size === axes.length)
      return reader.set(output, new Given(x.layer, x.shape, x.batch, turned, x.scale));
  }
  const made = moved(op, x.places, ints);
  made.forEach((grid, k) => {
    const own = x.moved(grid);
    reader.set(op.outputs[k] ?? "", op.type === "Expand" ? reader.repeated(op.name, own) : own);
  });
}

/** @param shape of the samples of the data that are there
 *  @throws ArgumentError naming the first op that is none of these layers */
export function onnxLayers(bytes: Uint8Array, shape: Shape): OnnxLayers {
  const graph = graphOf(bytes);
  try {
    return followed(graph, shape);
  } catch (error) {
    const steps = unrolled(graph);
    if (steps.length === 0) throw error;
    return refuse(
      "what happens at each step as one op",
      `a loop that is written out: ${steps.join(", ")} have the same weights. Export recurrent layers of PyTorch with dynamo=False; of others, ` +
        "open the weights (a state dict, or a Keras file) over the same layers built here",
    );
  }
}

/** Ops that multiply by weights that another multiplies by too, those of the matrix that comes first. */
function unrolled({ ops, held }: Graph): readonly string[] {
  const users = new Map<string, string[]>();
  for (const { type, name, inputs } of ops) {
    const [, matrix = ""] = inputs;
    if ((type !== "MatMul" && type !== "Gemm") || !held.has(matrix)) continue;
    users.set(matrix, [...(users.get(matrix) ?? []), `"${name}"`]);
  }
  return [...users.values()].find(({ length }) => length > 1)?.slice(0, 4) ?? [];
}

function followed(graph: Graph, shape: Shape): OnnxLayers {
  const { reader, input } = begun(graph, shape);
  for (const [name, grid] of graph.held) reader.set(name, { kind: "constant", grid });
  reader.set(graph.input.name, input);
  for (const op of graph.ops) read(op, reader);
  const result = reader.values.get(graph.output);
  if (result?.kind !== "given") return refuse("a result that a layer gives", result?.kind ?? "none");
  const end = reader.given({ ...NO_OP, inputs: [graph.output] });
  const last = end.axes ? end.layer : reader.entering("output", end, inOrder(end.dims.slice(1))).layer;
  return keptLayers(reader, last);
}

const NO_OP: Op = {
  type: "Identity",
  name: "output",
  inputs: [],
  outputs: [],
  ints: () => undefined,
  int: (_, initial) => initial,
  real: (_, initial) => initial,
  texts: () => [],
  tensor: () => undefined,
};

/** The layer for what goes in. Images are in the order of the data that are there, or else as most write them. */
function begun(
  { producer, input: { dims } }: Graph,
  shape: Shape,
): { readonly reader: LayerReader; readonly input: Given } {
  const isSecond = dims.length > 2 && dims[0] !== 0 && dims[1] === 0;
  const batchAxis = isSecond ? 1 : 0;
  const sizes = dims.filter((_, k) => k !== batchAxis);
  const reader = new LayerReader(dims[batchAxis] || BATCH);
  const layer = reader.add("input", "InputLayer", {}, []);
  const known = sizes.map((dim, k) => dim || (sizes.length === shape.length ? (shape[k] ?? 0) : 0));
  if (known.some((dim) => dim < 1)) return refuse("an input of known size", dims.join(" x "));
  const isLast = CHANNELS_LAST.has(producer) || sameShape(known, shape);
  const order = inOrder(known);
  const isFirst = !isLast && known.length > 1 && (known.length > 2 || sameShape([known[1] ?? 0, known[0] ?? 0], shape));
  const axes = isFirst ? [0, known.length, ...order.slice(1, -1)] : isSecond ? [1, 0, ...order.slice(2)] : order;
  const laid = isFirst ? [...known.slice(1), known[0] ?? 1] : known;
  // The same numbers of data that have other axes: flat, or with an axis of one.
  const wide = (sides: Shape): Shape => sides.filter((side) => side !== 1);
  const isOther = laid.length === 1 ? sizeOf(shape) === laid[0] : sameShape(wide(laid), wide(shape));
  const fitting =
    !isOther || sameShape(laid, shape)
      ? layer
      : laid.length === 1
        ? reader.add("flat", "Flatten", {}, [layer])
        : reader.add("shape", "Reshape", { target_shape: laid }, [layer]);
  return { reader, input: new Given(fitting, laid, reader.batch, axes) };
}

/** The layers that lead to the last one, in their order. */
function keptLayers(reader: LayerReader, last: string): OnnxLayers {
  const kept = new Set([last]);
  const all = [...reader.layers];
  for (const [name, { from }] of all.toReversed()) if (kept.has(name)) from.forEach((other) => kept.add(other));
  const arrays = new Map<string, readonly NamedArray[]>();
  // Of layers that were made in several ways one is left, most often.
  const stems = new Map<string, string>();
  for (const [name, { stem }] of all) if (kept.has(name)) stems.set(stem, stems.has(stem) ? "" : name);
  const called = (name: string): string => {
    const stem = reader.layers.get(name)?.stem ?? name;
    return stems.get(stem) === name ? stem : name;
  };
  const layers = all.flatMap(([given, made]): Node[] => {
    if (!kept.has(given)) return [];
    const name = called(given);
    if (made.type === HEADS)
      throw new ArgumentError(`ONNX file: expected attention to end in a product, got "${name}" without.`);
    arrays.set(name, made.arrays);
    const { causal, ...config } = made.config;
    const kwargs = causal === true ? { use_causal_mask: true } : {};
    const reads = made.from.length === 0 ? [] : [made.from.map((layer) => [called(layer), 0, 0, kwargs])];
    return [{ class_name: made.type, name, config: { ...config, name }, inbound_nodes: reads }];
  });
  return { layers, arrays };
}
