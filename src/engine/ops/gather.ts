/** Ops that look things up by index: rows, batches of a resident dataset, one-hot codes, and the index of a maximum.
 *  Indices are u32. One that points beyond the end is the caller's mistake; it reads the last row, never outside. */
import argMaxLongText from "../../shaders/arg_max_long.wgsl?raw";
import argMaxText from "../../shaders/arg_max.wgsl?raw";
import gatherRowsText from "../../shaders/gather_rows.wgsl?raw";
import gatherRowsGradText from "../../shaders/gather_rows_grad.wgsl?raw";
import oneHotText from "../../shaders/one_hot.wgsl?raw";
import { ArgumentError, ShapeError } from "../errors";
import type { ShaderPart, WgslArgs, WgslElement } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import { elementBytes, isPacked, type Attrs, type DType, type Operands, type TensorType } from "../graph/type";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { dimensionOf, normalizeAxes, showShape, sizeOf } from "../shape";
import { checkFloats } from "./checks";
import { f32Literal, mapKernel, nanPart, part, workgroupsFor } from "./wgsl";

type NoAttrs = Record<string, never>;

/** Rows of a table: what the first axis counts. */
export const rowCount = (shape: Shape): number => dimensionOf(shape, 0);

/** Elements of a row: of whatever the first axis counts. */
export function rowLength(shape: Shape): number {
  return sizeOf(shape.slice(1));
}

function checkTable(where: string, { shape, dtype }: TensorType): void {
  if (shape.length === 0) throw new ShapeError(`${where}: expected rows to choose from, got a ${dtype} scalar.`);
}

/** Throws unless these are row numbers: a u32 vector, or a scalar for rank 0. @throws ShapeError naming what came */
export function checkIndices(where: string, name: string, { shape, dtype }: TensorType, rank: 0 | 1): void {
  if (dtype !== "u32" || shape.length !== rank) {
    const expected = rank === 1 ? "u32 [N]" : "a u32 scalar";
    throw new ShapeError(`${where}: expected ${name} to be ${expected}, got ${dtype} ${showShape(shape)}.`);
  }
}

/** WGSL for rows of `data`: where each starts, and its elements. `source` is the row of `data` that row n shows. */
function rowParts(from: DType, to: DType, source: string, scale: number): ShaderPart[] {
  const value = (from === "f32" ? "f32" : "u32") === to ? "data(i)" : `${to}(data(i))`;
  const scaled = scale === 1 ? value : `${value} * ${f32Literal(scale)}`;
  return [
    part("gather_rows.wgsl source", `fn source(n: u32) -> u32 { return ${source}; }`),
    part("gather_rows.wgsl", gatherRowsText),
    part("gather_rows.wgsl value", `fn value(i: u32) -> ${to} { return ${scaled}; }`),
  ];
}

/** The WGSL half of a kernel whose output is rows of its input 0. */
function rowKernel<A extends Attrs, In extends Operands>(rows: (args: WgslArgs<A, In, ["result"]>) => WgslElement) {
  const element = (args: WgslArgs<A, In, ["result"]>): WgslElement => {
    const { dtype } = args.outputTypes[0];
    const text = `fn element(i: u32) -> ${dtype} { return value(start(i / ROW) + i % ROW); }`;
    const { parts, ...rest } = rows(args);
    return { ...rest, parts: [...parts, part("gather_rows.wgsl element", text)] };
  };
  return { rows, ...mapKernel(element) };
}

/** Only the rows that are taken are read, not the whole table; and the row numbers. */
function takenBytes(table: TensorType, taken: TensorType): number {
  return sizeOf(taken.shape) * elementBytes(table.dtype) + 4 * rowCount(taken.shape);
}

const gatherRowsOp: Op<NoAttrs, ["x", "indices"]> = {
  name: "gatherRows",
  type([x, indices]) {
    checkTable("gatherRows", x);
    checkIndices("gatherRows", "indices", indices, 1);
    return { shape: [rowCount(indices.shape), ...x.shape.slice(1)], dtype: isPacked(x.dtype) ? "f32" : x.dtype };
  },
  gradient: ({ inputs: [x, indices] }, dy) => [
    x.dtype === "f32" ? apply(gatherRowsGradOp, [indices, dy], { rows: rowCount(x.shape) }) : null,
    null,
  ],
  isSpread: ([x, indices]) => rowCount(x.shape) < rowCount(indices.shape),
  cost: ([x], [y]) => ({ flops: 0, bytesRead: takenBytes(x, y) }),
  cpu({ inputs: [x, indices], outputs: [y], inputTypes }) {
    const last = rowCount(inputTypes[0].shape) - 1;
    const count = rowCount(inputTypes[1].shape);
    const length = rowLength(inputTypes[0].shape);
    return () => {
      for (let n = 0, to = 0; n < count; n++) {
        const from = Math.min(indices[n]!, last) * length;
        for (let i = from; i < from + length; i++, to++) y[to] = x[i]!;
      }
    };
  },
  ...rowKernel<NoAttrs, ["data", "indices"]>(({ inputTypes: [data], outputTypes }) => ({
    inputs: [{ name: "data" }, { name: "indices" }],
    constants: { ROW: rowLength(data.shape), LAST: rowCount(data.shape) - 1 },
    parts: rowParts(data.dtype, outputTypes[0].dtype, "indices(n)", 1),
  })),
};

