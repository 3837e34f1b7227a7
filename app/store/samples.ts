/** The samples that the visitor looks at: chosen in one view, shown in all. Nothing here is undone or remembered. */
import { create } from "zustand";
import type { SampleSet, Said } from "../../src/engine";

/** Some samples of one set, by their rows. */
export interface ChosenSamples {
  readonly of: SampleSet;
  /** The one to look at first comes first. */
  readonly rows: readonly number[];
  /** What they are, in words: who chose them, and why these. */
  readonly said: Said;
  /** The id of the dataset that they are of. */
  readonly dataset: string;
}

interface SamplesState {
  readonly chosen: ChosenSamples | null;
  /** Which of them is looked at, from 0. */
  readonly at: number;
}

export const useSamples = create<SamplesState>()(() => ({ chosen: null, at: 0 }));

/** Chooses samples, and looks at the first of them. */
export const chooseSamples = (chosen: ChosenSamples): void => useSamples.setState({ chosen, at: 0 });

/** Chooses none. */
export const clearSamples = (): void => useSamples.setState({ chosen: null, at: 0 });

/** Looks at another of those that are chosen; none beyond them. */
export function lookAt(at: number): void {
  const { chosen } = useSamples.getState();
  if (chosen && at >= 0 && at < chosen.rows.length) useSamples.setState({ at });
}

export const takeChosen = ({ chosen }: SamplesState): ChosenSamples | null => chosen;
export const takeAt = ({ at }: SamplesState): number => at;
