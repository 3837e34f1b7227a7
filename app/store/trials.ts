/** Races and searches as the rest of the page knows them: whether their dialog is open, and whether one has the device. */
import { create } from "zustand";
import { say } from "../../src/engine";
import { notify } from "./run";

/** What models are compared by: a race of a few, or a search among many. */
export type TrialKind = "race" | "search";

interface TrialsState {
  readonly open: TrialKind | null;
  readonly isUnderWay: boolean;
}

export const useTrials = create<TrialsState>()(() => ({ open: null, isUnderWay: false }));

export const openTrials = (open: TrialKind): void => useTrials.setState({ open });

export const takeOpen = ({ open }: TrialsState): TrialKind | null => open;

/** Whether a race or a search has the device, which is then said: it would be no fair one beside a training. */
export function isBusy(): boolean {
  const { isUnderWay } = useTrials.getState();
  if (isUnderWay) notify({ severity: "info", topic: "trials", said: say("trials.busy") });
  return isUnderWay;
}
