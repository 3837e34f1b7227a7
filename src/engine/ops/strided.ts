/** Ops that only move elements: transpose, slice, pad, concat. They compute nothing; reshapes, which move nothing
 *  either, are elsewhere. */
import { ArgumentError, ShapeError } from "../errors";
import type { CpuArgs, CpuKernel, KernelForm, RowCopies, WgslArgs } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import { isPacked, type Attrs, type TensorType } from "../graph/type";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { dimensionOf, showShape, sizeOf, stridesOf } from "../shape";
import { reshape, segment } from "./layout";
import { SEGMENT_ALIGNMENT } from "./packing";
import { f32Literal, mapKernel, part, stridedIndex } from "./wgsl";

/** An axis of a copy of `length` coordinates: `c` reads coordinate `c - before` of the input, in which neighbours are `stride`
 *  elements apart, where that is one of `0 .. limit - 1`. */
interface CopyAxis {
  readonly length: number;
  readonly stride: number;
  readonly before: number;
  readonly limit: number;
}

/** A copy whose elements read `fill` where they read outside of the input. */
interface Copy {
  readonly axes: readonly CopyAxis[];
  readonly fill: number;
}

/** The axes of a copy that changes nothing. */
function axesOf(shape: Shape): CopyAxis[] {
  const strides = stridesOf(shape);
  return shape.map((length, k) => ({ length, stride: strides[k]!, before: 0, limit: length }));
}

/** The kernels of an op that is one strided copy of its only input. */
function copyKernels<A extends Attrs>(copyOf: (input: Shape, attrs: A) => Copy) {
  const copyFor = ({ inputTypes: [x], attrs }: CpuArgs<A, ["x"]> | WgslArgs<A, ["x"]>): Copy => copyOf(x.shape, attrs);
  return {
    cost: () => ({ flops: 0 }),
    cpu: (args: CpuArgs<A, ["x"], ["result"]>): CpuKernel => copyOnCpu(copyFor(args), args),
    form: ([x]: readonly [TensorType], attrs: A): KernelForm => ({
      kind: "copy",
      rows: () => copiedRows(copyOf(x.shape, attrs)),
    }),
    ...mapKernel<A, ["x"]>((args) => ({
      inputs: [{ name: "x" }],
      constants: {},
      parts: [part("(generated copy)", copyText(copyFor(args), args.outputTypes[0]))],
    })),
  };
}

const isPadded = ({ length, before, limit }: CopyAxis): boolean => before > 0 || length - before > limit;

function copyText(copy: Copy, { shape, dtype }: TensorType): string {
  const strides = stridesOf(shape);
  // Unsigned subtraction wraps, so one comparison finds coordinates on either side of the input.
  const guards = copy.axes.flatMap((axis, k) =>
    isPadded(axis) ? [`((i / ${strides[k]}u) % ${axis.length}u) - ${axis.before}u >= ${axis.limit}u`] : [],
  );
  const fill = dtype === "f32" ? f32Literal(copy.fill) : `${copy.fill}u`;
  const copiedStrides = copy.axes.map(({ stride }) => stride);
  const skipped = skippedBy(copy);
  const offset = skipped === 0 ? "" : skipped > 0 ? ` + ${skipped}u` : ` - ${-skipped}u`;
  return [
    `fn element(i: u32) -> ${dtype} {`,
    ...guards.map((guard) => `  if (${guard}) { return ${fill}; }`),
    `  return x(${stridedIndex("i", shape, copiedStrides)}${offset});`,
    `}`,
  ].join("\n");
}

/** Offset of the input element that output coordinate 0 would read, could it read outside. */
function skippedBy({ axes }: Copy): number {
  return axes.reduce((offset, { before, stride }) => offset - before * stride, 0);
}

const scalarAxis: CopyAxis = { length: 1, stride: 0, before: 0, limit: 1 };

