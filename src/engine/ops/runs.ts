/** The gradient of gathered rows for machines of many threads, on which each row had better be one thread's: the readers are
 *  sorted by the row that they read, in several launches, and then runs of them are added up. What the result is to be, and
 *  the processor's way to it, is `gather.ts`'s. */
import mergeText from "../../shaders/merge_readers.wgsl?raw";
import runStartsText from "../../shaders/run_starts.wgsl?raw";
import sortText from "../../shaders/sort_readers.wgsl?raw";
import sumRunsText from "../../shaders/sum_runs.wgsl?raw";
import { ShapeError } from "../errors";
import type { NumericArray } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import type { TensorType } from "../graph/type";
import { apply } from "../graph/node";
import { showShape, sizeOf } from "../shape";
import { checkIndices, rowCount, rowLength } from "./gather";
import { mapKernel, part, workgroupsFor } from "./wgsl";

/** Readers that are sorted by counting, each against all others of its run. */
const FIRST_RUN = 256;
/** Runs that are merged at a time: so many bisections for each reader. */
const WAYS = 16;

/** How many rows the table has, and how long the runs are that are made (of sorting) or found (of merging). */
export type RunAttrs = { readonly rows: number; readonly run: number };

/** Sorts positions `from` to `to - 1` of `order` by row, then by reader. */
function sortRange(order: NumericArray, from: number, to: number, rowOf: (reader: number) => number): void {
  order.subarray(from, to).sort((a, b) => rowOf(a) - rowOf(b) || a - b);
}

const bounded =
  (indices: NumericArray, rows: number) =>
  (reader: number): number =>
    Math.min(indices[reader]!, rows - 1);

const sortReadersOp: Op<RunAttrs, ["indices"]> = {
  name: "sortReaders",
  rereads: true,
  type([indices]) {
    checkIndices("sortReaders", "indices", indices, 1);
    return indices;
  },
  gradient: "none",
  // A comparison with each reader of the run.
  cost: ([indices], _, { run }) => ({ flops: sizeOf(indices.shape) * Math.min(run, sizeOf(indices.shape)) }),
  cpu({ inputs: [indices], outputs: [order], attrs: { rows, run } }) {
    const rowOf = bounded(indices, rows);
    return () => {
      for (let n = 0; n < order.length; n++) order[n] = n;
      for (let from = 0; from < order.length; from += run) sortRange(order, from, from + run, rowOf);
    };
  },
  wgsl: ({ inputTypes: [indices], attrs: { rows, run } }) => ({
    inputs: [{ name: "indices" }],
    outputs: [{ name: "result" }],
    constants: { COUNT: sizeOf(indices.shape), LAST: rows - 1, RUN: run },
    parts: [part("sort_readers.wgsl", sortText)],
    workgroups: workgroupsFor(sizeOf(indices.shape)),
  }),
};

function checkOrder(where: string, indices: TensorType, order: TensorType): void {
  checkIndices(where, "indices", indices, 1);
  checkIndices(where, "order", order, 1);
  if (indices.shape[0] !== order.shape[0]) {
    throw new ShapeError(
      `${where}: expected as many readers as indices, got ${showShape(order.shape)} and ${showShape(indices.shape)}.`,
    );
  }
}

const mergeReadersOp: Op<RunAttrs, ["indices", "order"]> = {
  name: "mergeReaders",
  rereads: true,
  type([indices, order]) {
    checkOrder("mergeReaders", indices, order);
    return order;
  },
  gradient: "none",
  // A bisection in each of the other runs.
  cost: ([indices], _, { run }) => ({
    flops: sizeOf(indices.shape) * (Math.min(WAYS, Math.ceil(sizeOf(indices.shape) / run)) - 1) * Math.log2(2 * run),
  }),
  cpu({ inputs: [indices, order], outputs: [merged], attrs: { rows, run } }) {
    const rowOf = bounded(indices, rows);
    return () => {
      merged.set(order);
      for (let from = 0; from < merged.length; from += run * WAYS) sortRange(merged, from, from + run * WAYS, rowOf);
    };
  },
  wgsl: ({ inputTypes: [indices], attrs: { rows, run } }) => ({
    inputs: [{ name: "indices" }, { name: "order" }],
    outputs: [{ name: "result" }],
    constants: { COUNT: sizeOf(indices.shape), LAST: rows - 1, RUN: run, WAYS },
    parts: [part("merge_readers.wgsl", mergeText)],
    workgroups: workgroupsFor(sizeOf(indices.shape)),
  }),
};

