/** Rewrites a graph into a smaller one with the same values: common subexpressions once, constants folded, neutral
 *  operations and chains of views removed, products moved below the gradient of max pooling. */
import type { Node } from "../graph/node";
import { apply, labelled } from "../graph/node";
import { rewrite } from "../graph/traverse";
import { constant, constantValue } from "../ops/constant";
import { reshape } from "../ops/layout";
import { mul } from "../ops/pointwise";
import { maxPool2d } from "../ops/pool";
import type { PoolOptions } from "../ops/pool";
import type { Shape } from "../shape";
import { sameShape, sizeOf } from "../shape";
import type { Computation } from "./plan";

/** The same computation on a simplified graph. Leaves keep their identity; `outputs` stay in order. */
export function simplify({ outputs, updates = [] }: Computation): Required<Computation> {
  const known = new Known();
  const { roots } = rewrite([...outputs, ...updates.map(({ value }) => value)], (node, inputs) =>
    node.op.storage === "leaf" ? node : known.share(simplifyNode(node, inputs, known)),
  );
  return {
    // What was computed stays computed: the leaf it is equal to may be state, which holds its next value afterwards.
    outputs: outputs.map((output, i) => (showsLeaf(roots[i]!) && !showsLeaf(output) ? output : roots[i]!)),
    updates: updates.map(({ state }, i) => ({ state, value: roots[outputs.length + i]! })),
  };
}

/** The nodes of the new graph, each once. */
class Known {
  readonly #nodes = new Map<string, Node>();

  /** The node that computes the same, where there is one already; from now on this one otherwise. */
  share(node: Node): Node {
    const same = this.find(node);
    if (!same && node.op.storage !== "leaf") this.#nodes.set(keyOf(node), node);
    return same ?? node;
  }

  find(node: Node): Node | undefined {
    return this.#nodes.get(keyOf(node));
  }
}

const keyOf = ({ op, inputs, attrs }: Node): string =>
  `${op.name}(${inputs.map(({ id }) => id).join()})${JSON.stringify(attrs, exactly)}`;

/** Whether a node is a leaf or a view of one. */
function showsLeaf({ op, inputs: [x] }: Node): boolean {
  return op.storage === "leaf" || (op.storage === "view" && x !== undefined && showsLeaf(x));
}

/** Keeps apart the numbers that JSON does not: infinities, NaN and minus zero. */
const exactly = (_: string, value: unknown): unknown =>
  typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)) ? `${1 / value} ${value}` : value;

function simplifyNode(node: Node, inputs: readonly Node[], known: Known): Node {
  const { op, attrs, shape } = node;
  const [x, y] = inputs;
  // It has done its work when the gradients were built.
  if (x && op.isTransparent) return x;
  const { pointwise } = op;
  if (x && y && pointwise?.neutral !== undefined) {
    if (constantValue(y) === pointwise.neutral && isPlain(x, node)) return x;
    if (pointwise.commutes && constantValue(x) === pointwise.neutral && isPlain(y, node)) return y;
  }
  if (x && (op.name === "reshape" || op.name === "broadcastTo")) {
    const value = constantValue(x);
    if (value !== undefined) return constant(value, shape);
    if (sameShape(x.shape, shape)) return x;
    const source = x.inputs[0];
    if (op.name === "reshape" && x.op.name === "reshape" && source) {
      return sameShape(source.shape, shape) ? source : reshape(source, shape);
    }
  }
  if (x && y && op.name === "mul") {
    const moved = belowPoolGradient(node, x, y, known) ?? belowPoolGradient(node, y, x, known);
    if (moved) return moved;
  }
  if (pointwise) {
    const moved = aboveReshape(node, inputs, known);
    if (moved) return moved;
  }
  if (pointwise && inputs.length > 0) {
    const values = inputs.map(constantValue);
    if (values.every((value) => value !== undefined)) {
      return constant(pointwise.js(values[0] ?? 0, values[1] ?? 0, attrs), shape);
    }
  }
  return inputs.every((input, i) => input === node.inputs[i]) ? node : rebuilt(node, inputs);
}

