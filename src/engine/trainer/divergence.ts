/** What is done when a run's numbers are no longer finite: the model goes back to when it last did well, and takes the same
 *  steps again to find where that began. */
import { LateError } from "../errors";
import type { Probe } from "../train/programs";
import type { Kept } from "../train/kept";
import type { NonFinite } from "../train/outcome";
import type { Run } from "../train/run";
import type { Session } from "../train/session";
import { GPU_SILENCE_MS, within } from "../within";
import { type EngineKey, type Said, say } from "../words/said";
import { divergedNotice } from "./notices";
import type { Prepared, Preparer } from "./prepared";
import type { TrainerNotice } from "./protocol";

/** Steps that are taken again at a time. */
const CHUNK = 32;

/** A model that is well again, and what there is to say. */
export interface Recovered {
  readonly model: Prepared;
  /** Where it is now; null at its first weights. */
  readonly from: Kept | null;
  readonly notice: TrainerNotice;
}

/** Puts a model whose run diverged back to the last snapshot that is known to be good; to its first weights without one.
 *  @param pause awaited now and then; whatever it throws ends the search */
export async function recoverFrom(
  outcome: NonFinite,
  prepared: Prepared,
  preparer: Preparer,
  pause: () => Promise<void>,
): Promise<Recovered> {
  const { session, run } = prepared;
  const { good, newest } = run.snapshots;
  const before = good ?? newest;
  let found: Probe | undefined;
  if (before && before.snapshot.step < outcome.step) {
    session.restore(before.snapshot);
    // A GPU that goes silent meanwhile leaves the cause unknown.
    found = await findCause(session, run, before.snapshot.step, outcome.step, pause).catch((error: unknown) => {
      if (!(error instanceof LateError)) throw error;
      return undefined;
    });
  }
  const model = preparer.goOn(prepared, run, good);
  return { model, from: good, notice: divergedNotice(outcome, found && causeOf(found), model.run.step) };
}

/** The first value that is not finite, of the step where that was noticed or of one that led there.
 *  @param from how many steps the session has taken  @param step counts from 1
 *  @returns undefined where the same steps come to another end, as they may at other rates or by other kernels */
async function findCause(
  session: Session,
  run: Run,
  from: number,
  step: number,
  pause: () => Promise<void>,
): Promise<Probe | undefined> {
  const take = async (at: number, to: number): Promise<void> => {
    while (at < to) {
      const count = Math.min(CHUNK, to - at, session.order.stepsAvailable(at));
      await session.play(at);
      session.runSteps(
        at,
        Array.from({ length: count }, (_, i) => run.ratesAt(at + i)),
      );
      at += count;
      await within(session.areWeightsFinite(), GPU_SILENCE_MS, "Taking steps again");
      await pause();
    }
  };
  // What is noticed in one step may have begun with the update of the step before.
  const before = Math.max(from, step - 2);
  await take(from, before);
  for (let at = before; at < step; at++) {
    await session.play(at);
    const [first] = await session.probe(at, run.ratesAt(at));
    if (first) return first;
    await take(at, at + 1);
  }
  return undefined;
}

function causeOf({ of, name }: Probe): Said<EngineKey> {
  switch (of) {
    case "column":
      return say("notice.causeColumn", { name });
    case "output":
      return say("notice.causeOutput", { name });
    case "loss":
      return say("notice.causeLoss", { name });
    case "gradient":
      return say("notice.causeGradient", { name });
  }
}
