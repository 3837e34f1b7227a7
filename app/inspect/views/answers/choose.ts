/** Choosing samples of a judged split, for all views to show. */
import type { Said, SampleSet } from "../../../../src/engine";
import { chooseSamples } from "../../../store/samples";
import type { JudgedSplit } from "./useJudged";

/** Which file the samples of a split are in. */
export const setOf = ({ judged }: Pick<JudgedSplit, "judged">): SampleSet =>
  judged.answers.split === "test" ? "test" : "train";

/** @param samples by their place in the split, the one to look at first first */
export function choose(split: JudgedSplit, samples: readonly number[], said: Said): void {
  const { rows } = split.judged.answers;
  chooseSamples({ of: setOf(split), rows: samples.map((n) => rows[n] ?? 0), said, dataset: split.dataset });
}