type GatherGradAttrs = { readonly rows: number };

const gatherRowsGradOp: Op<GatherGradAttrs, ["indices", "dy"]> = {
  name: "gatherRowsGrad",
  type([indices, dy], { rows }) {
    checkIndices("gatherRowsGrad", "indices", indices, 1);
    if (dy.shape[0] !== indices.shape[0]) {
      throw new ShapeError(
        `gatherRowsGrad: expected dy with ${indices.shape[0]} rows, one per index, got ${showShape(dy.shape)}.`,
      );
    }
    return { shape: [rows, ...dy.shape.slice(1)], dtype: "f32" };
  },
  gradient: "none",
  cost: ([, dy]) => ({ flops: sizeOf(dy.shape) }),
  cpu({ inputs: [indices, dy], outputs: [dx], inputTypes, attrs: { rows } }) {
    const count = rowCount(inputTypes[0].shape);
    const length = rowLength(inputTypes[1].shape);
    return () => {
      dx.fill(0);
      for (let n = 0, from = 0; n < count; n++) {
        const to = Math.min(indices[n]!, rows - 1) * length;
        for (let i = to; i < to + length; i++, from++) dx[i]! += dy[from]!;
      }
    };
  },
  wgsl({ inputTypes, outputTypes, attrs: { rows } }) {
    const { shape } = outputTypes[0];
    return {
      inputs: [{ name: "indices" }, { name: "dy" }],
      outputs: [{ name: "result" }],
      constants: {
        SIZE: sizeOf(shape),
        ROW: rowLength(shape),
        COUNT: rowCount(inputTypes[0].shape),
        LAST: rows - 1,
      },
      parts: [part("gather_rows_grad.wgsl", gatherRowsGradText)],
      workgroups: workgroupsFor(sizeOf(shape)),
    };
  },
};

/** Rows by number: `y[n, ..] = x[indices[n], ..]`. Its gradient adds up what each row's readers pass back, in order.
 *  @param x `[R, ..]` f32, u32, u16 or u8; the last two come out as f32  @param indices `[N]` u32, each below R
 *  @returns `[N, ..]`  @throws ShapeError when `x` has no rows or the indices are not a u32 vector */
export function gatherRows(x: Node, indices: Node): Node {
  return apply(gatherRowsOp, [x, indices], {});
}

/** What a batch takes of its dataset: how many rows, what to multiply f32 values by, and the type of the result. */
export type BatchOptions = { readonly count: number; readonly scale?: number; readonly dtype?: "f32" | "u32" };

type BatchAttrs = { readonly count: number; readonly scale: number; readonly dtype: "f32" | "u32" };

const batchRowsOp: Op<BatchAttrs, ["data", "order", "offset"]> = {
  name: "batchRows",
  type([data, order, offset], { count, scale, dtype }) {
    checkTable("batchRows", data);
    checkIndices("batchRows", "order", order, 1);
    checkIndices("batchRows", "offset", offset, 0);
    if (!Number.isInteger(count) || count < 1) {
      throw new ArgumentError(`batchRows: expected a count of 1 or more, got ${count}.`);
    }
    if (!Number.isFinite(scale)) throw new ArgumentError(`batchRows: expected a finite scale, got ${scale}.`);
    if (dtype === "u32" && (scale !== 1 || data.dtype === "f32")) {
      throw new ArgumentError(
        `batchRows: expected whole numbers and scale 1 for a u32 result, got ${data.dtype} and scale ${scale}.`,
      );
    }
    return { shape: [count, ...data.shape.slice(1)], dtype };
  },
  gradient: "none",
  cost: ([data], [y], { scale }) => ({
    flops: scale === 1 ? 0 : sizeOf(y.shape),
    bytesRead: takenBytes(data, y),
  }),
  cpu({ inputs: [data, order, offset], outputs: [y], inputTypes, attrs: { count, scale } }) {
    const last = rowCount(inputTypes[0].shape) - 1;
    const lastInOrder = rowCount(inputTypes[1].shape) - 1;
    const length = rowLength(inputTypes[0].shape);
    return () => {
      for (let n = 0, to = 0; n < count; n++) {
        const from = Math.min(order[Math.min(offset[0]! + n, lastInOrder)]!, last) * length;
        for (let i = from; i < from + length; i++, to++) y[to] = data[i]! * scale;
      }
    };
  },
  ...rowKernel<BatchAttrs, ["data", "order", "offset"]>(({ inputTypes: [data, order], attrs: { scale, dtype } }) => ({
    inputs: [{ name: "data" }, { name: "order" }, { name: "offset" }],
    constants: { ROW: rowLength(data.shape), LAST: rowCount(data.shape) - 1 },
    parts: rowParts(data.dtype, dtype, `order(min(offset(0u) + n, ${rowCount(order.shape) - 1}u))`, scale),
  })),
};

