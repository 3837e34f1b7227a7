/** Activations by Keras name. `softmax` is the only one that looks at more than one element. */
import type { Node } from "../graph/node";
import { elu, gelu, leakyRelu, relu, sigmoid, softplus, tanh } from "../ops/pointwise";
import { softmax } from "../ops/softmax";

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

export type ActivationName = keyof typeof activations;

/** The names, in the order to offer them. */
export const activationNames = Object.keys(activations) as ActivationName[];

/** Applies an activation by name. */
export function activate(name: ActivationName, x: Node): Node {
  return activations[name](x);
}
