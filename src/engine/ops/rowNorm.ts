/** Normalization of rows by their own moments, as one kernel each way: a row is read where its moments are found. Normalization over
 *  other axes is composed in `groupNorm.ts`. */
import gradText from "../../shaders/normalize_rows_grad.wgsl?raw";
import rowsText from "../../shaders/normalize_rows.wgsl?raw";
import { ArgumentError, ShapeError } from "../errors";
import type { NumericArray, WgslArgs, WgslProgram } from "../graph/kernel";
import type { Kernel, Node, Op, RowWalk } from "../graph/node";
import type { TensorType } from "../graph/type";
import { apply } from "../graph/node";
import { dimensionOf, sameShape, showShape, sizeOf } from "../shape";
import { checkFloats } from "./checks";
import { rowReduceParts, rowsOf } from "./softmax";
import { f32Literal, part, WORKGROUP_SIZE } from "./wgsl";

/** Whether a row's mean is taken away first, and what is added to its variance. */
export type RowNormOptions = { readonly center: boolean; readonly epsilon: number };

/** Without `center` only the scale is brought to 1, as RMS normalization does. */
type GradAttrs = Pick<RowNormOptions, "center">;

function checkRows(where: string, x: TensorType, { epsilon }: RowNormOptions): void {
  checkFloats(where, [x]);
  if (x.shape.length === 0) throw new ShapeError(`${where}: expected rows [.., C], got ${showShape(x.shape)}.`);
  if (!(epsilon > 0)) throw new ArgumentError(`${where}: expected epsilon above 0, got ${epsilon}.`);
}

/** Fewer elements of a row than this for each of the threads that share it cost more than they save. */
const ELEMENTS_A_THREAD = 4;

const walksRows = (types: readonly [TensorType, ...TensorType[]]): RowWalk => ({
  rows: rowsOf(types[0].shape).rows,
  inRows: types.map(() => true),
});

/** A shader in which so many threads share a row that each has a few of its elements; alone where barriers are dear. */
function rowProgram<A extends GradAttrs>(
  { inputTypes, attrs, dearBarriers = false, ...args }: WgslArgs<A, ["x", ...string[]]>,
  program: Pick<WgslProgram, "inputs" | "outputs" | "parts"> & { readonly constants?: WgslProgram["constants"] },
): WgslProgram {
  const { rows, columns } = rowsOf(inputTypes[0].shape);
  const share = 2 ** Math.floor(Math.log2(Math.max(1, columns / ELEMENTS_A_THREAD)));
  const lanes = args.lanes ?? (dearBarriers ? 1 : Math.min(WORKGROUP_SIZE, share));
  return {
    ...program,
    lanes,
    constants: { ...program.constants, ROWS: rows, COLUMNS: columns, LANES: lanes, CENTER: attrs.center ? 1 : 0 },
    parts: [...rowReduceParts(lanes), ...program.parts],
    workgroups: Math.ceil((rows * lanes) / WORKGROUP_SIZE),
  };
}

const stores = { scale: "set_scale(row, value);", normal: "set_normal(i, value);", given: "set_given(i, value);" };

/** The shader that stores what there is an output for. */
function normalizeProgram(
  args: WgslArgs<RowNormOptions, ["x"], readonly string[]>,
  outputs: readonly (keyof typeof stores)[],
): WgslProgram {
  const store = (name: keyof typeof stores): string => (outputs.includes(name) ? stores[name] : "");
  const text =
    `fn store_scale(row: u32, value: f32) { ${store("scale")} }\n` +
    `fn store_normal(i: u32, value: f32) { ${store("normal")} }\n` +
    `fn store_given(i: u32, value: f32) { ${store("given")} }\n`;
  return rowProgram(args, {
    inputs: [{ name: "x" }],
    outputs: outputs.map((name) => ({ name })),
    constants: { EPSILON: f32Literal(args.attrs.epsilon) },
    parts: [part("(generated stores)", text), part("normalize_rows.wgsl", rowsText)],
  });
}

/** Mean and `1 / sqrt(variance + epsilon)` of the elements from `from`. */
function rowMoments(x: NumericArray, from: number, columns: number, { center, epsilon }: RowNormOptions) {
  let [mean, squares] = [0, 0];
  if (center) for (let i = from; i < from + columns; i++) mean += x[i]! / columns;
  for (let i = from; i < from + columns; i++) squares += (x[i]! - mean) ** 2;
  return { mean, scale: 1 / Math.sqrt(squares / columns + epsilon) };
}

function normalizeOnCpu(
  x: NumericArray,
  type: TensorType,
  options: RowNormOptions,
  { scale, normal }: { readonly scale?: NumericArray; readonly normal?: NumericArray },
): () => void {
  const { rows, columns } = rowsOf(type.shape);
  return () => {
    for (let row = 0; row < rows; row++) {
      const from = row * columns;
      const found = rowMoments(x, from, columns, options);
      if (scale) scale[row] = found.scale;
      if (!normal) continue;
      for (let i = from; i < from + columns; i++) normal[i] = (x[i]! - found.mean) * found.scale;
    }
  };
}

const rowScaleOp: Op<RowNormOptions, ["x"]> = {
  name: "rowScale",
  type: ([x], attrs) => {
    checkRows("rowScale", x, attrs);
    return { shape: [...x.shape.slice(0, -1), 1], dtype: "f32" };
  },
  gradient: "none",
  cost: ([x]) => ({ flops: 4 * sizeOf(x.shape) }),
  cpu: ({ inputs: [x], outputs: [scale], inputTypes: [type], attrs }) => normalizeOnCpu(x, type, attrs, { scale }),
  wgsl: (args) => normalizeProgram(args, ["scale"]),
};

