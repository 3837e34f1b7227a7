/** Pure arithmetic on shapes: sizes, strides, broadcasting, axes. It knows no tensor and no op. */
import { ArgumentError, REPORT_BUG, ShapeError } from "./errors";

/** Dimensions from slowest to fastest varying (row-major). `[]` is a scalar. */
export type Shape = readonly number[];

/** The dimensions of a shape of four axes, as images and the kernels of convolutions have them. */
export type FourAxes = readonly [number, number, number, number];

/** Whether a shape has four axes. */
export const hasFourAxes = (shape: Shape): shape is FourAxes => shape.length === 4;

/** Whether a shape has two axes, rows and columns. */
export const isMatrix = (shape: Shape): shape is readonly [rows: number, columns: number] => shape.length === 2;

/** The dimension of an axis, which the shape is known to have; negative ones are counted from the end. */
export function dimensionOf(shape: Shape, axis: number): number {
  const dimension = shape.at(axis);
  if (dimension === undefined) {
    throw new ShapeError(`shape: expected axis ${axis}, got ${showShape(shape)}. ${REPORT_BUG}`);
  }
  return dimension;
}

/** Number of elements: the product of all dimensions, 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** Row-major strides in elements: `strides[i] = product(shape[i + 1 ..])`. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** `28×28×1`, the way shapes are shown to people; a scalar reads `scalar`. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? "scalar" : shape.join("×");
}

/** `[28, 28, 1]`, the way shapes appear in error messages. */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Whether both shapes have the same rank and dimensions. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** Throws unless every dimension is a positive integer and the size fits 2^31 elements. */
export function checkShape(where: string, shape: Shape): void {
  const bad = shape.find((dim) => !Number.isInteger(dim) || dim < 1);
  if (bad !== undefined) {
    throw new ShapeError(`${where}: expected dimensions to be positive whole numbers, got ${showShape(shape)}.`);
  }
  if (sizeOf(shape) >= 2 ** 31) {
    throw new ShapeError(`${where}: expected fewer than 2^31 elements, got ${showShape(shape)}. Use smaller sizes.`);
  }
}

/** The shape two operands broadcast to: aligned at the last axis, where equal dimensions stay and 1 stretches.
 *  @throws ShapeError when some pair of dimensions differs and neither is 1. Source: NumPy broadcasting rules. */
export function broadcastShapes(where: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const result: number[] = [];
  for (let back = rank; back >= 1; back--) {
    const da = a[a.length - back] ?? 1;
    const db = b[b.length - back] ?? 1;
    if (da !== db && da !== 1 && db !== 1) {
      throw new ShapeError(
        `${where}: expected shapes that broadcast together, got ${showShape(a)} and ${showShape(b)}. ` +
          `Aligned at the last axis, dimensions must be equal or 1.`,
      );
    }
    result.push(da === 1 ? db : da);
  }
  return result;
}

/** Strides with which `shape` is read at an index of `target`, aligned at the last axis; 0 where it is stretched. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const own = stridesOf(shape);
  const lead = target.length - shape.length;
  return target.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : (own[axis - lead] ?? 0)));
}

/** Axes as sorted, distinct, non-negative numbers; `undefined` means all of them.
 *  @throws ArgumentError when an axis is out of range or repeated. */
export function normalizeAxes(where: string, rank: number, axes: readonly number[] | undefined): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const result = axes.map((axis) => (axis < 0 ? axis + rank : axis)).toSorted((a, b) => a - b);
  const wrong = result.some((axis, i) => !Number.isInteger(axis) || axis < 0 || axis >= rank || axis === result[i - 1]);
  if (wrong) {
    throw new ArgumentError(
      `${where}: expected distinct axes between ${-rank} and ${rank - 1}, got [${axes.join(", ")}].`,
    );
  }
  return result;
}

/** The shape left after reducing `axes`: dropped, or kept as 1. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  return keepDims
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !axes.includes(axis));
}
