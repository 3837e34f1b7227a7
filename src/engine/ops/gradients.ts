/** Differentiation with this library's ops. */
import { differentiate } from "../graph/autodiff";
import type { Node } from "../graph/node";
import { constant } from "./constant";
import { add } from "./pointwise";

/** Nodes for the gradient of the scalar `y` with respect to each of `xs`: `d y / d x`, shaped like x.
 *  The result is graph, so it can be differentiated again.
 *  @param y one element, f32  @throws ArgumentError when y is not a scalar. */
export function gradients(y: Node, xs: readonly Node[]): Node[] {
  return differentiate(y, xs, { add, fillLike: (x, value) => constant(value, x.shape) });
}
