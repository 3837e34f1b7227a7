/** Races and searches as the rest of the page knows them: whether their dialog is open, and whether one has the device. */
import { create } from "zustand";
import { say } from "../../src/engine";
import { notify } from "./run";

/** What models are compared by: a race of a few, or a search among many. */
export type TrialKind = "race" | "search";

interface TrialsState {
  readonly open: TrialKind | null;
  readonly isUnderWay: boolean;
  /** What ended while its dialog was closed, until somebody looks. */
  readonly unseen: TrialKind | null;
}

export const useTrials = create<TrialsState>()(() => ({ open: null, isUnderWay: false, unseen: null }));

export const openTrials = (open: TrialKind): void =>
  useTrials.setState(({ unseen }) => ({ open, unseen: unseen === open ? null : unseen }));

export const takeOpen = ({ open }: TrialsState): TrialKind | null => open;

/** Whether there is something to show of a race or a search that nobody looks at. */
export const takeIsAway = ({ open, isUnderWay, unseen }: TrialsState): boolean =>
  open === null && (isUnderWay || unseen !== null);

/** Whether a race or a search has the device, which is then said: it would be no fair one beside a training. */
export function isBusy(): boolean {
  const { isUnderWay } = useTrials.getState();
  if (isUnderWay) notify({ severity: "info", topic: "trials", said: say("trials.busy") });
  return isUnderWay;
}
