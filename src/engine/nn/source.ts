/** What made a value: asked in one place by everything that treats activations in a way of their own. */
import type { Node } from "../graph/node";
import { reshape } from "../ops/layout";
import { sameShape, type Shape, sizeOf } from "../shape";

/** The node behind views such as reshape, which change no number. */
function sourceOf(node: Node): Node {
  const [input] = node.inputs;
  return node.op.name === "reshape" && input ? sourceOf(input) : node;
}

/** What the activation that made a value was given, in the value's shape; undefined where something else made it. Softmax is
 *  along the last axis, so that one must still be the last. */
export function beforeActivation(output: Node, activation: "softmax" | "sigmoid" | "relu"): Node | undefined {
  const source = sourceOf(output);
  const [given] = source.inputs;
  if (source.op.name !== activation || !given) return undefined;
  if (activation === "softmax" && source.shape.at(-1) !== output.shape.at(-1)) return undefined;
  return inShape(given, output.shape);
}

/** Whether numbers are probabilities because of what made them. */
export const isProbability = (node: Node): boolean =>
  beforeActivation(node, "softmax") !== undefined || beforeActivation(node, "sigmoid") !== undefined;

/** The same numbers in another shape; the very node where it has that shape already. */
export const inShape = (x: Node, shape: Shape): Node => (sameShape(x.shape, shape) ? x : reshape(x, shape));

/** One row for each sample: `[N, ..]` as `[N, size]`. */
export const rowsOf = (x: Node): Node => inShape(x, [x.shape[0] ?? 1, sizeOf(x.shape.slice(1))]);