type StartsAttrs = { readonly rows: number };

const runStartsOp: Op<StartsAttrs, ["indices", "order"]> = {
  name: "runStarts",
  rereads: true,
  type([indices, order], { rows }) {
    checkOrder("runStarts", indices, order);
    return { shape: [rows + 1], dtype: "u32" };
  },
  gradient: "none",
  cost: ([indices], _, { rows }) => ({ flops: (rows + 1) * Math.ceil(Math.log2(sizeOf(indices.shape) + 1)) }),
  cpu({ inputs: [indices, order], outputs: [starts], attrs: { rows } }) {
    const rowOf = bounded(indices, rows);
    return () => {
      let reader = 0;
      for (let row = 0; row <= rows; row++) {
        while (reader < order.length && rowOf(order[reader]!) < row) reader++;
        starts[row] = reader;
      }
    };
  },
  wgsl: ({ inputTypes: [indices], attrs: { rows } }) => ({
    inputs: [{ name: "indices" }, { name: "order" }],
    outputs: [{ name: "result" }],
    constants: { COUNT: sizeOf(indices.shape), ROWS: rows },
    parts: [part("run_starts.wgsl", runStartsText)],
    workgroups: workgroupsFor(rows + 1),
  }),
};

const sumRunsOp: Op<StartsAttrs, ["starts", "order", "dy"]> = {
  name: "sumRuns",
  type([starts, order, dy], { rows }) {
    checkIndices("sumRuns", "starts", starts, 1);
    checkIndices("sumRuns", "order", order, 1);
    if (starts.shape[0] !== rows + 1 || dy.shape[0] !== order.shape[0]) {
      throw new ShapeError(
        `sumRuns: expected starts of ${rows} rows and dy with ${order.shape[0]}, ` +
          `got ${showShape(starts.shape)} and ${showShape(dy.shape)}.`,
      );
    }
    return { shape: [rows, ...dy.shape.slice(1)], dtype: "f32" };
  },
  gradient: "none",
  cost: ([, , dy]) => ({ flops: sizeOf(dy.shape) }),
  cpu({ inputs: [starts, order, dy], outputs: [dx], inputTypes, attrs: { rows } }) {
    const length = rowLength(inputTypes[2].shape);
    return () => {
      dx.fill(0);
      for (let row = 0; row < rows; row++) {
        for (let k = starts[row]!; k < starts[row + 1]!; k++) {
          const from = order[k]! * length;
          for (let i = 0; i < length; i++) dx[row * length + i]! += dy[from + i]!;
        }
      }
    };
  },
  ...mapKernel(({ inputTypes: [, order, dy] }) => ({
    inputs: [{ name: "starts" }, { name: "order" }, { name: "dy" }],
    constants: { ROW: rowLength(dy.shape), COUNT: rowCount(order.shape) },
    parts: [part("sum_runs.wgsl", sumRunsText)],
  })),
};

/** Up to so many readers, each element of the table may as well look at all of them: one launch in place of three. */
const FEW_READERS = 32;

/** `gatherRowsGrad` spelled out in launches that each thread does little of: the readers' numbers sorted by row, runs of
 *  256 first, which are then merged sixteen at a time; where each row's readers begin; and sums in their order.
 *  @param indices `[N]` u32  @param dy `[N, ..]` f32  @param rows of the table
 *  @returns `[rows, ..]` f32, or undefined where there are so few readers that sorting them does not pay */
export function sumSorted(indices: Node, dy: Node, rows: number): Node | undefined {
  const count = rowCount(indices.shape);
  if (count <= FEW_READERS) return undefined;
  let order = apply(sortReadersOp, [indices], { rows, run: FIRST_RUN });
  for (let run = FIRST_RUN; run < count; run *= WAYS) order = apply(mergeReadersOp, [indices, order], { rows, run });
  const starts = apply(runStartsOp, [indices, order], { rows });
  return apply(sumRunsOp, [starts, order, dy], { rows });
}

/** The records behind this file's functions. */
export const runOps = {
  sortReaders: sortReadersOp,
  mergeReaders: mergeReadersOp,
  runStarts: runStartsOp,
  sumRuns: sumRunsOp,
};