/** A batch of a resident dataset: `y[i, ..] = data[order[min(offset + i, total - 1)], ..] * scale`. Past the end of
 *  `order` the last row is repeated: the caller masks those.
 *  @param data `[R, ..]` u8, u16, u32 or f32  @param order `[total]` u32, row numbers  @param offset `[]` u32
 *  @returns `[count, ..]` f32, or u32 unscaled, as labels are
 *  @throws ShapeError when an input does not fit  @throws ArgumentError for u32 results of f32 data or with a scale */
export function batchRows(data: Node, order: Node, offset: Node, { count, scale, dtype }: BatchOptions): Node {
  return apply(batchRowsOp, [data, order, offset], { count, scale: scale ?? 1, dtype: dtype ?? "f32" });
}

type OneHotAttrs = { readonly depth: number };

const oneHotOp: Op<OneHotAttrs, ["indices"]> = {
  name: "oneHot",
  type([indices], { depth }) {
    if (indices.dtype !== "u32") throw new ShapeError(`oneHot: expected u32 indices, got ${indices.dtype}.`);
    if (!Number.isInteger(depth) || depth < 1) {
      throw new ArgumentError(`oneHot: expected a depth of 1 or more, got ${depth}.`);
    }
    return { shape: [...indices.shape, depth], dtype: "f32" };
  },
  gradient: "none",
  cost: () => ({ flops: 0 }),
  cpu({ inputs: [indices], outputs: [y], inputTypes, attrs: { depth } }) {
    const count = sizeOf(inputTypes[0].shape);
    return () => {
      y.fill(0);
      for (let n = 0; n < count; n++) if (indices[n]! < depth) y[n * depth + indices[n]!] = 1;
    };
  },
  ...mapKernel<OneHotAttrs>(({ attrs: { depth } }) => ({
    inputs: [{ name: "indices" }],
    constants: { DEPTH: depth },
    parts: [part("one_hot.wgsl", oneHotText)],
  })),
};

/** `y[.., c] = 1` where `indices[..]` is c, else 0. An index of `depth` or more gives zeros.
 *  @param indices any shape, u32  @returns `[.., depth]` f32  @throws ShapeError when the indices are not u32 */
export function oneHot(indices: Node, depth: number): Node {
  return apply(oneHotOp, [indices], { depth });
}

type ArgMaxAttrs = { readonly axis: number };

/** From this many elements on, the threads of a workgroup look for the largest together. */
const MIN_SHARED = 256;

const argMaxOp: Op<ArgMaxAttrs, ["x"]> = {
  name: "argMax",
  type([x], { axis }) {
    checkFloats("argMax", [x]);
    return { shape: x.shape.filter((_, k) => k !== axis), dtype: "u32" };
  },
  gradient: "none",
  // A comparison for each element.
  cost: ([x]) => ({ flops: sizeOf(x.shape) }),
  cpu({ inputs: [x], outputs: [y], inputTypes, attrs: { axis } }) {
    const { shape } = inputTypes[0];
    const along = dimensionOf(shape, axis);
    const inner = sizeOf(shape.slice(axis + 1));
    const results = sizeOf(shape) / along;
    return () => {
      for (let i = 0; i < results; i++) {
        const first = Math.floor(i / inner) * along * inner + (i % inner);
        let best = 0;
        let top = x[first]!;
        for (let k = 1; k < along; k++) {
          const next = x[first + k * inner]!;
          if (next > top || (Number.isNaN(next) && !Number.isNaN(top))) {
            best = k;
            top = next;
          }
        }
        y[i] = best;
      }
    };
  },
  wgsl({ inputTypes, outputTypes, attrs: { axis }, dearBarriers = false }) {
    const { shape } = inputTypes[0];
    const size = sizeOf(outputTypes[0].shape);
    const along = dimensionOf(shape, axis);
    const isShared = along >= MIN_SHARED && !dearBarriers;
    return {
      inputs: [{ name: "x" }],
      outputs: [{ name: "result" }],
      constants: { SIZE: size, ALONG: along, INNER: sizeOf(shape.slice(axis + 1)) },
      parts: [nanPart, isShared ? part("arg_max_long.wgsl", argMaxLongText) : part("arg_max.wgsl", argMaxText)],
      workgroups: isShared ? size : workgroupsFor(size),
    };
  },
};

/** The index of the largest element along an axis, the first of equals, or of the first NaN, as NumPy's `argmax`.
 *  @param x f32  @param axis counted from the end when negative  @returns `x`'s shape without the axis, u32
 *  @throws ArgumentError when there is no such axis */
export function argMax(x: Node, axis = -1): Node {
  const [only] = normalizeAxes("argMax", x.shape.length, [axis]);
  return apply(argMaxOp, [x], { axis: only });
}

/** The records behind this file's functions. */
export const gatherOps = {
  gatherRows: gatherRowsOp,
  gatherRowsGrad: gatherRowsGradOp,
  batchRows: batchRowsOp,
  oneHot: oneHotOp,
  argMax: argMaxOp,
};
