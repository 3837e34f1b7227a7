/** What the trainer says of itself: why it stopped, and what went wrong. */
import { BackendError, DatasetError, DescentError, ModelError, saidBy } from "../errors";
import { say } from "../words/said";
import type { TrainerNotice } from "./protocol";
import type { Outcome } from "../train/run";

/** What to say of how a run ended, if anything. @param step it came to */
export function outcomeNotice(outcome: Outcome, step: number): TrainerNotice | undefined {
  if (outcome.kind === "non-finite") {
    const key = outcome.what === "loss" ? "notice.lossNotFinite" : "notice.weightsNotFinite";
    const said = say(key, { step: outcome.step });
    return { severity: "error", code: "non-finite", said, step: outcome.step };
  }
  if (outcome.kind === "early-stopping") {
    const said = say("notice.stoppedEarly", { bestEpoch: outcome.bestEpoch });
    return { severity: "info", code: "early-stopping", said, step };
  }
  return undefined;
}

/** What to say of an error that ends a run or a preparation. */
export function failureNotice(error: unknown): TrainerNotice {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof DescentError)) {
    return { severity: "error", code: "internal", said: say("notice.unexpected", { reason: message }) };
  }
  const said = saidBy(error);
  if (error instanceof DatasetError) return { severity: "error", code: "dataset", said, retry: true };
  if (error instanceof ModelError) return { severity: "error", code: "model", said };
  if (error instanceof BackendError) return { severity: "error", code: "memory", said };
  return { severity: "error", code: "internal", said };
}
