/** Activations by Keras name. `softmax` is the only one that looks at more than one element. */
import type { Node } from "../graph/node";
import { elu, gelu, leakyRelu, relu, sigmoid, softplus, tanh } from "../ops/pointwise";
import { softmax } from "../ops/softmax";

/** Each takes `[N, ..]` f32 and keeps the shape; `softmax` is along the last axis. The formulas, and the slopes of those that
 *  have one, are with the ops. */
export const activations = {
  linear: (x) => x,
  relu,
  leaky_relu: (x) => leakyRelu(x),
  elu: (x) => elu(x),
  gelu,
  sigmoid,
  tanh,
  softplus,
  softmax,
} satisfies Record<string, (x: Node) => Node>;

/** What `activation` in a layer's settings may be. */
export type ActivationName = keyof typeof activations;

/** The names, in the order to offer them. */
export const activationNames = Object.keys(activations) as ActivationName[];

/** Applies an activation by name. */
export function activate(name: ActivationName, x: Node): Node {
  return activations[name](x);
}
