/** What the model last said of a whole split, sample by sample; kept while somebody looks at it. */
import { create } from "zustand";
import type { Answers } from "../../src/engine";

interface AnswersState {
  /** Null before anything is known of the present model. */
  readonly told: { readonly answers: Answers; readonly step: number } | null;
  /** Whether they are being asked for. */
  readonly isAsking: boolean;
}

export const useAnswers = create<AnswersState>()(() => ({ told: null, isAsking: false }));

export const takeTold = ({ told }: AnswersState): AnswersState["told"] => told;

/** Forgets them: they are of another model, or of other weights. */
export const forgetAnswers = (): void => useAnswers.setState({ told: null });
