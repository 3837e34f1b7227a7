/** Gives each matrix product a copy of the factor that its result is multiplied by. Gradients that come back to one activation along
 *  two paths are both multiplied by its slope: shared, it would draw both into one launch after the products, whereas each
 *  product can take its own along as an epilogue. */
import type { Node } from "../graph/node";
import { apply, labelled } from "../graph/node";
import { rewrite, topologicalOrder } from "../graph/traverse";
import type { Computation } from "./plan";

/** The same computation with such copies. Leaves keep their identity; `outputs` stay in order. */
export function withOwnSlopes({ outputs, updates }: Required<Computation>): Required<Computation> {
  const wanted = [...outputs, ...updates.map(({ value }) => value)];
  const users = new Map<Node, Node[]>();
  for (const node of topologicalOrder(wanted)) {
    for (const input of new Set(node.inputs)) users.set(input, [...(users.get(input) ?? []), node]);
  }
  const isOnlyRead = (node: Node): boolean => users.get(node)?.length === 1 && !wanted.includes(node);
  const isScaledProduct = ({ op, inputs }: Node): boolean =>
    op.pointwise !== undefined && inputs.some((input) => input.op.withEpilogue !== undefined && isOnlyRead(input));
  const isSharedSlope = (node: Node): boolean => {
    const readers = users.get(node) ?? [];
    return (
      !wanted.includes(node) && node.op.pointwise !== undefined && readers.length > 1 && readers.every(isScaledProduct)
    );
  };
  /** A copy of a node and of what it alone is made of. @param old the node as it was, whose readers are known */
  const copyOf = (node: Node, old: Node): Node =>
    labelled(node.label, () =>
      apply(
        node.op,
        node.inputs.map((input, i) => {
          const oldInput = old.inputs[i] ?? input;
          return input.op.pointwise && isOnlyRead(oldInput) ? copyOf(input, oldInput) : input;
        }),
        node.attrs,
      ),
    );
  const { roots } = rewrite(wanted, (node, inputs) => {
    const own = inputs.map((input, i) => {
      const old = node.inputs[i] ?? input;
      return isScaledProduct(node) && isSharedSlope(old) ? copyOf(input, old) : input;
    });
    if (own.every((input, i) => input === node.inputs[i])) return node;
    return labelled(node.label, () => apply(node.op, own, node.attrs));
  });
  return {
    outputs: roots.slice(0, outputs.length),
    updates: updates.map(({ state }, i) => ({ state, value: roots[outputs.length + i] ?? state })),
  };
}
