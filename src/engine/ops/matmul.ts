/** Matrix product of plain matrices, single or batched. */
import matrixText from "../../shaders/lib/gemm_matrix.wgsl?raw";
import foursText from "../../shaders/lib/gemm_matrix_fours.wgsl?raw";
import { ShapeError } from "../errors";
import type { Node, Op } from "../graph/node";
import type { Each, TensorType } from "../graph/type";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { broadcastShapes, broadcastStrides, dimensionOf, showShape, sizeOf } from "../shape";
import { sumTo } from "./broadcast";
import { checkFloats } from "./checks";
import { gemmKernel, steps } from "./gemm";
import type { Along, GemmInputs, GemmSpec } from "./gemmSpec";
import { foursOfBPart } from "./gemmShader";
import { offsetTable } from "./program";
import { part, stridedIndex } from "./wgsl";

/** Which operands are taken transposed (their last two axes swapped). */
export type MatmulOptions = { readonly transposeA: boolean; readonly transposeB: boolean };

interface Operand {
  readonly lead: Shape;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
  /** Whether its stored rows are its columns. */
  readonly transposed: boolean;
}

function operand({ shape }: TensorType, transposed: boolean): Operand {
  const height = dimensionOf(shape, -2);
  const width = dimensionOf(shape, -1);
  const lead = shape.slice(0, -2);
  return transposed
    ? { lead, rows: width, columns: height, rowStride: 1, columnStride: width, transposed }
    : { lead, rows: height, columns: width, rowStride: width, columnStride: 1, transposed };
}

function matmulSpec([a, b]: Each<GemmInputs, TensorType>, { transposeA, transposeB }: MatmulOptions): GemmSpec {
  const left = operand(a, transposeA);
  const right = operand(b, transposeB);
  const lead = broadcastShapes("matmul", left.lead, right.lead);
  const batchStrides = ({ lead: own, rows, columns }: Operand): number[] =>
    broadcastStrides(own, lead).map((stride) => stride * rows * columns);
  const batchOffset = (side: Operand): string => stridedIndex("batch", lead, batchStrides(side));
  const alongA = along(left.rowStride, left.columnStride);
  const alongB = along(right.columnStride, right.rowStride);
  return {
    size: { batch: sizeOf(lead), m: left.rows, n: right.columns, k: left.columns },
    cpu: () => ({
      a: {
        batches: offsetTable(lead, batchStrides(left)),
        rows: steps(left.rows, left.rowStride),
        columns: steps(left.columns, left.columnStride),
      },
      b: {
        batches: offsetTable(lead, batchStrides(right)),
        rows: steps(right.rows, right.rowStride),
        columns: steps(right.columns, right.columnStride),
      },
    }),
    wgsl: {
      loaders: [
        part(
          "(generated lines)",
          aLines(left, batchOffset(left)) + `fn batch_b(batch: u32) -> u32 { return ${batchOffset(right)}; }\n`,
        ),
        part("lib/gemm_matrix.wgsl", matrixText),
      ],
      constants: { B_ROW: right.rowStride, B_COLUMN: right.columnStride },
      ...(isSamples(left) && { sample: Math.max(left.rowStride, left.columnStride) }),
      ...(alongA && { foursOfA: { along: alongA, loader: foursPart } }),
      ...(alongB && { foursOfB: { along: alongB, loader: foursOfBPart } }),
    },
  };
}

const foursPart = part("lib/gemm_matrix_fours.wgsl", foursText);

/** Which way fours lie in a matrix, given how far apart neighbouring lines are, and neighbours on a line. */
function along(lineStride: number, step: number): Along | undefined {
  if (Math.max(lineStride, step) % 4 !== 0) return undefined;
  return step === 1 ? "k" : "lines";
}

/** Whether A is one matrix, whose stored rows are then its samples. */
const isSamples = ({ lead }: Operand): boolean => lead.length === 0;

/** WGSL for where a line of A starts, and how far along it element k is. */
function aLines(a: Operand, batchOffset: string): string {
  // Not told by the strides, since both are 1 where a sample is one number.
  const at = (index: string, stride: number, areStored: boolean): string =>
    isSamples(a) && areStored ? `a_start(${index})` : `${index} * ${stride}u`;
  const offset = isSamples(a) ? "" : `${batchOffset} + `;
  return (
    `fn a_line(batch: u32, row: u32) -> u32 { return ${offset}${at("row", a.rowStride, !a.transposed)}; }\n` +
    `fn a_along(k: u32) -> u32 { return ${at("k", a.columnStride, a.transposed)}; }\n`
  );
}

const matmulOp: Op<MatmulOptions, ["a", "b"]> = {
  ...gemmKernel("matmul", matmulSpec),
  type: ([a, b], { transposeA, transposeB }) => {
    checkFloats("matmul", [a, b]);
    if (a.shape.length < 2 || b.shape.length < 2) {
      throw new ShapeError(
        `matmul: expected two matrices, got ${showShape(a.shape)} and ${showShape(b.shape)}. Reshape vectors first.`,
      );
    }
    const left = operand(a, transposeA);
    const right = operand(b, transposeB);
    if (left.columns !== right.rows) {
      const say = (side: Operand, transposed: boolean): string =>
        `${showShape([...side.lead, side.rows, side.columns])}${transposed ? " (transposed)" : ""}`;
      throw new ShapeError(
        `matmul: expected the columns of A to match the rows of B, ` +
          `got ${say(left, transposeA)} and ${say(right, transposeB)}.`,
      );
    }
    const lead = broadcastShapes("matmul", left.lead, right.lead);
    return { shape: [...lead, left.rows, right.columns], dtype: "f32" };
  },
  gradient: ({ inputs: [a, b], attrs: { transposeA, transposeB } }, dy) => {
    // d(A B) = dA B + A dB, written for stored rather than transposed operands.
    const da = transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB);
    const db = transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false);
    return [sumTo(da, a.shape), sumTo(db, b.shape)];
  },
};

function product(a: Node, b: Node, transposeA: boolean, transposeB: boolean): Node {
  return apply(matmulOp, [a, b], { transposeA, transposeB });
}

/** Matrix product `C[.., i, j] = sum_k A[.., i, k] B[.., k, j]`.
 *  @param a `[.., M, K]` f32, or `[.., K, M]` with `transposeA`
 *  @param b `[.., K, N]` f32, or `[.., N, K]` with `transposeB`
 *  @returns `[.., M, N]` f32; leading axes broadcast  @throws ShapeError when the two K differ. */
export function matmul(a: Node, b: Node, options: Partial<MatmulOptions> = {}): Node {
  return product(a, b, options.transposeA ?? false, options.transposeB ?? false);
}

/** The records behind this file's functions. */
export const matmulOps = { matmul: matmulOp };
