// What a test feeds an op: arrays with shapes, drawn or written down, and the graph to build on them. Runs nothing.
import type { Node } from "../graph/node";
import type { DType } from "../graph/type";
import { input, state } from "../ops/leaf";
import { uniform } from "../random";
import { type Shape, sizeOf } from "../shape";

/** An array to feed. */
export interface Tensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly values: readonly number[];
}

/** Inputs, and the node under test built on them. */
export interface Sample {
  readonly name: string;
  readonly feeds: readonly Tensor[];
  readonly build: (...inputs: Node[]) => Node;
  /** The first input is state that the result replaces, for ops that work in place. */
  readonly replacesFirst?: true;
}

/** An array written down. */
export function given(shape: Shape, values: readonly number[], dtype: DType = "f32"): Tensor {
  if (values.length !== sizeOf(shape)) {
    throw new Error(`given: expected ${sizeOf(shape)} values for [${shape.join(", ")}], got ${values.length}.`);
  }
  return { shape, dtype, values };
}

/** A one-element u32 array of no axes, as counters and offsets are. */
export function counter(value: number): Tensor {
  return given([], [value], "u32");
}

/** f32 numbers drawn evenly from `[low, high)`, the same for the same seed. */
export function drawn(shape: Shape, seed: number, [low, high]: readonly [number, number] = [-2, 2]): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) =>
    Math.fround(low + (high - low) * uniform(seed, 0, 0, i)),
  );
  return { shape, dtype: "f32", values };
}

/** Whole numbers drawn evenly below `end`. */
export function drawnBelow(end: number, shape: Shape, seed: number, dtype: "u32" | "u16" | "u8" = "u32"): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => Math.floor(uniform(seed, 1, 0, i) * end));
  return { shape, dtype, values };
}

/** f32 numbers in random order with gaps of `1 / size` and more between any two, so that no maximum is in doubt. */
export function distinct(shape: Shape, seed: number): Tensor {
  const size = sizeOf(shape);
  const order = Array.from({ length: size }, (_, i) => i).toSorted(
    (a, b) => uniform(seed, 2, 0, a) - uniform(seed, 2, 0, b),
  );
  return { shape, dtype: "f32", values: order.map((rank) => (4 * rank) / size - 2) };
}

/** Leaves for the feeds, and the node under test on top of them. */
export function plant({ feeds, build, replacesFirst }: Sample): { inputs: Node[]; result: Node } {
  const inputs = feeds.map(({ shape, dtype }, i) => (replacesFirst && i === 0 ? state : input)(`x${i}`, shape, dtype));
  return { inputs, result: build(...inputs) };
}
