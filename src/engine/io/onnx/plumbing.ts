/** Ops that move numbers about, or work out whole numbers, shapes above all: on what the file holds, and on the places of what layers
 *  give. */
import { type Shape, sizeOf } from "../../shape";
import { counted, gathered, type Grid, joined, regrouped, sliced, spread, spreadDims, turned } from "./grid";
import { MAX_PLACES, type Op } from "./nodes";
import { refuse } from "./read";

/** The whole numbers of an input, where there is one that is known. */
export type Ints = (place: number) => readonly number[] | undefined;

const bounded = (op: Op, dims: Shape): Shape =>
  dims.every((dim) => Number.isInteger(dim) && dim >= 0) && sizeOf(dims) <= MAX_PLACES && dims.length <= 8
    ? dims
    : refuse(`at most ${MAX_PLACES} numbers of "${op.name}"`, dims.join(" x ").slice(0, 80));

const placed = (op: Op, axis: number, rank: number): number =>
  Number.isInteger(axis) && axis >= -rank && axis < rank
    ? (axis + rank) % rank
    : refuse(`"${op.name}" of one of ${rank} axes`, String(axis));

/** Attributes of older opsets, inputs of later ones. */
const axesOf = (op: Op, ints: Ints): readonly number[] | undefined => op.ints("axes") ?? ints(1);

function reshapedDims(op: Op, grid: Grid, ints: Ints): Shape {
  const wanted = ints(1) ?? refuse(`a shape of "${op.name}" that is known`, "none");
  const dims = wanted.map((dim, k) => (dim === 0 && op.int("allowzero", 0) === 0 ? (grid.dims[k] ?? 1) : dim));
  const known = dims.reduce((product, dim) => (dim < 0 ? product : product * dim), 1);
  const all = dims.map((dim) => (dim < 0 ? grid.data.length / known : dim));
  if (!all.every((dim) => Number.isInteger(dim) && dim >= 0) || sizeOf(all) !== grid.data.length)
    refuse(`"${op.name}" to as many numbers`, `${wanted.join(" x ")} of ${grid.dims.join(" x ")}`.slice(0, 120));
  return all;
}

function slicedBy(op: Op, grid: Grid, ints: Ints): Grid {
  const [starts, ends] = [op.ints("starts") ?? ints(1), op.ints("ends") ?? ints(2)];
  if (!starts || !ends) return refuse(`a part of "${op.name}" that is known`, "none");
  const axes = op.ints("axes") ?? ints(3) ?? starts.map((_, k) => k);
  return axes.reduce((part, given, k) => {
    const axis = placed(op, given, part.dims.length);
    const size = part.dims[axis] ?? 1;
    const step = ints(4)?.[k] ?? 1;
    if (step === 0) return refuse(`a step of "${op.name}"`, "0");
    const from = (value: number): number => (value < 0 ? value + size : value);
    const within = (value: number, least: number, most: number): number => Math.min(Math.max(from(value), least), most);
    const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
    const first = within(starts[k] ?? 0, Math.max(least, 0), most);
    const last = within(ends[k] ?? 0, least, most);
    return sliced(part, axis, first, Math.max(0, Math.ceil((last - first) / step)), step);
  }, grid);
}

function splitBy(op: Op, grid: Grid, ints: Ints): readonly Grid[] {
  const axis = placed(op, op.int("axis", 0), grid.dims.length);
  const size = grid.dims[axis] ?? 1;
  const each = Math.ceil(size / op.outputs.length);
  const parts =
    op.ints("split") ?? ints(1) ?? op.outputs.map((_, k) => Math.min(each, size - k * each)).filter((part) => part > 0);
  if (parts.some((part) => part < 0) || parts.reduce((sum, part) => sum + part, 0) !== size)
    refuse(`parts of "${op.name}" that make up ${size}`, parts.join(", ").slice(0, 80));
  let at = 0;
  return parts.map((part) => {
    const own = sliced(grid, axis, at, part);
    at += part;
    return own;
  });
}

type Move = (op: Op, grid: Grid, ints: Ints) => Grid | readonly Grid[];

/** By type. Every one gives numbers that it was given. */
const moves: Readonly<Record<string, Move>> = {
  Identity: (_, grid) => grid,
  Dropout: (_, grid) => grid,
  Cast: (_, grid) => grid,
  Reshape: (op, grid, ints) => regrouped(grid, reshapedDims(op, grid, ints)),
  Flatten: (op, { dims, data }) => {
    const axis = placed(op, op.int("axis", 1), dims.length + 1);
    return { dims: [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))], data };
  },
  Transpose: (op, grid) => {
    const rank = grid.dims.length;
    const axes = op.ints("perm") ?? grid.dims.map((_, k) => rank - 1 - k);
    if (axes.length !== rank || new Set(axes).size < rank || axes.some((axis) => axis < 0 || axis >= rank))
      refuse(`an order of ${rank} axes in "${op.name}"`, axes.join(", ").slice(0, 80));
    return turned(grid, axes);
  },
  Squeeze: (op, grid, ints) => {
    const rank = grid.dims.length;
    const axes = axesOf(op, ints)?.map((axis) => placed(op, axis, rank));
    return regrouped(
      grid,
      grid.dims.filter((dim, k) => (axes ? !axes.includes(k) || dim !== 1 : dim !== 1)),
    );
  },
  Unsqueeze: (op, grid, ints) => {
    const given = axesOf(op, ints) ?? refuse(`axes of "${op.name}" that are known`, "none");
    const rank = grid.dims.length + given.length;
    const axes = new Set(given.map((axis) => placed(op, axis, rank)));
    const rest = [...grid.dims];
    return regrouped(
      grid,
      bounded(
        op,
        Array.from({ length: rank }, (_, k) => (axes.has(k) ? 1 : (rest.shift() ?? 1))),
      ),
    );
  },
  Slice: slicedBy,
  Split: splitBy,
  Expand: (op, grid, ints) => {
    const dims = spreadDims(grid.dims, ints(1) ?? refuse(`a shape of "${op.name}" that is known`, "none"));
    return spread(grid, bounded(op, dims ?? refuse(`shapes of "${op.name}" that fit`, "others")));
  },
};

