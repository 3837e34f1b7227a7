/** What is kept of a run, to go on from. Types only. */
import type { EpochMean } from "./epochMean";
import type { PatienceBooks } from "./patience";
import type { Score } from "./scores";
import type { Snapshot } from "./snapshot";

/** What a run remembers beside its state. */
export interface RunBooks extends PatienceBooks {
  readonly epochMean: EpochMean | null;
  readonly validation: Score | null;
  /** The loss of the first step; null before it is known. */
  readonly firstLoss: number | null;
}

/** Where a run goes on that began elsewhere. */
export interface RunStart {
  /** Null at the first step. */
  readonly snapshot: Snapshot | null;
  /** Milliseconds spent training so far. */
  readonly elapsedMs: number;
  /** What it remembers of the steps before. */
  readonly books?: RunBooks;
}

/** All that a run can be resumed from. */
export interface Kept {
  readonly snapshot: Snapshot;
  readonly elapsedMs: number;
  readonly books: RunBooks;
}