/** An element-wise op on a reshaped matrix product as the reshaping of the same op on the product, which can then finish
 *  its results itself: the gradient that comes back through a Flatten layer, times the slope of the activation before it.
 *  The other operand must be made of constants and values that are wanted in the product's shape anyway. */
function aboveReshape(node: Node, inputs: readonly Node[], known: Known): Node | undefined {
  const product = inputs.find(({ op, inputs: [x] }) => op.name === "reshape" && x?.op.withEpilogue)?.inputs[0];
  if (!product) return undefined;
  const operands = inputs.map((input) => reshapedAlready(input, product.shape, known));
  if (operands.some((operand) => operand === undefined)) return undefined;
  const moved = labelled(node.label, () => known.share(apply(node.op, operands as Node[], node.attrs)));
  return known.share(reshape(moved, node.shape));
}

/** `node` in another shape without computing anything but element-wise ops twice, or undefined. */
function reshapedAlready(node: Node, shape: Shape, known: Known): Node | undefined {
  const value = constantValue(node);
  if (value !== undefined) return known.share(constant(value));
  const [x] = node.inputs;
  if (node.op.name === "reshape" && x && sameShape(x.shape, shape)) return x;
  if (sizeOf(node.shape) !== sizeOf(shape)) return undefined;
  const there = known.find(reshape(node, shape));
  if (there || !node.op.pointwise) return there;
  const inputs = node.inputs.map((input) => reshapedAlready(input, shape, known));
  if (inputs.some((input) => input === undefined)) return undefined;
  return labelled(node.label, () => known.share(apply(node.op, inputs as Node[], node.attrs)));
}

/** `maxPool2dGrad(arg(x), dy) * f(x)` as `maxPool2dGrad(arg(x), dy * f(maxPool2d(x)))`, where f works element by element
 *  on x and constants, as the derivative of an activation does on the activation's output: a product of the pooled size
 *  in place of one of the images' size, after which nothing keeps x for the gradient.
 *
 *  Both give element i the sum of `f(x[i]) dy[w]` over the windows w whose maximum is at i: there the pooled value is
 *  `x[i]` itself, whether windows overlap or not. An element that is no window's maximum gets 0, on the left as 0 times
 *  `f(x[i])`, which must be finite for that. */
function belowPoolGradient(product: Node, gradient: Node, slope: Node, known: Known): Node | undefined {
  const [arg, dy] = gradient.inputs;
  const x = arg?.inputs[0];
  if (gradient.op.name !== "maxPool2dGrad" || arg?.op.name !== "maxPool2dArg" || !x || !dy) return undefined;
  if (!sameShape(product.shape, x.shape)) return undefined;
  const pooled = labelled(arg.label, () => known.share(maxPool2d(x, arg.attrs as PoolOptions)));
  const scaled = labelled(product.label, () => {
    const pooledSlope = substituted(slope, x, pooled, known);
    return pooledSlope && known.share(mul(dy, pooledSlope));
  });
  return scaled && rebuilt(gradient, [arg, scaled]);
}

/** The element-wise `node`, which is no larger than `x`, with `y` of another shape in the place of `x`; undefined where
 *  it reads anything but `x` and constants. */
function substituted(node: Node, x: Node, y: Node, known: Known): Node | undefined {
  const done = new Map<Node, Node | undefined>([[x, y]]);
  const visit = (inner: Node): Node | undefined => {
    if (!done.has(inner)) done.set(inner, substitute(inner));
    return done.get(inner);
  };
  const substitute = (inner: Node): Node | undefined => {
    const value = constantValue(inner);
    if (value !== undefined) return known.share(constant(value));
    if (!inner.op.pointwise) return undefined;
    const inputs = inner.inputs.map(visit).filter((input) => input !== undefined);
    return inputs.length === inner.inputs.length ? known.share(apply(inner.op, inputs, inner.attrs)) : undefined;
  };
  return visit(node);
}

/** Whether x can stand in for the whole of `node`: same shape, and no conversion is lost. */
function isPlain(x: Node, node: Node): boolean {
  return x.dtype === node.dtype && sameShape(x.shape, node.shape);
}

function rebuilt(node: Node, inputs: readonly Node[]): Node {
  return { ...apply(node.op, inputs, node.attrs), label: node.label };
}
