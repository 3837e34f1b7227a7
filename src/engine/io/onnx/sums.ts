/** Sums, products and the like: offsets and factors that belong to the layer before, and what joins several values. */
import { filled } from "../arrange";
import type { NamedArray } from "../safetensors";
import { masked, offsetAttention } from "./attention";
import { type Grid, joined, spread, spreadDims } from "./grid";
import type { Op } from "./nodes";
import { gatheredBy, joinedBy } from "./plumbing";
import { Given, inOrder, type LayerReader, type Value } from "./reader";
import { refuse } from "./read";
import { joinedWays } from "./recurrent";

/** How several become one: Keras's layer, and how both ways of a Bidirectional are merged. */
const joins: Readonly<Record<string, readonly [layer: string, merge: string]>> = {
  Add: ["Add", "sum"],
  Sum: ["Add", "sum"],
  Mul: ["Multiply", "mul"],
  Mean: ["Average", "ave"],
  Max: ["Maximum", ""],
  Concat: ["Concatenate", "concat"],
};

export const isJoin = (type: string): boolean => Object.hasOwn(joins, type);

/** @returns what it makes: a layer that joins, or the one before with an offset or a factor */
export function joinedLayers(op: Op, reader: LayerReader): Value {
  const all = op.inputs.map((_, place) => reader.value(op, place));
  const held = all.find((value) => value.kind === "constant");
  const scores = all.find((value) => value.kind === "scores");
  if (scores && held && op.type === "Add") return masked(op, scores, held.grid);
  if (held && all.length === 2 && (op.type === "Add" || op.type === "Mul"))
    return fixed(op, reader, reader.given(op, all.indexOf(held) === 0 ? 1 : 0), held.grid);
  const [layer = "", merge = ""] = joins[op.type] ?? [];
  const same = op.type === "Concat" ? partsOf(op, all) : null;
  if (same) return same;
  const parts = all.map((_, place) => reader.given(op, place));
  if (parts.length === 1 && parts[0]) return parts[0];
  const both = merge === "" || !isChannels(op, parts) ? null : joinedWays(reader, op.name, merge, parts);
  if (both) return both;
  const [first] = parts;
  const axis = op.int("axis", 0);
  if (op.type === "Concat" && axis === 0 && first?.axes?.[0] !== 0) return { kind: "joined", parts };
  if (!first) return refuse(`"${op.name}" of values`, "none");
  const axes = first.axes ?? inOrder(first.dims.slice(1));
  const laid = parts.map((part, k) => reader.entering(`${op.name} ${k + 1}`, part, axes));
  if (op.type === "Concat" && axes.at(axis) !== axes.length - 1)
    return refuse(`"${op.name}" of channels`, `of axis ${axis}`);
  if (new Set(laid.map((part) => part.layer)).size < laid.length)
    return refuse(`"${op.name}" of different values`, "one several times");
  const [start] = laid;
  const shape = start?.shape ?? [];
  const isAlike = laid.every(
    (part) =>
      part.shape.length === shape.length &&
      part.shape.every((dim, k) => dim === shape[k] || (op.type === "Concat" && k === shape.length - 1)),
  );
  if (!isAlike)
    return refuse(`"${op.name}" of values of one size`, laid.map((part) => part.shape.join(" x ")).join(" and "));
  const name = reader.add(
    op.name,
    layer,
    {},
    laid.map((part) => part.layer),
  );
  const width = laid.reduce((sum, part) => sum + (part.shape.at(-1) ?? 1), 0);
  return new Given(name, op.type === "Concat" ? [...shape.slice(0, -1), width] : shape, first.batch, axes);
}

/** One of the entries of several values, as the last states of recurrent layers are stacked. */
export function pickedFrom(op: Op, { parts }: Extract<Value, { kind: "joined" }>, places: Grid): Given {
  const count = parts.reduce((sum, { dims }) => sum + (dims[0] ?? 0), 0);
  const [place = 0, second] = places.data;
  let at = place < 0 ? place + count : place;
  for (const part of parts) {
    const own = part.dims[0] ?? 0;
    if (at >= 0 && at < own && second === undefined && op.int("axis", 0) === 0)
      return part.moved(gatheredBy(op, part.places, { dims: places.dims, data: Float64Array.of(at) }));
    at -= own;
  }
  return refuse(`"${op.name}" of one of ${count}`, String(place));
}

/** Whether it joins along the last axis of what layers give, as far as it matters. */
const isChannels = (op: Op, parts: readonly Given[]): boolean => {
  const axis = op.int("axis", 0);
  return op.type !== "Concat" || parts.every(({ dims }) => axis === -1 || axis === dims.length - 1);
};

