/** Numbers in rows and columns of any number of axes, and what moves them about without changing one. */
import { type Shape, sizeOf, stridesOf } from "../../shape";

type Numbers = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Weights in single precision; whole numbers and places in double. */
export interface Grid {
  readonly dims: Shape;
  readonly data: Numbers;
}

const blank = (like: Numbers, length: number): Numbers =>
  like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);

/** Whole numbers from 0, in order. */
export const counted = (dims: Shape): Grid => ({
  dims,
  data: Float64Array.from({ length: sizeOf(dims) }, (_, i) => i),
});

/** What lies at these steps from a place. */
function strided({ data }: Grid, dims: Shape, steps: readonly number[], from = 0): Grid {
  const made = blank(data, sizeOf(dims));
  const place = dims.map(() => 0);
  let at = from;
  for (let i = 0; i < made.length; i++) {
    made[i] = data[at] ?? 0;
    for (let k = dims.length - 1; k >= 0; k--) {
      at += steps[k] ?? 0;
      if (++place[k]! < (dims[k] ?? 1)) break;
      at -= (steps[k] ?? 0) * (dims[k] ?? 1);
      place[k] = 0;
    }
  }
  return { dims, data: made };
}

/** The same numbers in other axes, of which there are as many. */
export const regrouped = ({ data }: Grid, dims: Shape): Grid => ({ dims, data });

/** Axis k is what axis `axes[k]` was. */
export function turned(grid: Grid, axes: readonly number[]): Grid {
  const steps = stridesOf(grid.dims);
  return strided(
    grid,
    axes.map((axis) => grid.dims[axis] ?? 1),
    axes.map((axis) => steps[axis] ?? 0),
  );
}

/** A part of an axis: so many numbers, by steps from the first. */
export function sliced(grid: Grid, axis: number, first: number, count: number, step = 1): Grid {
  const steps = stridesOf(grid.dims);
  const own = steps[axis] ?? 0;
  return strided(
    grid,
    grid.dims.with(axis, count),
    steps.map((each, k) => (k === axis ? own * step : each)),
    first * own,
  );
}

/** Repeated along axes of one, and along new ones before all. */
export function spread(grid: Grid, dims: Shape): Grid {
  const steps = stridesOf(grid.dims);
  const lead = dims.length - grid.dims.length;
  return strided(
    grid,
    dims,
    dims.map((_, k) => (k < lead || grid.dims[k - lead] === 1 ? 0 : (steps[k - lead] ?? 0))),
  );
}

/** One after the other along an axis. */
export function joined(grids: readonly Grid[], axis: number): Grid {
  const [first] = grids;
  if (!first) return { dims: [0], data: new Float64Array() };
  const dims = first.dims.with(
    axis,
    grids.reduce((sum, each) => sum + (each.dims[axis] ?? 1), 0),
  );
  const data = blank(first.data, sizeOf(dims));
  const rows = sizeOf(dims.slice(0, axis));
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (const each of grids) {
      const length = each.data.length / rows;
      data.set(each.data.subarray(row * length, (row + 1) * length), at);
      at += length;
    }
  }
  return { dims, data };
}

/** Entries of an axis, by their places. */
export const gathered = (grid: Grid, axis: number, places: readonly number[]): Grid =>
  joined(
    places.map((place) => sliced(grid, axis, place, 1)),
    axis,
  );

/** The size of what several are repeated to; null where they do not fit. */
export function spreadDims(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length);
  const dims: number[] = [];
  for (let back = rank; back > 0; back--) {
    const [one, other] = [a.at(-back) ?? 1, b.at(-back) ?? 1];
    if (one !== other && one !== 1 && other !== 1) return null;
    dims.push(one === 1 ? other : one);
  }
  return dims;
}

/** Whether the numbers are the same, in the same axes. */
export const sameGrid = (a: Grid, b: Grid): boolean =>
  a.dims.length === b.dims.length &&
  a.dims.every((dim, k) => dim === b.dims[k]) &&
  a.data.every((value, i) => value === b.data[i]);
