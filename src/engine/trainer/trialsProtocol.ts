/** What the page and the worker of races and searches say to each other. Types only, of plain data. */
import type { ModelDescription } from "../model/description";
import type { Rung } from "../trials/space";
import type { EngineKey, Said } from "../words/said";
import type { BackendReport, PrepareOptions, Score, StepBatch, ValidationMetrics } from "./protocol";

/** A model that is to be trained beside others. */
export interface Entrant {
  readonly description: ModelDescription;
  /** What its run is called among those that are kept. */
  readonly name: string;
  /** What is noted of it there. */
  readonly note: string;
}

/** What a race is of. */
export interface RaceOrder {
  /** The rounds one after the other; the entrants of a round take turns. */
  readonly rounds: readonly (readonly Entrant[])[];
  /** Milliseconds of the device that each has. */
  readonly budgetMs: number;
}

/** What a search is of. */
export interface SearchOrder {
  readonly entrants: readonly Entrant[];
  /** How many go on, and until when each: the first rung has all of them. */
  readonly rungs: readonly Rung[];
  /** The curve by which they are judged. */
  readonly metric: string;
  readonly better: "higher" | "lower";
}

/** Why a run of a race or a search came to its end. */
export type LaneEnd =
  | { readonly kind: "time" } // it had all the time that there was for it
  | { readonly kind: "epochs" } // its epochs are done
  | { readonly kind: "patience" } // its own settings stopped it early
  | { readonly kind: "diverged"; readonly step: number } // its numbers are not finite any more
  /** Others were better after as long: `place` of `of`, of which only the first `kept` go on. */
  | { readonly kind: "halved"; readonly place: number; readonly of: number; readonly kept: number; readonly ms: number }
  /** It was worse than the median of those before it after as long. */
  | {
      readonly kind: "median";
      readonly value: number;
      readonly median: number;
      readonly of: number;
      readonly ms: number;
    }
  | { readonly kind: "stopped" } // by the visitor
  | { readonly kind: "failed"; readonly said: Said<EngineKey> };

/** How a run is doing. `waiting` for the device, or for its round; it `rests` when it may go on later. */
export interface LaneReport {
  readonly state: "waiting" | "preparing" | "running" | "rests" | "over";
  /** The run that is kept of it; null before its first steps are told. */
  readonly run: string | null;
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Milliseconds of the device that it has had. */
  readonly elapsedMs: number;
  readonly end: LaneEnd | null;
  /** What it is judged by: the held-out samples after its last step, or the test set where none are held out; null before its end,
   *  and where its numbers are not finite. */
  readonly score: Score | null;
}

/** What is told of a race or a search. Lanes are counted through all rounds. */
export type TrialEvent =
  | { readonly type: "backend"; readonly report: BackendReport }
  | { readonly type: "round"; readonly round: number }
  | { readonly type: "lane"; readonly lane: number; readonly report: LaneReport }
  | { readonly type: "steps"; readonly lane: number; readonly steps: StepBatch }
  | { readonly type: "validation"; readonly lane: number; readonly metrics: ValidationMetrics }
  /** Something is not as it should be, and it goes on: no run can be kept, or another machine is used. */
  | { readonly type: "warning"; readonly said: Said<EngineKey> };

/** The controls of races and searches. One goes on at a time in a worker. */
export interface TrialControls {
  /** Says that it is there. */
  answer(): Promise<void>;
  /** Runs a race, and resolves at its end, however that comes: each entrant's is told by its lane. */
  race(order: RaceOrder, options: PrepareOptions, hear: (event: TrialEvent) => void): Promise<void>;
  /** Runs a search, and resolves at its end, however that comes. */
  search(order: SearchOrder, options: PrepareOptions, hear: (event: TrialEvent) => void): Promise<void>;
  /** Holds everything after the present turn, or goes on. */
  pause(isPaused: boolean): Promise<void>;
  /** Ends it: what runs is scored and kept, what waits is left. */
  stop(): Promise<void>;
}

/** What a worker has that races and searches are asked of. */
export interface TrialHost {
  trials(): Promise<TrialControls>;
}
