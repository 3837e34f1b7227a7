/** Lets launches that walk the same rows do so together: the last normalization of a transformer, the end of its classifier and what comes
 *  back through that normalization. Who makes a row reads on in it, so that nobody waits for the others' rows. */
import { sizeOf } from "../shape";
import { alongRows } from "./combine";
import { Dependencies } from "./dependencies";
import { owner } from "./memory";
import type { Launch } from "./plan";
import { resultOf } from "./plan";

/** The same launches with such as one, where the longest path grows no longer by it.
 *  @param fits whether a launch may bind so many buffers */
export function joinRows(launches: readonly Launch[], fits: (launch: Launch) => boolean): Launch[] {
  const graph = new Dependencies(launches);
  for (const reader of launches) {
    for (const maker of graph.needs(reader)) {
      const joined = [...graph.groupOf(maker), ...graph.groupOf(reader)];
      const isAlready = graph.groupOf(maker).includes(reader);
      const rows = rowsOf(reader);
      if (isAlready || rows === undefined || joined.some((one) => rowsOf(one) !== rows)) continue;
      const made = new Set(joined.flatMap(({ outputs }) => outputs));
      const isInRows = joined.every((one) => partsOf(one).every((part) => readsInRows(part, made)));
      if (isInRows && fits(alongRows(joined))) graph.tryJoin(joined, graph.depth());
    }
  }
  return graph.groups().map(alongRows);
}

const rowsOf = ({ kernel, inputs, attrs }: Launch): number | undefined => kernel.walksRows?.(inputs, attrs);

/** What walks rows in a launch, and what is computed where that reads or stores. */
const partsOf = (launch: Launch): readonly Launch[] =>
  launch.fuses?.some((part) => rowsOf(part) !== undefined) ? launch.fuses.flatMap(partsOf) : [launch];

/** Whether a part of a launch reads such values in the rows that it is at. Of what the end of a classifier reads, only the first is in
 *  rows for certain: a kernel may have as many. */
function readsInRows(part: Launch, made: ReadonlySet<unknown>): boolean {
  return part.inputs.every((input, i) => {
    const { base, offset } = owner(input);
    if (!made.has(base)) return true;
    const isWhole = offset === 0 && sizeOf(base.shape) === sizeOf(input.shape);
    const isSame = part.kernel.inPlace === "elementwise" && sizeOf(input.shape) === sizeOf(resultOf(part).shape);
    const isInRows = part.kernel.walksRows !== undefined && (part.fuses === undefined || i === 0);
    return isWhole && (isInRows || isSame);
  });
}
