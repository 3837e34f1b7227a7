/** The training step taken apart: its launches, and what each of them takes once that was asked for. */
import { create } from "zustand";
import type { PlanReport, Profile } from "../../src/engine";

interface ProfileState {
  /** Of the model that the trainer has; null until somebody wants to see it. */
  readonly report: PlanReport | null;
  readonly profile: Profile | null;
  /** Launches timed so far, while a profile is being taken. */
  readonly progress: { readonly done: number; readonly total: number } | null;
}

const empty: ProfileState = { report: null, profile: null, progress: null };

export const useProfile = create<ProfileState>()(() => empty);

/** Forgets everything: another model, or another device. */
export const clearProfile = (): void => useProfile.setState(empty);

export const takeReport = ({ report }: ProfileState): PlanReport | null => report;
export const takeProfile = ({ profile }: ProfileState): Profile | null => profile;
export const takeProgress = ({ progress }: ProfileState): ProfileState["progress"] => progress;