/** Whether an op only moves numbers about. */
export const isMove = (type: string): boolean => Object.hasOwn(moves, type);

/** Moves numbers about. */
export function moved(op: Op, grid: Grid, ints: Ints): readonly Grid[] {
  const made = moves[op.type]?.(op, grid, ints) ?? [];
  return "dims" in made ? [made] : made;
}

/** Entries of an axis by an input of places, whose axes take that one's place. */
export function gatheredBy(op: Op, grid: Grid, places: Grid): Grid {
  const axis = placed(op, op.int("axis", 0), grid.dims.length);
  const size = grid.dims[axis] ?? 1;
  const dims = [...grid.dims.slice(0, axis), ...places.dims, ...grid.dims.slice(axis + 1)];
  bounded(op, dims);
  if (places.data.some((place) => !(place >= -size && place < size)))
    refuse(`"${op.name}" of one of ${size}`, "another");
  const own = Array.from(places.data, (place) => (place + size) % size);
  return own.length === 0 ? { dims, data: new Float64Array() } : regrouped(gathered(grid, axis, own), dims);
}

/** One after the other. */
export function joinedBy(op: Op, grids: readonly Grid[]): Grid {
  const [first] = grids;
  if (!first) return refuse(`"${op.name}" of values`, "none");
  const axis = placed(op, op.int("axis", 0), first.dims.length);
  const fits = grids.every(
    ({ dims }) => dims.length === first.dims.length && dims.every((dim, k) => k === axis || dim === first.dims[k]),
  );
  return fits ? joined(grids, axis) : refuse(`"${op.name}" of values that fit`, "others");
}

const sums: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Mod: (a, b) => a - b * Math.floor(a / b),
  Pow: (a, b) => a ** b,
};

/** What follows from what the file holds alone; null for an op that is not worked out. @param all its inputs */
export function worked(op: Op, all: readonly Grid[], ints: Ints): readonly Grid[] | null {
  const [first, second] = all;
  if (op.type === "Constant") {
    const real = op.real("value_float", NaN);
    const whole = op.ints("value_ints") ?? op.ints("value_int");
    const tensor = op.tensor("value");
    if (tensor) return [tensor];
    if (whole) return [{ dims: op.ints("value_ints") ? [whole.length] : [], data: Float64Array.from(whole) }];
    return Number.isNaN(real) ? null : [{ dims: [], data: Float32Array.of(real) }];
  }
  if (!first) return null;
  if (op.type === "Cast") return [casted(op, first)];
  if (op.type === "Sqrt") return [{ dims: first.dims, data: first.data.map((value) => Math.sqrt(value)) }];
  if (op.type === "Concat") return [joinedBy(op, all)];
  if (op.type === "Gather" && second) return [gatheredBy(op, first, second)];
  if (op.type === "Shape") return shapeOf(op, first.dims);
  if (op.type === "ConstantOfShape") {
    const value = op.tensor("value") ?? { dims: [1], data: Float32Array.of(0) };
    return [spread(regrouped(value, [1]), bounded(op, Array.from(first.data)))];
  }
  if (op.type === "Range" && second) {
    const [from, step] = [first.data[0] ?? 0, all[2]?.data[0] ?? 1];
    const count = Math.max(0, Math.ceil(((second.data[0] ?? 0) - from) / step));
    const { data, dims } = counted(bounded(op, [count]));
    return [{ dims, data: data.map((i) => from + i * step) }];
  }
  const sum = Object.hasOwn(sums, op.type) ? sums[op.type] : undefined;
  if (sum && second) {
    const dims = spreadDims(first.dims, second.dims);
    if (!dims) return refuse(`shapes of "${op.name}" that fit`, "others");
    const [a, b] = [spread(first, bounded(op, dims)), spread(second, dims)];
    // Whole numbers are divided without a rest.
    const isWhole = op.type === "Div" && a.data instanceof Float64Array;
    return [
      { dims, data: a.data.map((x, i) => (isWhole ? Math.trunc(x / (b.data[i] ?? 1)) : sum(x, b.data[i] ?? 0))) },
    ];
  }
  return isMove(op.type) ? moved(op, first, ints) : null;
}

/** Whole numbers or those with a point, by ONNX's numbers of types. */
function casted(op: Op, { dims, data }: Grid): Grid {
  const isReal = [1, 10, 11].includes(op.int("to", 1));
  return { dims, data: isReal ? Float32Array.from(data) : Float64Array.from(data, Math.trunc) };
}

/** The size of a tensor, or of some of its axes. */
export function shapeOf(op: Op, dims: Shape): readonly Grid[] {
  const part = dims.slice(op.int("start", 0), op.ints("end")?.[0]);
  return [{ dims: [part.length], data: Float64Array.from(part) }];
}