/** Scales and normalized rows in one pass. */
const withScale: Kernel<RowNormOptions, ["x"], ["scale", "normal"]> = {
  name: "normalizeRowsWithScale",
  rereads: true,
  walksRows,
  storingInput: () => withScaleAndRows,
  cost: ([x]) => ({ flops: 6 * sizeOf(x.shape) }),
  cpu: ({ inputs: [x], outputs: [scale, normal], inputTypes: [type], attrs }) =>
    normalizeOnCpu(x, type, attrs, { scale, normal }),
  wgsl: (args) => normalizeProgram(args, ["scale", "normal"]),
};

/** These, and the rows as they were given. */
const withScaleAndRows: Kernel<RowNormOptions, ["x"], ["scale", "normal", "given"]> = {
  name: "normalizeRowsWithScaleAndRows",
  rereads: true,
  walksRows,
  cost: ([x]) => ({ flops: 6 * sizeOf(x.shape) }),
  cpu({ inputs: [x], outputs: [scale, normal, given], inputTypes: [type], attrs }) {
    const normalize = normalizeOnCpu(x, type, attrs, { scale, normal });
    return () => {
      given.set(x);
      normalize();
    };
  },
  wgsl: (args) => normalizeProgram(args, ["scale", "normal", "given"]),
};

const normalizeRowsOp: Op<RowNormOptions, ["x"]> = {
  name: "normalizeRows",
  rereads: true,
  walksRows,
  type: ([x], attrs) => {
    checkRows("normalizeRows", x, attrs);
    return { shape: x.shape, dtype: "f32" };
  },
  gradient: (node, dy) => {
    const scale = apply(rowScaleOp, node.inputs, node.attrs);
    return [apply(normalizeRowsGradOp, [dy, node as Node, scale], { center: node.attrs.center })];
  },
  sharesPass: { with: rowScaleOp.name, kernel: withScale as Kernel<RowNormOptions> },
  cost: ([x]) => ({ flops: 6 * sizeOf(x.shape) }),
  cpu: ({ inputs: [x], outputs: [normal], inputTypes: [type], attrs }) => normalizeOnCpu(x, type, attrs, { normal }),
  wgsl: (args) => normalizeProgram(args, ["normal"]),
};

const normalizeRowsGradOp: Op<GradAttrs, ["dy", "normal", "scale"]> = {
  name: "normalizeRowsGrad",
  readsOnce: true,
  walksRows,
  type([dy, normal, scale]) {
    checkFloats("normalizeRowsGrad", [dy, normal, scale]);
    const rows = [...normal.shape.slice(0, -1), 1];
    if (normal.shape.length === 0 || !sameShape(dy.shape, normal.shape) || !sameShape(scale.shape, rows)) {
      const came = [dy, normal, scale].map(({ shape }) => showShape(shape)).join(", ");
      throw new ShapeError(
        `normalizeRowsGrad: expected dy and normalized rows [.., C] of one shape and a scale for each, got ${came}.`,
      );
    }
    return { shape: dy.shape, dtype: "f32" };
  },
  gradient: "none",
  cost: ([dy]) => ({ flops: 8 * sizeOf(dy.shape) }),
  cpu({ inputs: [dy, normal, scale], outputs: [dx], inputTypes, attrs: { center } }) {
    const { rows, columns } = rowsOf(inputTypes[0].shape);
    return () => {
      for (let row = 0; row < rows; row++) {
        const from = row * columns;
        let [shift, drift] = [0, 0];
        for (let i = from; i < from + columns; i++) {
          if (center) shift += dy[i]! / columns;
          drift += (dy[i]! * normal[i]!) / columns;
        }
        for (let i = from; i < from + columns; i++) dx[i] = scale[row]! * (dy[i]! - shift - normal[i]! * drift);
      }
    };
  },
  wgsl: (args) =>
    rowProgram(args, {
      inputs: [{ name: "dy" }, { name: "normal" }, { name: "scale" }],
      outputs: [{ name: "dx" }],
      parts: [part("normalize_rows_grad.wgsl", gradText)],
    }),
};

/** Rows brought to mean 0 and variance 1: `x^ = (x - mean) / sqrt(variance + epsilon)` along the last axis, the variance biased and in
 *  a second pass, so that a large mean costs no digits; `x^ = x / sqrt(mean(x^2) + epsilon)` without `center`.
 *
 *  Its gradient is `dx = (dy - mean(dy) - x^ mean(dy x^)) / sqrt(variance + epsilon)`, without `mean(dy)` where nothing was centred.
 *  @param x `[.., C]` f32  @returns x's shape  @throws ShapeError for a scalar  @throws ArgumentError unless epsilon is above 0
 *  Source: Ba, Kiros and Hinton 2016, "Layer normalization", section 3. */
export function normalizeRows(x: Node, options: RowNormOptions): Node {
  return apply(normalizeRowsOp, [x], options);
}

/** Whether these axes are the last one alone, as {@link normalizeRows} has it. */
export const isLastAxis = (x: Node, axes: readonly number[]): boolean =>
  axes.length === 1 && axes[0] === x.shape.length - 1 && dimensionOf(x.shape, -1) > 0;

/** The records behind this file's functions. */
export const rowNormOps = {
  rowScale: rowScaleOp,
  normalizeRows: normalizeRowsOp,
  normalizeRowsGrad: normalizeRowsGradOp,
};
