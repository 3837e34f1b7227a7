/** What a run tells, and what is kept of it to go on from. Types only. */
import type { HearAnswers } from "./answers";
import type { EpochMean } from "./epochMean";
import type { PatienceBooks } from "./patience";
import type { Score, StepBatch, ValidationMetrics } from "./scores";
import type { Snapshot } from "./snapshot";

/** What a run remembers beside its state. */
export interface RunBooks extends PatienceBooks {
  readonly epochMean: EpochMean | null;
  readonly validation: Score | null;
  /** The loss of the first step; null before it is known. */
  readonly firstLoss: number | null;
}

/** All that a run can be resumed from. */
export interface Kept {
  readonly snapshot: Snapshot;
  /** Milliseconds spent training so far. */
  readonly elapsedMs: number;
  /** What it remembers of the steps before, and of none after. */
  readonly books: RunBooks;
}

/** Where a run goes on that began elsewhere. */
export interface RunStart {
  /** Null at the first step. */
  readonly kept: Kept | null;
  /** Milliseconds spent training so far, on steps that were taken back too. */
  readonly elapsedMs: number;
}

/** What a run tells its owner as it goes. */
export interface RunListener {
  steps(steps: StepBatch): void;
  validation(metrics: ValidationMetrics): void;
  /** A copy of all that it can be resumed from. */
  kept?(kept: Kept): void;
  /** Something changed that a status would show; called about ten times a second. */
  progress(): void;
  /** Who hears what the model says of each validation sample at a step; undefined where nobody wants to. */
  hearing?(step: number): HearAnswers | undefined;
  /** Whether the loop waits for samples that have not arrived. */
  waiting?(isWaiting: boolean): void;
}
