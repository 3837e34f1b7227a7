/** What the trainer says of itself: why it stopped, and what went wrong. */
import { BackendError, DatasetError, DescentError, FileError, ModelError, saidBy } from "../errors";
import { type EngineKey, type Said, say } from "../words/said";
import type { BackendReport, TrainerNotice } from "./protocol";
import type { NonFinite } from "../train/outcome";

/** What to say of an early end. @param step it came to  @param isRestored whether the best weights are back */
export function earlyNotice(bestEpoch: number, step: number, isRestored: boolean): TrainerNotice {
  const said = say(isRestored ? "notice.stoppedAtBest" : "notice.stoppedEarly", { bestEpoch });
  return { severity: "info", code: "early-stopping", said, step };
}

/** What to say where the best weights are back after the last epoch. */
export function restoredNotice(bestEpoch: number, step: number): TrainerNotice {
  return { severity: "info", code: "early-stopping", said: say("notice.restoredBest", { bestEpoch }), step };
}

const NOT_FINITE = {
  loss: "notice.lossNotFinite",
  weights: "notice.weightsNotFinite",
  gradient: "notice.gradientNotFinite",
} as const;

/** What to say when numbers are no longer finite.
 *  @param cause where that began, where it is known  @param from the step that training can go on from */
export function divergedNotice(
  { what, step }: NonFinite,
  cause: Said<EngineKey> | undefined,
  from: number,
): TrainerNotice {
  const said = say(NOT_FINITE[what], { step, cause: cause ?? "", from });
  return { severity: "error", code: "non-finite", said, step, resumeStep: from };
}

/** What to say when a device was lost at one step and training goes on from another. */
export function lostNotice(reason: string, step: number, from: number, report: BackendReport): TrainerNotice {
  const { kind, adapter } = report;
  const values = { reason, step: from, isOnGpu: kind === "webgpu", adapter, lostSteps: step - from };
  return { severity: "warning", code: "device-lost", said: say("notice.deviceLost", values), step };
}

/** What to say of settings that are refused. */
export function settingsNotice(error: unknown): TrainerNotice {
  const { said } = failureNotice(error);
  return { severity: "warning", code: "settings", said: say("notice.settingsRefused", { problem: said }) };
}

/** What to say of samples that did not arrive, for which a run is paused. */
export const pausedNotice = (error: DatasetError): TrainerNotice => ({
  severity: "error",
  code: "dataset",
  said: say("notice.dataMissing", { message: saidBy(error) }),
});

/** What to say of an error that ends a run or a preparation. */
export function failureNotice(error: unknown): TrainerNotice {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof DescentError)) {
    return { severity: "error", code: "internal", said: say("notice.unexpected", { reason: message }) };
  }
  const said = saidBy(error);
  if (error instanceof DatasetError) return { severity: "error", code: "dataset", said, retry: true };
  if (error instanceof FileError) return { severity: "error", code: "file", said };
  if (error instanceof ModelError) return { severity: "error", code: "model", said };
  if (error instanceof BackendError) return { severity: "error", code: "memory", said };
  return { severity: "error", code: "internal", said };
}
