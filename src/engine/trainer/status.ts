/** What the trainer says of itself, in numbers. */
import type { LoadProgress } from "../data";
import type { BackendReport, PreparePhase, Score, TrainerState, TrainerStatus } from "./protocol";
import type { Run } from "../train/run";
import type { Session } from "../train/session";

/** What a status is read from. */
export interface StatusSource {
  readonly state: TrainerState;
  /** Undefined until a model is prepared. */
  readonly prepared: { readonly session: Session; readonly run: Run } | undefined;
  readonly backend: BackendReport | null;
  readonly test: Score | null;
  readonly phase: PreparePhase | null;
  readonly loading: LoadProgress | null;
}

/** Reads everything a status shows. */
export function buildStatus({ state, prepared, backend, test, phase, loading }: StatusSource): TrainerStatus {
  const run = prepared?.run;
  const stepsPerEpoch = prepared?.session.stepsPerEpoch ?? 0;
  const step = run?.step ?? 0;
  const totalSteps = run?.totalSteps ?? 0;
  const elapsedMs = run?.elapsedMs ?? 0;
  const speed = run?.stepsPerSecond ?? 0;
  const meanSpeed = elapsedMs > 0 ? (1000 * step) / elapsedMs : 0;
  return {
    state,
    step,
    stepsPerEpoch,
    totalSteps,
    epoch: stepsPerEpoch === 0 ? 0 : step / stepsPerEpoch,
    epochs: run?.settings.training.epochs ?? 0,
    epochMean: run?.epochMean ?? null,
    validation: run?.validation ?? null,
    test,
    learningRates: run ? run.ratesAt(step) : {},
    samplesPerSecond: (state === "running" ? speed : meanSpeed) * (prepared?.session.samplesPerStep ?? 0),
    elapsedMs,
    remainingMs: speed > 0 ? ((totalSteps - step) / speed) * 1000 : null,
    backend,
    memory: prepared?.session.memory ?? null,
    phase,
    loading: phase === "loading" ? loading : null,
  };
}
