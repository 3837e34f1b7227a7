/** What is done when a run's numbers are no longer finite: the model goes back to when it last did well. */
import type { NonFinite } from "../train/run";
import { divergedNotice } from "./notices";
import type { Prepared, Preparer } from "./prepared";
import type { TrainerNotice } from "./protocol";

/** A model that is well again, and what there is to say. */
export interface Recovered {
  readonly model: Prepared;
  readonly notice: TrainerNotice;
}

/** Puts a model whose run diverged back to the last snapshot that is known to be good; to its first weights without one. */
export async function recoverFrom(
  outcome: NonFinite,
  prepared: Prepared,
  preparer: Preparer,
  pause: () => Promise<void>,
): Promise<Recovered> {
  await pause();
  const { good } = prepared.run.snapshots;
  if (good) prepared.session.restore(good);
  else prepared.session.reset();
  const model = preparer.goOn(prepared, prepared.run, good);
  return { model, notice: divergedNotice(outcome, "", model.run.step) };
}
