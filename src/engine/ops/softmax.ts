/** Softmax and its logarithm over the last axis. Both subtract the row maximum first, so no exponential overflows. */
import rowReduceText from "../../shaders/lib/row_reduce.wgsl?raw";
import logSoftmaxFinishText from "../../shaders/log_softmax_finish.wgsl?raw";
import shiftedExpText from "../../shaders/lib/shifted_exp.wgsl?raw";
import softmaxFinishText from "../../shaders/softmax_finish.wgsl?raw";
import softmaxRowsText from "../../shaders/softmax_rows.wgsl?raw";
import { ShapeError } from "../errors";
import type { NumericArray, ShaderPart, WgslProgram } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import type { TensorType } from "../graph/type";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { sizeOf } from "../shape";
import { exp, mul, sub } from "./pointwise";
import { sum } from "./broadcast";
import { libraryPart, nanPart, part, WORKGROUP_SIZE } from "./wgsl";

type NoAttrs = Record<string, never>;

/** `row_max` and `row_sum` over LANES threads. */
export const rowReducePart = part("lib/row_reduce.wgsl", rowReduceText);

/** One thread's row needs no other's. */
const alonePart = part(
  "(generated row)",
  "fn row_max(lane: u32, value: f32) -> f32 { return value; }\nfn row_sum(lane: u32, value: f32) -> f32 { return value; }\n",
);

/** `row_max` and `row_sum` over so many threads, without barriers where that is one. */
export const rowReduceParts = (lanes: number): readonly ShaderPart[] => [lanes === 1 ? alonePart : rowReducePart];

/** `shifted_exp`. */
export const shiftedExpPart = libraryPart("lib/shifted_exp.wgsl", shiftedExpText);

/** Rows up to this long are cheaper for one thread than a tree reduction among 64. */
const LONGEST_SERIAL_ROW = 32;

/** Rows and columns of an array whose last axis is the one worked on. */
export interface Rows {
  readonly rows: number;
  readonly columns: number;
}

/** Sees any array as rows along its last axis. */
export function rowsOf(shape: Shape): Rows {
  const columns = shape.at(-1) ?? 1;
  return { rows: sizeOf(shape) / columns, columns };
}

/** A shader that finds each row's maximum `top` and `total = sum exp(x - top)` and hands both to `finish`, a WGSL
 *  function `(row, first column, top, total)` in `finishParts` that writes every `LANES`-th column from its first. */
export function softmaxRowsProgram(
  logits: Shape,
  bindings: Pick<WgslProgram, "inputs" | "outputs">,
  finishParts: readonly ShaderPart[],
): WgslProgram {
  const { rows, columns } = rowsOf(logits);
  const lanes = columns <= LONGEST_SERIAL_ROW ? 1 : WORKGROUP_SIZE;
  return {
    ...bindings,
    constants: { ROWS: rows, COLUMNS: columns, LANES: lanes },
    parts: [
      ...rowReduceParts(lanes),
      nanPart,
      shiftedExpPart,
      ...finishParts,
      part("softmax_rows.wgsl", softmaxRowsText),
    ],
    workgroups: Math.ceil((rows * lanes) / WORKGROUP_SIZE),
  };
}

/** The largest of `columns` elements from `from`. */
export function rowMaximum(x: NumericArray, from: number, columns: number): number {
  let top = x[from]!;
  for (let i = from + 1; i < from + columns; i++) if (x[i]! > top) top = x[i]!;
  return top;
}

/** `sum exp(x - top)` over `columns` elements from `from`. */
export function sumOfExp(x: NumericArray, from: number, columns: number, top: number): number {
  let total = 0;
  for (let i = from; i < from + columns; i++) total += Math.exp(x[i]! - top);
  return total;
}

/** One op of this file: `finish` writes a result element from `x - top` and the row's total. */
function rowOp(
  name: string,
  finishElement: (below: number, total: number) => number,
  finishPart: ShaderPart,
  gradient: Op<NoAttrs, ["x"]>["gradient"],
): Op<NoAttrs, ["x"]> {
  return {
    name,
    type([x]) {
      if (x.dtype !== "f32" || x.shape.length === 0) throw expectedRows(name, x);
      return x;
    },
    gradient,
    // For each element: maximum, difference, exponential, sum, and the finish.
    cost: ([x]) => ({ flops: 5 * sizeOf(x.shape) }),
    cpu({ inputs: [x], outputs: [y], inputTypes: [{ shape }] }) {
      const { rows, columns } = rowsOf(shape);
      return () => {
        for (let from = 0; from < rows * columns; from += columns) {
          const top = rowMaximum(x, from, columns);
          const total = sumOfExp(x, from, columns, top);
          for (let i = from; i < from + columns; i++) y[i] = finishElement(x[i]! - top, total);
        }
      };
    },
    wgsl: ({ inputTypes }) =>
      softmaxRowsProgram(inputTypes[0].shape, { inputs: [{ name: "logits" }], outputs: [{ name: "result" }] }, [
        finishPart,
      ]),
  };
}

function expectedRows(where: string, { shape, dtype }: TensorType): ShapeError {
  const got = shape.length === 0 ? "a scalar" : dtype;
  return new ShapeError(`${where}: expected f32 with at least one axis, got ${got}.`);
}

const softmaxOp = rowOp(
  "softmax",
  (below, total) => Math.exp(below) / total,
  part("softmax_finish.wgsl", softmaxFinishText),
  // dx = y (dy - sum dy y)
  (y, dy) => [mul(y, sub(dy, sum(mul(dy, y), [-1], true)))],
);

const logSoftmaxOp = rowOp(
  "logSoftmax",
  (below, total) => below - Math.log(total),
  part("log_softmax_finish.wgsl", logSoftmaxFinishText),
  // dx = dy - softmax(x) sum dy
  (y, dy) => [sub(dy, mul(exp(y), sum(dy, [-1], true)))],
);

/** Probabilities along the last axis: `exp(x_j) / sum_k exp(x_k)`, computed from `x - max(x)`.
 *  @param x `[.., C]` f32  @returns the same shape  @throws ShapeError when `x` is a scalar or not f32
 *  Source: Goodfellow, Bengio, Courville 2016, section 4.1. */
export function softmax(x: Node): Node {
  return apply(softmaxOp, [x], {});
}

/** Logarithms of softmax along the last axis: `x_j - max(x) - log sum_k exp(x_k - max(x))`, finite for finite `x`.
 *  @param x `[.., C]` f32  @returns the same shape, in nats  @throws ShapeError when `x` is a scalar or not f32 */
export function logSoftmax(x: Node): Node {
  return apply(logSoftmaxOp, [x], {});
}

/** The records behind this file's functions. */
export const softmaxOps = { softmax: softmaxOp, logSoftmax: logSoftmaxOp };
