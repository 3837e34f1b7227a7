/** What made a value: asked in one place by everything that treats activations in a way of their own. */
import type { Node } from "../graph/node";
import { reshape } from "../ops/layout";
import { sameShape, type Shape, sizeOf } from "../shape";

/** The node behind views such as reshape, which change no number. */
export function sourceOf(node: Node): Node {
  const [input] = node.inputs;
  return node.op.name === "reshape" && input ? sourceOf(input) : node;
}

/** The same numbers in another shape; the very node where it has that shape already. */
export const inShape = (x: Node, shape: Shape): Node => (sameShape(x.shape, shape) ? x : reshape(x, shape));

/** One row for each sample: `[N, ..]` as `[N, size]`. */
export const rowsOf = (x: Node): Node => inShape(x, [x.shape[0] ?? 1, sizeOf(x.shape.slice(1))]);