/** Parts of one layer as one value again; null for those of several. */
function partsOf(op: Op, all: readonly Value[]): Given | null {
  const given = all.filter((value) => value.kind === "given");
  const [first] = given;
  if (
    !first ||
    given.length < all.length ||
    given.some(({ layer, scale }) => layer !== first.layer || scale !== first.scale)
  )
    return null;
  return first.moved(
    joinedBy(
      op,
      given.map(({ places }) => places),
    ),
  );
}

/** Numbers that are the same for each sample, by the places of what the layer gives; one for each channel where that is all. */
function bySample(op: Op, x: Given, held: Grid): NamedArray {
  const channels = x.shape.at(-1) ?? 1;
  const wide = held.dims.flatMap((dim, k) => (dim > 1 ? [k + x.dims.length - held.dims.length] : []));
  const [only = -1, second] = wide;
  if (second === undefined && (only < 0 || (x.axes && x.axes[only] === x.shape.length)))
    return held.data.length === 1
      ? filled(channels, held.data[0] ?? 0)
      : { shape: [channels], data: Float32Array.from(held.data) };
  const dims = spreadDims(held.dims, x.dims);
  if (dims?.length !== x.dims.length || dims.some((dim, k) => dim !== x.dims[k]))
    return refuse(`"${op.name}" of numbers that fit`, held.dims.join(" x "));
  const { data: places } = x.places;
  const size = places.length / x.batch;
  const values = spread(held, dims).data;
  const data = new Float32Array(size);
  places.forEach((place, i) => (data[place % size] = values[i] ?? 0));
  if (places.some((place, i) => data[place % size] !== Math.fround(values[i] ?? 0)))
    return refuse(`"${op.name}" of numbers that are the same for each sample`, "others");
  return data.every((value, i) => value === data[i % channels])
    ? { shape: [channels], data: data.slice(0, channels) }
    : { shape: x.shape, data };
}

const BIASED = new Set(["Dense", "Conv1D", "Conv2D", "DepthwiseConv2D", "Conv2DTranspose"]);
const NORMAL = new Set(["LayerNormalization", "GroupNormalization"]);

/** A sum with, or a product by, what the file holds. */
function fixed(op: Op, reader: LayerReader, x: Given, held: Grid): Given {
  const array = bySample(op, x, held);
  const { type, config, arrays } = reader.made(x.layer);
  const isOfChannels = array.shape.length === 1 && array.data.length === (x.shape.at(-1) ?? 1);
  if (op.type === "Mul") {
    if (isOfChannels && NORMAL.has(type) && config["scale"] === false && config["center"] === false)
      return reader.instead(x, { scale: true }, [array]);
    if (isOfChannels && type === "RMSNormalization" && arrays[0]?.data.every((value) => value === 1))
      return reader.instead(x, {}, [array]);
    // A factor for each channel is a normalization that changes nothing else.
    const epsilon = 2 ** -10;
    const still = [filled(array.data.length, 0), filled(array.data.length, 1 - epsilon)];
    return isOfChannels
      ? reader.same(op, x, "BatchNormalization", { epsilon, center: false }, [array, ...still])
      : refuse(`"${op.name}" by a number for each channel`, array.shape.join(" x "));
  }
  if (isOfChannels && BIASED.has(type) && config["use_bias"] === false)
    return reader.instead(x, { use_bias: true }, [...arrays, array]);
  if (isOfChannels && NORMAL.has(type) && config["center"] === false)
    return reader.instead(x, { center: true }, [...arrays, array]);
  if (isOfChannels && type === "BatchNormalization" && config["center"] === false)
    return reader.instead(x, { center: true }, [...arrays.slice(0, 1), array, ...arrays.slice(1)]);
  if (isOfChannels && type === "MultiHeadAttention" && (arrays[7]?.data.every((value) => value === 0) ?? true))
    return reader.instead(x, { use_bias: true }, offsetAttention(arrays, array));
  if (array.data.every((value) => value === 0)) return x;
  const [steps = 1, channels = 1] = x.shape;
  if (x.shape.length !== 2) return refuse(`"${op.name}" to a layer without an offset, or to each step`, type);
  const { data } = isOfChannels ? repeated(array, steps) : array;
  return reader.same(op, x, "PositionEmbedding", {}, [{ shape: [steps, channels], data: Float32Array.from(data) }]);
}

const repeated = ({ data }: NamedArray, times: number): Grid =>
  joined(
    Array.from({ length: times }, () => ({ dims: [data.length], data: Float32Array.from(data) })),
    0,
  );
