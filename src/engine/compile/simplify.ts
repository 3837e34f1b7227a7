/** Rewrites a graph into a smaller one with the same values: common subexpressions once, constants folded, neutral
 *  operations and chains of views removed. One rule per line of the table. */
import type { Node } from "../graph/node";
import { apply } from "../graph/node";
import { rewrite } from "../graph/traverse";
import { constant, constantValue } from "../ops/constant";
import { reshape } from "../ops/layout";
import { sameShape } from "../shape";
import type { Computation } from "./plan";

/** The same computation on a simplified graph. Leaves keep their identity; `outputs` stay in order. */
export function simplify({ outputs, updates = [] }: Computation): Required<Computation> {
  const known = new Map<string, Node>();
  const { roots } = rewrite([...outputs, ...updates.map(({ value }) => value)], (node, inputs) => {
    if (node.op.storage === "leaf") return node;
    const simpler = simplifyNode(node, inputs);
    const key = `${simpler.op.name}(${simpler.inputs.map(({ id }) => id).join()})${JSON.stringify(simpler.attrs, exactly)}`;
    const same = known.get(key);
    if (same) return same;
    if (simpler.op.storage !== "leaf") known.set(key, simpler);
    return simpler;
  });
  return {
    // What was computed stays computed: the leaf it is equal to may be state, which holds its next value afterwards.
    outputs: outputs.map((output, i) => (showsLeaf(roots[i]!) && !showsLeaf(output) ? output : roots[i]!)),
    updates: updates.map(({ state }, i) => ({ state, value: roots[outputs.length + i]! })),
  };
}

/** Whether a node is a leaf or a view of one. */
function showsLeaf({ op, inputs: [x] }: Node): boolean {
  return op.storage === "leaf" || (op.storage === "view" && x !== undefined && showsLeaf(x));
}

/** Keeps apart the numbers that JSON does not: infinities, NaN and minus zero. */
const exactly = (_: string, value: unknown): unknown =>
  typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)) ? `${1 / value} ${value}` : value;

/** Right operands that change nothing. */
const NEUTRAL: Readonly<Record<string, number>> = { add: 0, sub: 0, mul: 1, div: 1 };
/** Ops for which a neutral left operand changes nothing either. */
const COMMUTATIVE: ReadonlySet<string> = new Set(["add", "mul"]);

function simplifyNode(node: Node, inputs: readonly Node[]): Node {
  const { op, attrs, shape } = node;
  const [x, y] = inputs;
  if (x && op.name in NEUTRAL && y) {
    if (constantValue(y) === NEUTRAL[op.name] && isPlain(x, node)) return x;
    if (COMMUTATIVE.has(op.name) && constantValue(x) === NEUTRAL[op.name] && isPlain(y, node)) return y;
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
  const { pointwise } = op;
  if (pointwise && inputs.length > 0) {
    const values = inputs.map(constantValue);
    if (values.every((value) => value !== undefined)) {
      return constant(pointwise.js(values[0] ?? 0, values[1] ?? 0, attrs), shape);
    }
  }
  return inputs.every((input, i) => input === node.inputs[i]) ? node : rebuilt(node, inputs);
}

/** Whether x can stand in for the whole of `node`: same shape, and no conversion is lost. */
function isPlain(x: Node, node: Node): boolean {
  return x.dtype === node.dtype && sameShape(x.shape, node.shape);
}

function rebuilt(node: Node, inputs: readonly Node[]): Node {
  return { ...apply(node.op, inputs, node.attrs), label: node.label };
}
