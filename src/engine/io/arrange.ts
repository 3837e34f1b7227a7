/** Numbers in another order: transposed, and gates of recurrent weights rearranged. */
import { type Shape, sizeOf } from "../shape";
import type { NamedArray } from "./safetensors";

/** An array with its axes in another order: axis k of the result is axis `axes[k]`. */
export function transposed({ shape, data }: NamedArray, axes: readonly number[]): NamedArray {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const to = axes.map((axis) => shape[axis] ?? 1);
  const moved = new Float32Array(data.length);
  const place = to.map(() => 0);
  for (let i = 0; i < moved.length; i++) {
    let at = 0;
    for (let k = 0; k < to.length; k++) at += place[k]! * strides[axes[k]!]!;
    moved[i] = data[at]!;
    for (let k = to.length - 1; k >= 0 && ++place[k]! === to[k]; k--) place[k] = 0;
  }
  return { shape: to, data: moved };
}

/** Rows of a matrix in blocks of so many, in another order. */
export function gatesReordered({ shape, data }: NamedArray, units: number, order: readonly number[]): NamedArray {
  const width = (data.length / (shape[0] ?? 1)) * units;
  const parts = order.map((gate) => data.subarray(gate * width, (gate + 1) * width));
  const all = new Float32Array(data.length);
  parts.forEach((part, i) => all.set(part, i * width));
  return { shape, data: all };
}

/** The same numbers in another shape. */
export const reshaped = ({ data }: NamedArray, shape: Shape): NamedArray => ({ shape, data });

/** So many numbers that are all the same. */
export const filled = (length: number, value: number): NamedArray => ({
  shape: [length],
  data: new Float32Array(length).fill(value),
});
