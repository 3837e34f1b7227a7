/** Reverse-mode differentiation, graph in, graph out. It knows no op by name: each node's op gives its own rule. */
import { ArgumentError } from "../errors";
import { showShape, sizeOf } from "../shape";
import type { Node } from "./node";
import { goingBack, labelled } from "./node";
import { topologicalOrder } from "./traverse";

/** The two ops the algorithm itself needs; passed in so that the graph does not depend on any op. */
export interface Seeds {
  readonly add: (a: Node, b: Node) => Node;
  /** A tensor shaped like x filled with a number. */
  readonly fillLike: (x: Node, value: number) => Node;
}

/** Nodes for `d y / d x` of a one-element `y`, one per x, each shaped like its x; zeros where y does not depend on x.
 *  Walks the graph once from y to the x's (reverse accumulation; Griewank and Walther 2008, section 3.2).
 *  Ops whose gradient is `"none"` pass nothing back: they are constant almost everywhere.
 *  @throws ArgumentError when y has more than one element. */
export function differentiate(y: Node, xs: readonly Node[], { add, fillLike }: Seeds): Node[] {
  if (sizeOf(y.shape) !== 1) {
    throw new ArgumentError(
      `gradients: expected a scalar to differentiate, got shape ${showShape(y.shape)}. Sum or average it first.`,
    );
  }
  const order = topologicalOrder([y]);
  const wanted = new Set<Node>(xs);
  const onPath = new Set<Node>();
  for (const node of order) {
    if (wanted.has(node) || node.inputs.some((input) => onPath.has(input))) onPath.add(node);
  }
  const cotangents = new Map<Node, Node>([[y, fillLike(y, 1)]]);
  for (const node of order.toReversed()) {
    const dy = cotangents.get(node);
    if (dy === undefined || !node.inputs.some((input) => onPath.has(input))) continue;
    const { gradient, name } = node.op;
    if (gradient === "none") continue;
    const parts = labelled(goingBack(node.label), () => gradient(node, dy));
    node.inputs.forEach((input, i) => {
      const part = parts[i];
      if (!part || !onPath.has(input)) return;
      if (part.shape.length !== input.shape.length || sizeOf(part.shape) !== sizeOf(input.shape)) {
        throw new ArgumentError(
          `gradients: expected ${name} to give ${showShape(input.shape)} for input ${i}, got ${showShape(part.shape)}.`,
        );
      }
      const sofar = cotangents.get(input);
      cotangents.set(input, sofar ? labelled(goingBack(input.label), () => add(sofar, part)) : part);
    });
  }
  return xs.map((x) => cotangents.get(x) ?? fillLike(x, 0));
}
