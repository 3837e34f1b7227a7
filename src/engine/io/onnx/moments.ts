/** Layers that are spelt out in arithmetic: normalizations by their mean and variance, and GELU by the error function. */
import { filled } from "../arrange";
import type { Op } from "./nodes";
import type { Given, LayerReader, Value } from "./reader";
import { refuse } from "./read";

type Moments = Extract<Value, { readonly axes: readonly number[]; readonly keeps: boolean }>;

const isMoments = (value: Value): value is Moments => "isCentred" in value;
const isSame = (a: Given, b: Given): boolean => a === b || (a.layer === b.layer && a.view === b.view);

/** A single number of the file. */
const numberOf = (reader: LayerReader, op: Op, place: number): number | undefined => {
  const grid = reader.constant(op, place);
  return grid?.data.length === 1 ? grid.data[0] : undefined;
};

/** What an op makes on the way to a layer, or the layer at the end of it; null for one that is not on such a way. */
export function spelt(op: Op, reader: LayerReader): Value | null {
  const [a, b] = [reader.value(op, 0), op.inputs[1] ? reader.value(op, 1) : undefined];
  if (op.type === "ReduceMean") return averaged(op, reader, a);
  if (op.type === "Erf" && a.kind === "given") return { kind: "erf", of: a, times: 1, plus: 0 };
  if (op.type === "Sqrt" && a.kind === "moment") return { ...a, kind: "root" };
  if (op.type === "Reciprocal" && a.kind === "root") return { ...a, kind: "inverse" };
  if (!b) return null;
  if (op.type === "Pow" && numberOf(reader, op, 1) === 2) return squared(a);
  if (op.type === "Sub" && a.kind === "given" && b.kind === "mean" && b.keeps && isSame(a, b.of))
    return { ...b, kind: "centred", isCentred: true };
  if (op.type === "Div" && b.kind === "root") return normalized(op, reader, a, b);
  if (op.type === "Add") return [a, b].some(({ kind }) => kind !== "given") ? added(op, reader, a, b) : null;
  if (op.type !== "Mul" && op.type !== "Div") return null;
  if (op.type === "Mul" && op.inputs[0] === op.inputs[1]) return squared(a);
  if (op.type === "Mul" && b.kind === "inverse") return normalized(op, reader, a, b);
  if (op.type === "Mul" && a.kind === "inverse") return normalized(op, reader, b, a);
  return scaled(op, reader, a, b);
}

function averaged(op: Op, reader: LayerReader, a: Value): Value | null {
  const given = op.ints("axes") ?? (reader.constant(op, 1) && Array.from(reader.constant(op, 1)?.data ?? []));
  const keeps = op.int("keepdims", 1) !== 0;
  if (a.kind === "square") {
    const isAlike = !a.isCentred || !given || axesIn(given, a.of).join() === a.axes.join();
    return given && keeps && isAlike ? { ...a, kind: "moment", axes: axesIn(given, a.of) } : null;
  }
  if (a.kind !== "given" || !given) return null;
  return { kind: "mean", of: a, axes: axesIn(given, a), isCentred: false, epsilon: 0, keeps };
}

const axesIn = (axes: readonly number[], { dims }: Given): readonly number[] =>
  axes.map((axis) => (axis < 0 ? axis + dims.length : axis)).toSorted((x, y) => x - y);

function squared(a: Value): Value | null {
  if (a.kind === "centred") return { ...a, kind: "square" };
  return a.kind === "given" ? { kind: "square", of: a, axes: [], isCentred: false, epsilon: 0, keeps: true } : null;
}

function added(op: Op, reader: LayerReader, a: Value, b: Value): Value | null {
  const [value, number] = a.kind === "constant" ? [b, numberOf(reader, op, 0)] : [a, numberOf(reader, op, 1)];
  if (number === undefined) return null;
  if (value.kind === "moment") return { ...value, epsilon: value.epsilon + number };
  return value.kind === "erf" ? { ...value, plus: value.plus + number / value.times } : null;
}

