/** Lets launches that walk the same rows do so together: the last normalization of a transformer, the end of its classifier and what comes
 *  back through that normalization. Who makes a row reads on in it, so that nobody waits for the others' rows. */
import type { Node, RowWalk } from "../graph/node";
import { sizeOf } from "../shape";
import { alongRows } from "./combine";
import { Dependencies } from "./dependencies";
import { owner } from "./memory";
import type { Launch } from "./plan";

/** The same launches with such as one, where the longest path grows no longer by it.
 *  @param fits whether a launch may bind so many buffers */
export function joinRows(launches: readonly Launch[], fits: (launch: Launch) => boolean): Launch[] {
  const graph = new Dependencies(launches);
  for (const reader of launches) {
    for (const maker of graph.needs(reader)) {
      const joined = [...graph.groupOf(maker), ...graph.groupOf(reader)];
      const isAlready = graph.groupOf(maker).includes(reader);
      const rows = walkOf(reader)?.rows;
      if (isAlready || rows === undefined || joined.some((one) => walkOf(one)?.rows !== rows)) continue;
      const made = new Set(joined.flatMap(({ outputs }) => outputs));
      const isInRows = joined.every((one) => readsInRows(one, made));
      if (isInRows && fits(alongRows(joined))) graph.tryJoin(joined, graph.depth());
    }
  }
  return graph.groups().map(alongRows);
}

const walkOf = ({ kernel, inputs, attrs }: Launch): RowWalk | undefined => kernel.walksRows?.(inputs, attrs);

/** Whether a launch reads such values in the rows that it is at, where it reads them. */
function readsInRows(launch: Launch, made: ReadonlySet<Node>): boolean {
  const inRows = walkOf(launch)?.inRows ?? [];
  return launch.inputs.every((input, i) => {
    const { base, offset } = owner(input);
    const isWhole = offset === 0 && sizeOf(base.shape) === sizeOf(input.shape);
    return !made.has(base) || (isWhole && inRows[i] === true);
  });
}
