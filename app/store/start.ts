/** The weights that the edited model is to begin with, where these are not drawn by its seed. Another model ends that. */
import { create } from "zustand";
import type { StartWeights } from "../../src/engine";

/** Weights of another model. */
export interface Start {
  /** What they are of, in the visitor's words: a run, or a file. */
  readonly title: string;
  readonly weights: StartWeights;
  /** The link that they came with, as the part of an address after `#`. */
  readonly link?: string;
}

interface StartState {
  readonly from: Start | null;
}

export const useStart = create<StartState>()(() => ({ from: null }));

export const takeFrom = ({ from }: StartState): Start | null => from;

/** What preparing a model is told of it. */
export function startOption(): { readonly start?: StartWeights } {
  const { from } = useStart.getState();
  return from ? { start: from.weights } : {};
}
