/** What is done to plans for machines on which a launch costs more than computing a small value twice. It is a third of the compiler,
 *  and comes with the backend that asks for it: who trains on the CPU does not load it. */
import { copy } from "../ops/layout";
import { mergeLaunches } from "./launches";
import type { Computation, Merging } from "./plan";
import { simplify } from "./simplify";
import { sortReaders } from "./sortReaders";

/** Gradients of gathered rows spelled out, copies of packs as launches of their own, and launches merged. */
export const merging: Merging = {
  limitsBuffers: true,
  simplify: (computation) => copyPacks(simplify(sortReaders(computation))),
  mergeLaunches,
};

/** The computation with copies of packs that replace state as launches of their own, which share launches as others do: a pack is
 *  made part by part, while the state is still read. */
function copyPacks({ outputs, updates }: Required<Computation>): Required<Computation> {
  const copied = ({ state, value }: Required<Computation>["updates"][number]) => ({
    state,
    value: value.op.storage === "pack" ? copy(value) : value,
  });
  return { outputs, updates: updates.map(copied) };
}