/** The copy as rows along the innermost axis that is longer than 1. */
function copiedRows(copy: Copy): RowCopies {
  const [inner = copy.axes[0] ?? scalarAxis, ...outer] = copy.axes.filter((axis) => axis.length > 1).toReversed();
  const { length, stride, before, limit } = inner;
  const first = Math.min(Math.max(before, 0), length);
  const last = Math.max(first, Math.min(before + limit, length));

  const rows = outer.reduce((count, axis) => count * axis.length, 1);
  const starts = new Int32Array(rows);
  const skipped = skippedBy(copy) + first * stride;
  for (let row = 0; row < rows; row++) {
    let rest = row;
    let start = skipped;
    let inside = true;
    for (const axis of outer) {
      const coordinate = rest % axis.length;
      rest = Math.floor(rest / axis.length);
      const read = coordinate - axis.before;
      inside &&= read >= 0 && read < axis.limit;
      start += coordinate * axis.stride;
    }
    starts[row] = inside ? start : -1;
  }
  return { starts, length, stride, first, last, fill: copy.fill };
}

function copyOnCpu<A extends Attrs>(
  copy: Copy,
  { inputs: [x], outputs: [y] }: CpuArgs<A, ["x"], ["result"]>,
): CpuKernel {
  const { starts, length, stride, first, last, fill } = copiedRows(copy);
  return () => {
    for (let row = 0, at = 0; row < starts.length; row++, at += length) {
      const start = starts[row]!;
      if (start < 0) {
        y.fill(fill, at, at + length);
        continue;
      }
      for (let i = 0; i < first; i++) y[at + i] = fill;
      for (let i = first, from = start; i < last; i++, from += stride) y[at + i] = x[from]!;
      for (let i = last; i < length; i++) y[at + i] = fill;
    }
  };
}

/** Datasets stay packed in words and are read by gathers, which can index what is; copies cannot. */
function checkWords(where: string, { dtype }: TensorType): void {
  if (isPacked(dtype)) {
    throw new ArgumentError(`${where}: expected f32 or u32, got ${dtype}. Gather the rows you need first.`);
  }
}

type TransposeAttrs = { readonly permutation: readonly number[] };

