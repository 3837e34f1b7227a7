/** What a generator has made of the same noise in the past: kept from when the view is first loaded, for as long as the model is. */
import { create } from "zustand";
import type { ModelDescription } from "../../../../src/engine";
import { useRun } from "../../../store/run";

/** Samples made after so many steps. */
export interface Made {
  readonly step: number;
  /** `[count, ...shape]` */
  readonly values: Float32Array;
}

interface PastState {
  readonly kept: readonly Made[];
  /** Of which model. */
  readonly of: ModelDescription | null;
}

/** So many are kept; then every other one is let go. */
const MOST = 60;

/** The samples with one more: those of later steps are void, since the run began anew. Pure. */
export function withOneMore(kept: readonly Made[], made: Made): readonly Made[] {
  const before = kept.filter(({ step }) => step < made.step);
  const thinned = before.length < MOST ? before : before.filter((_, i) => i % 2 === 0);
  return [...thinned, made];
}

export const usePast = create<PastState>()(() => ({ kept: [], of: null }));

function keep(): void {
  const { predictions, prepared, status } = useRun.getState();
  const made = predictions?.shown["made"];
  const { kept, of } = usePast.getState();
  if (!made || made.kind !== "image" || !prepared) return;
  // It is copied, since the page may send the original on.
  const one = { step: status.step, values: made.data.slice() };
  usePast.setState({ of: prepared, kept: withOneMore(of === prepared ? kept : [], one) });
}

keep();
useRun.subscribe(({ predictions }, before) => {
  if (predictions !== before.predictions) keep();
});
