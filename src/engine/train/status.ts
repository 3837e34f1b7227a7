/** What the trainer says of itself: the status message, and notices of failures. */
import { BackendError, DatasetError, DescentError, ModelError } from "../errors";
import type { LoadProgress } from "../data";
import type { ModelDescription } from "../model/description";
import type { BackendReport, Score, TrainerNotice, TrainerState, TrainerStatus } from "./protocol";
import type { Run } from "./run";
import type { Session } from "./session";

/** What a status is read from, once a model is prepared. */
export interface StatusSource {
  readonly description: ModelDescription;
  readonly session: Session;
  readonly run: Run;
}

/** Reads everything a status shows. */
export function buildStatus(
  state: TrainerState,
  prepared: StatusSource | undefined,
  backend: BackendReport | null,
  test: Score | null,
  loading: LoadProgress | null,
): TrainerStatus {
  const run = prepared?.run;
  const stepsPerEpoch = prepared?.session.stepsPerEpoch ?? 0;
  const step = run?.step ?? 0;
  const totalSteps = run?.totalSteps ?? 0;
  const speed = run?.stepsPerSecond ?? 0;
  return {
    state,
    step,
    stepsPerEpoch,
    totalSteps,
    epoch: stepsPerEpoch === 0 ? 0 : step / stepsPerEpoch,
    epochs: prepared?.description.training.epochs ?? 0,
    latest: run?.latest ?? null,
    validation: run?.validation ?? null,
    test,
    learningRate: run ? run.rateAt(step) : 0,
    samplesPerSecond: speed * (prepared?.session.batchSize ?? 0),
    elapsedMs: run?.elapsedMs ?? 0,
    remainingMs: speed > 0 ? ((totalSteps - step) / speed) * 1000 : null,
    backend,
    memory: prepared?.session.memory ?? null,
    loading,
  };
}

/** Puts a failure in words: its own where it was thrown on purpose. */
export function failureNotice(error: unknown): TrainerNotice {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DatasetError) return { severity: "error", code: "dataset", message, retry: true };
  if (error instanceof ModelError) return { severity: "error", code: "model", message };
  if (error instanceof BackendError) return { severity: "error", code: "memory", message };
  if (error instanceof DescentError) return { severity: "error", code: "internal", message };
  const unknown = `Something went wrong in the training engine: ${message}. Change the model or reload.`;
  return { severity: "error", code: "internal", message: unknown };
}