/** Times a number; and at last GELU, `x / 2 (1 + erf(x / sqrt 2))`. */
function scaled(op: Op, reader: LayerReader, a: Value, b: Value): Value | null {
  const [value, number] = a.kind === "constant" ? [b, numberOf(reader, op, 0)] : [a, numberOf(reader, op, 1)];
  const isTurned = op.type === "Div" && a.kind === "constant";
  if (number !== undefined && !isTurned) {
    const factor = op.type === "Div" ? 1 / number : number;
    if (value.kind === "given") return value.scaled(factor);
    if (value.kind === "erf") return { ...value, times: value.times * factor };
    return value.kind === "scores" ? { ...value, scale: value.scale * factor } : null;
  }
  const [x, erf] = a.kind === "given" ? [a, b] : [b, a];
  if (op.type === "Div" || x.kind !== "given" || erf.kind !== "erf") return null;
  const isGelu = Math.abs(erf.of.scale - Math.SQRT1_2) < 1e-6 && Math.abs(erf.plus - 1) < 1e-6 && isSame(erf.of, x);
  if (!isGelu) return refuse(`"${op.name}" to end a GELU`, "another product with Erf");
  const plain = x.scaled(1 / x.scale);
  return reader.same(op, plain, "Activation", { activation: "gelu" }).scaled(2 * erf.times * x.scale);
}

/** `x` less its mean, or as it is, by its deviation: of each place by itself, or of groups of channels. */
function normalized(op: Op, reader: LayerReader, a: Value, moment: Moments): Value | null {
  const x = a.kind === "given" ? a : a.kind === "centred" ? a.of : null;
  const isCentred = a.kind === "centred";
  if (
    !x ||
    !isSame(x, moment.of) ||
    isCentred !== moment.isCentred ||
    (isCentred && isMoments(a) && a.axes.join() !== moment.axes.join())
  )
    return null;
  return normalizedOver(op, reader, x, moment.axes, moment.epsilon, isCentred);
}

/** A normalization by moments of each sample's own. @param axes of the tensor */
export function normalizedOver(
  op: Op,
  reader: LayerReader,
  x: Given,
  axes: readonly number[],
  epsilon: number,
  isCentred: boolean,
): Given {
  const channels = x.shape.at(-1) ?? 1;
  const channelAxis = x.dims.length - 1;
  const isPlaces = x.axes ? axes.length === 1 && x.axes[axes[0] ?? -1] === x.shape.length : false;
  const config = { epsilon, scale: false, center: false };
  if (isPlaces || (axes.length === 1 && axes[0] === channelAxis && reader.rows(x))) {
    if (isCentred) return reader.same(op, x, "LayerNormalization", config);
    return reader.same(op, x, "RMSNormalization", { epsilon }, [filled(channels, 1)]);
  }
  const groups = groupsOf(x, axes);
  if (groups === null || !isCentred)
    return refuse(`"${op.name}" over channels, or over groups of them and all places`, `axes ${axes.join(", ")}`);
  return reader.same(op, x, "GroupNormalization", { ...config, groups });
}

/** How many groups of channels there are, where all but some axes of a tensor are one group; null for what are none. */
function groupsOf(x: Given, axes: readonly number[]): number | null {
  const { dims, data } = x.places;
  const size = data.length / x.batch;
  const channels = x.shape.at(-1) ?? 1;
  const kept = dims.map((dim, k) => (axes.includes(k) ? 1 : dim));
  const groups = kept.reduce((product, dim) => product * dim, 1) / x.batch;
  if (channels % groups !== 0 || !Number.isInteger(groups)) return null;
  const width = channels / groups;
  const place = dims.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    const group = place.reduce((at, index, k) => (axes.includes(k) ? at : at * (dims[k] ?? 1) + index), 0);
    const [at, sample] = [data[i] ?? 0, Math.floor((data[i] ?? 0) / size)];
    if (group !== sample * groups + Math.floor((at % channels) / width)) return null;
    for (let k = dims.length - 1; k >= 0 && ++place[k]! === dims[k]; k--) place[k] = 0;
  }
  return groups;
}