const transposeOp: Op<TransposeAttrs, ["x"]> = {
  name: "transpose",
  type([x], { permutation }) {
    const { shape, dtype } = x;
    checkWords("transpose", x);
    const sorted = permutation.toSorted((a, b) => a - b);
    if (permutation.length !== shape.length || sorted.some((axis, i) => axis !== i)) {
      throw new ArgumentError(
        `transpose: expected a permutation of the ${shape.length} axes of ${showShape(shape)}, ` +
          `got [${permutation.join(", ")}].`,
      );
    }
    return { shape: permutation.map((axis) => dimensionOf(shape, axis)), dtype };
  },
  gradient: ({ attrs: { permutation } }, dy) => [
    transpose(
      dy,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
  ...copyKernels((input, { permutation }: TransposeAttrs) => {
    const axes = axesOf(input);
    return { axes: permutation.map((axis) => axes[axis]!), fill: 0 };
  }),
};

/** Reorders axes: `y[.., c_k, ..] = x[..]` where axis `k` of `y` is axis `permutation[k]` of `x`, as NumPy does.
 *  @param x any rank, f32 or u32  @throws ArgumentError when `permutation` does not name each axis once */
export function transpose(x: Node, permutation: readonly number[]): Node {
  return apply(transposeOp, [x], { permutation });
}

type SliceAttrs = { readonly begin: readonly number[]; readonly size: readonly number[] };

const sliceOp: Op<SliceAttrs, ["x"]> = {
  name: "slice",
  type([x], { begin, size }) {
    const { shape, dtype } = x;
    checkWords("slice", x);
    const fits = (axis: number, dim: number): boolean => {
      const [from, count] = [begin[axis]!, size[axis]!];
      return Number.isInteger(from) && Number.isInteger(count) && from >= 0 && count >= 1 && from + count <= dim;
    };
    if (begin.length !== shape.length || size.length !== shape.length || !shape.every((dim, axis) => fits(axis, dim))) {
      throw new ShapeError(
        `slice: expected begin and size to lie inside ${showShape(shape)}, ` +
          `got begin [${begin.join(", ")}] and size [${size.join(", ")}].`,
      );
    }
    return { shape: size, dtype };
  },
  gradient: ({ inputs: [x], attrs: { begin, size } }, dy) => [
    pad(
      dy,
      begin.map((from, axis) => [from, dimensionOf(x.shape, axis) - from - dimensionOf(size, axis)]),
    ),
  ],
  ...copyKernels((input, { begin, size }: SliceAttrs) => ({
    axes: axesOf(input).map((axis, k) => ({ ...axis, length: size[k]!, before: -begin[k]! })),
    fill: 0,
  })),
};

/** The box of `size` elements that starts at `begin`: `y[c] = x[begin + c]`.
 *  @param begin one start per axis, 0 or more  @param size one count per axis, 1 or more
 *  @returns `size`, of `x`'s type  @throws ShapeError when the box is not inside `x` */
export function slice(x: Node, begin: readonly number[], size: readonly number[]): Node {
  return apply(sliceOp, [x], { begin, size });
}

/** As many elements of a flat tensor as `shape` has, from element `at`: where they lie, if that place is aligned, or copied.
 *  @throws ShapeError when they are not all there */
export function elementsOf(flat: Node, at: number, shape: Shape): Node {
  if (at % SEGMENT_ALIGNMENT === 0) return segment(flat, at, shape);
  return reshape(slice(flat, [at], [sizeOf(shape)]), shape);
}

type PadAttrs = { readonly padding: readonly (readonly [before: number, after: number])[]; readonly value: number };

const padOp: Op<PadAttrs, ["x"]> = {
  name: "pad",
  type([x], { padding, value }) {
    const { shape, dtype } = x;
    checkWords("pad", x);
    const counts = padding.every((pair) => pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0));
    if (padding.length !== shape.length || !counts) {
      throw new ArgumentError(
        `pad: expected [before, after] counts for the ${shape.length} axes of ${showShape(shape)}, ` +
          `got ${JSON.stringify(padding)}.`,
      );
    }
    const fills = dtype === "u32" ? Number.isInteger(value) && value >= 0 && value < 2 ** 32 : Number.isFinite(value);
    if (!fills) throw new ArgumentError(`pad: expected a finite ${dtype} value, got ${value}.`);
    return { shape: padding.map(([before, after], axis) => before + dimensionOf(shape, axis) + after), dtype };
  },
  gradient: ({ inputs: [x], attrs: { padding } }, dy) => [
    slice(
      dy,
      padding.map(([before]) => before),
      x.shape,
    ),
  ],
  ...copyKernels((input, { padding, value }: PadAttrs) => ({
    axes: axesOf(input).map((axis, k) => {
      const [before, after] = padding[k]!;
      return { ...axis, length: before + axis.length + after, before };
    }),
    fill: value,
  })),
};

/** Surrounds `x` with `value`: `y[c] = x[c - before]`, or `value` where that lies outside.
 *  @param padding `[before, after]` counts, one pair per axis  @param value finite
 *  @throws ArgumentError when counts are missing, negative or fractional */
export function pad(x: Node, padding: readonly (readonly [before: number, after: number])[], value = 0): Node {
  return apply(padOp, [x], { padding, value });
}

/** A device is only sure to allow eight storage buffers in one shader. */
const MAX_PARTS = 6;

type ConcatAttrs = { readonly axis: number };

/** Elements from one step of the axes before `axis` to the next: what each input adds to a run of the output. */
export function runLength(shape: Shape, axis: number): number {
  return sizeOf(shape.slice(axis));
}

const concatOp: Op<ConcatAttrs> = {
  name: "concat",
  type(inputs, { axis }) {
    const first = inputs[0]!;
    const rank = first.shape.length;
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank) {
      throw new ArgumentError(`concat: expected an axis of ${showShape(first.shape)}, got axis ${axis}.`);
    }
    for (const next of inputs) {
      checkWords("concat", next);
      const joins = next.shape.length === rank && next.shape.every((dim, k) => k === axis || dim === first.shape[k]);
      if (!joins || next.dtype !== first.dtype) {
        throw new ShapeError(
          `concat: expected inputs alike except along axis ${axis}, ` +
            `got ${first.dtype} ${showShape(first.shape)} and ${next.dtype} ${showShape(next.shape)}.`,
        );
      }
    }
    const along = inputs.reduce((sum, { shape }) => sum + dimensionOf(shape, axis), 0);
    return { shape: first.shape.map((dim, k) => (k === axis ? along : dim)), dtype: first.dtype };
  },
  gradient({ inputs, attrs: { axis } }, dy) {
    let from = 0;
    return inputs.map(({ shape }) => {
      const begin = shape.map((_, k) => (k === axis ? from : 0));
      from += dimensionOf(shape, axis);
      return slice(dy, begin, shape);
    });
  },
  cost: () => ({ flops: 0 }),
  cpu({ inputs, outputs: [y], inputTypes, outputTypes, attrs: { axis } }) {
    const total = runLength(outputTypes[0].shape, axis);
    const outer = sizeOf(outputTypes[0].shape) / total;
    const runs = inputTypes.map(({ shape }) => runLength(shape, axis));
    return () => {
      let offset = 0;
      for (let k = 0; k < inputs.length; k++) {
        const x = inputs[k]!;
        const run = runs[k]!;
        for (let n = 0; n < outer; n++) {
          for (let i = 0; i < run; i++) y[n * total + offset + i] = x[n * run + i]!;
        }
        offset += run;
      }
    };
  },
  ...mapKernel<ConcatAttrs>(({ inputTypes, outputTypes, attrs: { axis } }) => {
    const { shape, dtype } = outputTypes[0];
    const row = runLength(shape, axis);
    let from = 0;
    const lines = inputTypes.map((type, k) => {
      const run = runLength(type.shape, axis);
      const line = `  if (at < ${from + run}u) { return x${k}(outer * ${run}u + at - ${from}u); }`;
      from += run;
      return line;
    });
    const text = [
      `fn element(i: u32) -> ${dtype} {`,
      `  let outer = i / ${row}u;`,
      `  let at = i % ${row}u;`,
      ...lines,
      `  return x${inputTypes.length - 1}(0u);`,
      `}`,
    ].join("\n");
    return {
      inputs: inputTypes.map((_, k) => ({ name: `x${k}` })),
      constants: {},
      parts: [part("(generated concat)", text)],
    };
  }),
};

/** Joins arrays along one axis, in order. More than six are joined in groups, and the groups then joined.
 *  @param xs one or more arrays, alike except along `axis`  @param axis counted from the end when negative
 *  @throws ShapeError when other dimensions or types differ  @throws ArgumentError when there is no such axis */
export function concat(xs: readonly Node[], axis: number): Node {
  const [first] = xs;
  if (!first) throw new ArgumentError(`concat: expected at least one input, got none.`);
  const positive = axis < 0 ? axis + first.shape.length : axis;
  if (xs.length <= MAX_PARTS) return apply(concatOp, xs, { axis: positive });
  const groupSize = Math.ceil(xs.length / Math.ceil(xs.length / MAX_PARTS));
  const groups: Node[] = [];
  for (let from = 0; from < xs.length; from += groupSize) {
    groups.push(concat(xs.slice(from, from + groupSize), positive));
  }
  return concat(groups, positive);
}

/** The records behind this file's functions. */
export const stridedOps = { transpose: transposeOp, slice: sliceOp, pad: padOp, concat: concatOp };
