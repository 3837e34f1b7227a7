/** What the trainer says in words: why it stopped, and what went wrong. */
import { BackendError, DatasetError, DescentError, ModelError } from "../errors";
import type { TrainerNotice } from "./protocol";
import type { Outcome } from "../train/run";

/** What to say of how a run ended, if anything. @param step it came to */
export function outcomeNotice(outcome: Outcome, step: number): TrainerNotice | undefined {
  if (outcome.kind === "non-finite") {
    const what = outcome.what === "loss" ? "loss is no longer a finite number" : "weights are no longer finite numbers";
    const message =
      `The ${what} at step ${outcome.step}, so training is paused. ` +
      `Reset and try a lower learning rate, for instance a tenth.`;
    return { severity: "error", code: "non-finite", message, step: outcome.step };
  }
  if (outcome.kind === "early-stopping") {
    const message = `Stopped early: the validation loss was best after epoch ${outcome.bestEpoch}.`;
    return { severity: "info", code: "early-stopping", message, step };
  }
  return undefined;
}

/** What to say of an error that ends a run or a preparation. */
export function failureNotice(error: unknown): TrainerNotice {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DatasetError) return { severity: "error", code: "dataset", message, retry: true };
  if (error instanceof ModelError) return { severity: "error", code: "model", message };
  if (error instanceof BackendError) return { severity: "error", code: "memory", message };
  if (error instanceof DescentError) return { severity: "error", code: "internal", message };
  const unknown = `Something went wrong in the training engine: ${message.replace(/\.$/, "")}. Change the model or reload.`;
  return { severity: "error", code: "internal", message: unknown };
}
