/** Walks over graphs. */
import type { Node } from "./node";

/** All nodes that `roots` depend on, themselves included, inputs before users. Deterministic; deep graphs are fine. */
export function topologicalOrder(roots: readonly Node[]): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    stack.push({ node: root, next: 0 });
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const input = top.node.inputs[top.next++];
      if (input === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(input)) {
        seen.add(input);
        stack.push({ node: input, next: 0 });
      }
    }
  }
  return order;
}

/** Rebuilds the graph above `roots` with each node replaced by what `replace` gives for it (its inputs already
 *  replaced), or kept. @returns the new roots, in order. */
export function rewrite(
  roots: readonly Node[],
  replace: (node: Node, inputs: readonly Node[]) => Node,
): { roots: Node[]; replaced: ReadonlyMap<Node, Node> } {
  const replaced = new Map<Node, Node>();
  const current = (node: Node): Node => replaced.get(node) ?? node;
  for (const node of topologicalOrder(roots)) replaced.set(node, replace(node, node.inputs.map(current)));
  return { roots: roots.map(current), replaced };
}
