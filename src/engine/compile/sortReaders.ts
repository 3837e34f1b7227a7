/** Gradients of gathered rows as launches for machines of many threads: the readers are sorted once for all tables
 *  that are gathered by the same indices, instead of being looked through for every element of the table. */
import { apply, labelled } from "../graph/node";
import { rewrite } from "../graph/traverse";
import { rowCount } from "../ops/gather";
import { sumSorted } from "../ops/runs";
import type { Computation } from "./plan";

/** The same computation with each `gatherRowsGrad` of many readers spelled out. */
export function sortReaders({ outputs, updates = [] }: Computation): Computation {
  const values = [...outputs, ...updates.map(({ value }) => value)];
  const { roots } = rewrite(values, (node, inputs) => {
    const [indices, dy] = inputs;
    if (node.op.name === "gatherRowsGrad" && indices && dy) {
      const spelled = labelled(node.label, () => sumSorted(indices, dy, rowCount(node.shape)));
      if (spelled) return spelled;
    }
    if (inputs.every((input, i) => input === node.inputs[i])) return node;
    return { ...apply(node.op, inputs, node.attrs), label: node.label };
  });
  return {
    outputs: roots.slice(0, outputs.length),
    updates: updates.map(({ state }, i) => ({ state, value: roots[outputs.length + i]! })),
  };
}
