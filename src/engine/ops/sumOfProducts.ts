/** A sum of matrix products as one product: where the operands of all lie in two tensors, K runs through them one after the other. */
import foursText from "../../shaders/lib/gemm_matrix_fours.wgsl?raw";
import sumText from "../../shaders/lib/gemm_sum.wgsl?raw";
import { ShapeError } from "../errors";
import type { MatrixView } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { showShape, sizeOf } from "../shape";
import { checkFloats } from "./checks";
import { gemmKernel } from "./gemm";
import type { Along, GemmSpec } from "./gemmSpec";
import { foursOfBPart } from "./gemmShader";
import { part } from "./wgsl";

/** Where the operands lie in their tensors, in elements: the first matrix from `at` on, and the others `next` apart. Lines are rows of
 *  A and columns of B, `line` apart; along K elements are `along` apart. */
export type Lines = { readonly at: number; readonly next: number; readonly line: number; readonly along: number };

/** `count` products of `[m, depth]` and `[depth, n]`. */
export type SumAttrs = {
  readonly count: number;
  readonly m: number;
  readonly n: number;
  readonly depth: number;
  readonly a: Lines;
  readonly b: Lines;
  /** Of the result: of `m n` elements. */
  readonly shape: Shape;
};

function viewOf(
  { at, next, line, along }: Lines,
  lines: number,
  { count, depth }: SumAttrs,
  isLeft: boolean,
): MatrixView {
  const sides = {
    lines: Uint32Array.from({ length: lines }, (_, i) => i * line),
    steps: Uint32Array.from({ length: count * depth }, (_, k) => Math.floor(k / depth) * next + (k % depth) * along),
  };
  const [rows, columns] = isLeft ? [sides.lines, sides.steps] : [sides.steps, sides.lines];
  return { batches: Uint32Array.of(at), rows, columns };
}

/** Which way fours lie, if they do wherever a matrix begins. */
function foursAlong({ at, next, line, along }: Lines, lines: number, depth: number): Along | undefined {
  if (at % 4 !== 0 || next % 4 !== 0) return undefined;
  if (along === 1 && line % 4 === 0 && depth % 4 === 0) return "k";
  return line === 1 && along % 4 === 0 && lines % 4 === 0 ? "lines" : undefined;
}

const foursOfAPart = part("lib/gemm_matrix_fours.wgsl", foursText);

function specOf(attrs: SumAttrs): GemmSpec {
  const { count, m, n, depth, a, b } = attrs;
  const alongA = foursAlong(a, m, depth);
  const alongB = foursAlong(b, n, depth);
  return {
    size: { batch: 1, m, n, k: count * depth },
    cpu: () => ({ a: viewOf(a, m, attrs, true), b: viewOf(b, n, attrs, false) }),
    wgsl: {
      loaders: [part("lib/gemm_sum.wgsl", sumText)],
      constants: {
        ...{ DEPTH: depth, A_AT: a.at, A_NEXT: a.next, A_ROW: a.line, A_ALONG: a.along },
        ...{ B_AT: b.at, B_NEXT: b.next, B_COLUMN: b.line, B_ALONG: b.along },
      },
      ...(alongA && { foursOfA: { along: alongA, loader: foursOfAPart } }),
      ...(alongB && { foursOfB: { along: alongB, loader: foursOfBPart } }),
    },
  };
}

/** `C[i, j] = sum_p sum_k A_p[i, k] B_p[k, j]`, in a shape of as many elements. The compiler makes them, and nobody else. */
const sumOfProductsOp: Op<SumAttrs, ["a", "b"]> = {
  ...gemmKernel<SumAttrs>("sumOfProducts", (_, attrs) => specOf(attrs)),
  type([a, b], attrs) {
    checkFloats("sumOfProducts", [a, b]);
    const { count, m, n, depth } = attrs;
    const end = ({ at, next, line, along }: Lines, lines: number): number =>
      at + (count - 1) * next + (lines - 1) * line + (depth - 1) * along + 1;
    if (end(attrs.a, m) > sizeOf(a.shape) || end(attrs.b, n) > sizeOf(b.shape)) {
      throw new ShapeError(
        `sumOfProducts: expected tensors of at least ${end(attrs.a, m)} and ${end(attrs.b, n)} elements, ` +
          `got ${showShape(a.shape)} and ${showShape(b.shape)}.`,
      );
    }
    if (sizeOf(attrs.shape) !== m * n) {
      throw new ShapeError(`sumOfProducts: expected a shape of ${m * n} elements, got ${showShape(attrs.shape)}.`);
    }
    return { shape: attrs.shape, dtype: "f32" };
  },
  gradient: "none",
};

/** Applies it. @param a, b tensors of f32 that hold all matrices  @throws ShapeError where they are too small */
export function sumOfProducts(a: Node, b: Node, attrs: SumAttrs): Node {
  return apply(sumOfProductsOp, [a, b], attrs);
}

/** The record behind this file's function. */
export const sumOfProductsOps = { sumOfProducts: sumOfProductsOp };
