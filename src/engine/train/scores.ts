/** What a run says of each step and of each validation. Types only. */

/** Loss in the unit of the model's loss (nats for cross-entropy), accuracy from 0 to 1. */
export interface Score {
  readonly loss: number;
  readonly accuracy: number;
}

/** One training step's numbers, on its own batch. `step` counts from 1; `epoch` from 0, with fractions. */
export interface StepMetrics extends Score {
  readonly step: number;
  readonly epoch: number;
  /** Milliseconds of training time, pauses left out. */
  readonly elapsedMs: number;
}

/** Scores on samples the training does not see, at the end of an epoch. */
export interface ValidationMetrics extends Score {
  readonly step: number;
  readonly epoch: number;
  readonly elapsedMs: number;
}
