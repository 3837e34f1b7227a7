/** What the page and the training worker say to each other. Types only; Comlink carries them. Everything is plain,
 *  clonable data, and what comes in is checked by schema on arrival. */
import type { MadeDataset } from "../data/ownData";
import type { Profile } from "../backend/backend";
import type { LoadProgress } from "../data";
import type { BackendChoice, BackendReport } from "../device/chooseBackend";
import type { ModelDescription } from "../model/description";
import type { EpochMean } from "../train/epochMean";
import type { MemoryReport } from "../train/memory";
import type { ColumnData, ColumnInfo } from "../data/column";
import type { AnswerOf, InquiryName, QuestionOf } from "../inspect";
import type { Answers, ScoredSplit } from "../train/answers";
import type { ShownValues } from "../train/predictor";
import type { Rates } from "../train/learningRates";
import type { Score, StepBatch, ValidationMetrics } from "../train/scores";
import type { PlanText, Weight } from "../train/session";
import type { Kept } from "../train/kept";
import type { Shape } from "../shape";
import type { StartWeights } from "../model/startFrom";
import type { Rounding } from "../train/rounding";
import type { TuningReport } from "../tune/tuner";
import type { EngineKey, Said } from "../words/said";

export type {
  Answers,
  BackendChoice,
  BackendReport,
  Kept,
  MemoryReport,
  Rates,
  Score,
  ScoredSplit,
  StepBatch,
  TuningReport,
  ValidationMetrics,
};

/** Where the trainer is.
 *  `empty` before a model; `preparing` loads data and compiles; `ready` has initial weights; `running`; `paused`; `scoring`
 *  the test set, which ends a run; `finished` all epochs or stopped early; `stopped` by the visitor. When numbers are no
 *  longer finite, `tracing` looks where that began, and in `diverged` the model is as it was when it last did well, to go
 *  on from there. `failed` needs a new model. */
export type TrainerState =
  | "empty"
  | "preparing"
  | "ready"
  | "running"
  | "paused"
  | "scoring"
  | "finished"
  | "stopped"
  | "tracing"
  | "diverged"
  | "failed";

/** What a preparation is at: `loading` the dataset and opening a backend, `testing` kernels on an adapter that has not
 *  passed them yet, `compiling` the model. */
export type PreparePhase = "loading" | "testing" | "compiling";

/** The state of a run, sent at most ten times a second and on every change. */
export interface TrainerStatus {
  readonly state: TrainerState;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  /** Epochs done, with fractions. */
  readonly epoch: number;
  readonly epochs: number;
  /** Of the epoch under way, or of the one that just ended; null before the first scores. */
  readonly epochMean: EpochMean | null;
  readonly validation: Score | null;
  readonly test: Score | null;
  /** Of each network, its schedule applied. */
  readonly learningRates: Rates;
  /** At present while it runs, otherwise over the whole run. */
  readonly samplesPerSecond: number;
  readonly elapsedMs: number;
  /** Milliseconds left at the present speed; null before it is known. */
  readonly remainingMs: number | null;
  readonly backend: BackendReport | null;
  /** Null before a model is prepared. */
  readonly memory: MemoryReport | null;
  /** Null unless `preparing`, or `loading` while a run waits for samples that have not arrived. */
  readonly phase: PreparePhase | null;
  /** How much of the dataset is there, while it is waited for; null where it was there before. */
  readonly loading: LoadProgress | null;
}

/** A copy of a model, whose weights can be rounded. */
export interface RoundableModel {
  readonly split: ScoredSplit;
  /** Steps done when it was copied. */
  readonly step: number;
  /** All its weights, by name. */
  readonly weights: Readonly<Record<string, Shape>>;
}

/** The training step as it will be run, launch by launch. */
export interface PlanReport extends PlanText {
  /** Null until the kernels of this model were tuned on this visit. */
  readonly tuning: TuningReport | null;
}

/** Something the visitor should know. `code` is stable; what is `said` is for reading. */
export interface TrainerNotice {
  readonly severity: "info" | "warning" | "error";
  readonly code:
    | "backend"
    | "dataset"
    | "device-lost"
    | "early-stopping"
    | "file"
    | "memory"
    | "model"
    | "non-finite"
    | "settings"
    | "storage"
    | "internal";
  readonly said: Said<EngineKey>;
  /** The step it happened at, where that matters. */
  readonly step?: number;
  /** Whether calling `prepare` again may succeed. */
  readonly retry?: boolean;
  /** The step from which training can go on, where it went wrong. */
  readonly resumeStep?: number;
}

/** What the trainer tells its listener. */
export type TrainerEvent =
  | { readonly type: "status"; readonly status: TrainerStatus }
  /** Steps done since the last such event. */
  | { readonly type: "steps"; readonly steps: StepBatch }
  | { readonly type: "validation"; readonly metrics: ValidationMetrics }
  | { readonly type: "test"; readonly score: Score }
  /** What a score is made of, sample by sample, where that is watched. */
  | { readonly type: "answers"; readonly answers: Answers; readonly step: number }
  | { readonly type: "notice"; readonly notice: TrainerNotice }
  /** Curves are void from here on: a new model, or reset. */
  | { readonly type: "cleared" }
  /** Steps after this one are void, and will be run again: the device was lost, or their numbers were not finite. */
  | { readonly type: "rewound"; readonly step: number }
  /** At this step only some networks learnt, as the visitor wished: what the settings say is no longer all that made the run. */
  | { readonly type: "by-hand"; readonly step: number; readonly networks: readonly string[] }
  /** How many launches of the training step have been timed. */
  | { readonly type: "profiling"; readonly done: number; readonly total: number }
  /** The run that is trained is kept under this id. */
  | { readonly type: "recorded"; readonly id: string }
  /** The plan of the training step may have changed. */
  | { readonly type: "tuned"; readonly report: TuningReport };

/** Where training data come from and what to run on. */
export interface PrepareOptions {
  readonly backend: BackendChoice;
  /** The folder of all datasets, ending in a slash: an address for the page, a path in Node. */
  readonly datasetsUrl: string;
  /** CPU threads, where memory can be shared; as many as the machine has when left out. */
  readonly threads?: number;
  /** Find out, in the first seconds of training, which kernels are quickest on this machine, and remember it. Kernels
   *  that round differently may then take over. When left out, the same kernels are used run after run. */
  readonly tune?: boolean;
  /** Use only this many training samples; all when left out. */
  readonly limit?: number;
  /** False to take samples as the dataset has them, the last ones held out; shuffled anew for every epoch when left out. */
  readonly shuffle?: boolean;
  /** Weights to begin with, of another model perhaps: those that fit by name and shape are taken, the others are drawn by the seed. */
  readonly start?: StartWeights;
}

/** The values of a column for some samples, as networks see them. */
export interface SampleColumn {
  readonly info: ColumnInfo;
  /** `[count, ...shape]`: scaled numbers, or indices. */
  readonly values: ColumnData;
}

/** Which file samples are in: those held out for validation are of the training set. */
export type SampleSet = "train" | "test";

/** Columns of some samples, by name. */
export type SampleColumns = Readonly<Record<string, SampleColumn>>;

/** Samples from the test set with what the model shows of them. */
export interface Predictions {
  /** Where in the test set they begin. */
  readonly first: number;
  readonly count: number;
  /** All columns of the dataset, by name. */
  readonly columns: Readonly<Record<string, SampleColumn>>;
  /** By name, in the task's order. */
  readonly shown: ShownValues;
}

/** A model as it was between two steps, to be taken elsewhere, with test samples and what it shows of them. */
export interface TakenModel {
  readonly description: ModelDescription;
  readonly step: number;
  /** By name, `dense_1/kernel`, after `network/` where there are several networks. */
  readonly weights: Readonly<Record<string, Weight>>;
  readonly count: number;
  /** The samples' columns, as networks see them. */
  readonly columns: Readonly<Record<string, ColumnData>>;
  readonly shown: ShownValues;
  /** What networks give by themselves, by their names, where it was asked for: of the samples, of steady noise, or of what the one before
   *  gives. */
  readonly apart: Readonly<Record<string, ArrayLike<number>>>;
}

/** What came of a file that a run was to go on from. */
export interface Resumed {
  readonly step: number;
  /** What is not as it was when the file was made. */
  readonly differences: readonly Said<EngineKey>[];
  /** Whether the next steps have the bits that they would have had: surely, perhaps, or not. */
  readonly bits: "same" | "possible" | "other";
}

/** For data that the page has just made. */
export interface BroughtControls {
  /** Takes them over, to be trained on. */
  bring(made: MadeDataset): Promise<void>;
  /** Keeps them in the browser. @returns why that failed, or null */
  keepBrought(id: string): Promise<Said | null>;
}

/** The trainer's controls. Every call may be made at any time. One made while the trainer is on its way from one state to
 *  another is remembered until it is there, and one that makes no sense there does nothing. Failures are told as notices and by the state, and never thrown across the worker's edge. */
export interface TrainerControls {
  /** Registers the one listener. */
  listen(listener: (event: TrainerEvent) => void): void;
  /** Registers who keeps copies of the run's state, taken every few seconds and at every pause. */
  keep(keeper: (kept: Kept) => void): Promise<void>;
  /** Says that it is there. */
  answer(): Promise<void>;
  /** Loads the dataset, picks a backend, compiles the model and draws its initial weights. Stops what was running.
   *  @param from what was kept of a run of this very model, which is then paused where that was taken */
  prepare(description: ModelDescription, options: PrepareOptions, from?: Kept): Promise<void>;
  /** The run as a file that it can go on from to the bit, as of the steps done now; null before a model is prepared. */
  checkpoint(): Promise<Uint8Array | null>;
  /** Prepares the model of a checkpoint, paused where that was taken. A file that is refused is told as a notice, and what was
   *  there stays. @param options say where to run it; which samples it takes is in the file
   *  @returns null where it is refused or given up */
  resume(file: Uint8Array, options: PrepareOptions): Promise<Resumed | null>;
  /** Runs until all epochs are done, or `pause`, `stop`, or a failure. From `finished` or `stopped` it trains on where epochs
   *  are left, and otherwise does nothing.
   *  @param steps pauses after so many in all, where that is sooner */
  train(steps?: number): Promise<void>;
  pause(): Promise<void>;
  /** Runs one step and pauses. @param networks that learn at it, where the others are to stay as they are to the bit */
  step(networks?: readonly string[]): Promise<void>;
  /** Ends the run and scores it on the test set. */
  stop(): Promise<void>;
  /** Back to the same initial weights, step 0. */
  reset(): Promise<void>;
  /** Trains by the settings of this description from the next step on, in whatever state: learning rates, schedules, epochs
   *  and whatever else a field calls `live`. One that differs in more than these changes nothing before it is prepared. */
  configure(description: ModelDescription): Promise<void>;
  /** Moves the model to another backend, or another number of threads, as it is: a run goes on from the same step.
   *  Before a model is prepared it opens the backend, so that the status tells what there is. */
  runOn(options: Pick<PrepareOptions, "backend" | "threads" | "tune">): Promise<void>;
  /** Tells the pacing whether the page is visible. */
  setVisible(visible: boolean): Promise<void>;
  /** What the model now says of `count` test samples, from the `first`. Null before a model is prepared. */
  predictTest(first: number, count: number): Promise<Predictions | null>;
  /** From now on, or no longer, every validation and test tells what it is made of (`answers`), at the price of a copy. */
  watch(isWatching: boolean): Promise<void>;
  /** What the model now says of each sample of a split, and after which step. A run that is under way waits meanwhile, off the
   *  clock. Null where it tells no class, has no such samples, or has not got all of them yet. */
  answers(split: ScoredSplit): Promise<{ readonly answers: Answers; readonly step: number } | null>;
  /** The columns of samples by their rows, at most 1024 of them, or null where there are no such rows. */
  samples(of: SampleSet, rows: Uint32Array): Promise<SampleColumns | null>;
  /** The model as it now is, with `count` test samples, and what its networks give apart if asked. A run that is under way waits meanwhile, off the clock. Null before a model is
   *  prepared, and where the samples cannot be had. */
  take(count: number, isApart?: boolean): Promise<TakenModel | null>;
  /** Puts weights into the prepared model, which no step has changed yet. @returns whether they are its own, and could be taken */
  give(weights: Readonly<Record<string, Weight>>): Promise<boolean>;
  /** Copies the model, to be scored with its weights rounded. The copy is that of this step, and holds memory until it is closed.
   *  Null before a model is prepared, where samples have not arrived, or where there is no room. */
  openRounding(split: ScoredSplit): Promise<RoundableModel | null>;
  /** What the copy is worth with its weights rounded. @param rounding null: as they are
   *  @returns null without a copy, as after the model itself was replaced, or where weights are not finite */
  scoreRounded(rounding: Rounding | null): Promise<Score | null>;
  closeRounding(): Promise<void>;
  /** Answers a question about the model as it is now (`inspect/`). Asking it again, or `dropInquiry`, ends the answer that is under way.
   *  @param onProgress hears how far it is  @returns null where it does not fit the model, or is not wanted any more */
  inquire<K extends InquiryName>(
    name: K,
    question: QuestionOf<K>,
    onProgress?: (done: number, total: number) => void,
  ): Promise<AnswerOf<K> | null>;
  dropInquiry(name: InquiryName): Promise<void>;
  /** The plan of the training step, or null before a model is prepared. */
  explain(): Promise<PlanReport | null>;
  /** Times every launch of the training step. A run that is under way waits meanwhile and then goes on; nothing that it
   *  has learnt changes. Null when it was cancelled, as any control that halts the run does, or there is no model. */
  profile(): Promise<Profile | null>;
  cancelProfile(): Promise<void>;
  /** What the model now shows of samples that the caller gives, or null.
   *  @param columns the values that networks read, by column, `[count, ...shape]`: scaled numbers, or indices
   *  @param question one that the task can be asked beside what it shows, such as `decode` of an autoencoder */
  show(columns: Readonly<Record<string, ColumnData>>, count: number, question?: string): Promise<ShownValues | null>;
}

/** What a trainer can do that keeps its runs. */
export interface RunControls {
  /** Prepares a model as {@link TrainerControls.prepare} does, from a copy of a run that another thread had in hand when it was lost, and
   *  keeps it as the run that it was.
   *  @param id of that run */
  revive(id: string, description: ModelDescription, options: PrepareOptions, from: Kept): Promise<void>;
  /** Goes on from a kept run, as {@link TrainerControls.resume} does from a file. Where another tab has it, or
   *  it went on from there, what follows is kept as a run of its own.
   *  @param step of the checkpoint; that of the newest when left out  @param isFork whether what follows is a run of its own in any
   *  case  @returns null where that cannot be done, which is told */
  resumeRun(id: string, options: PrepareOptions, step?: number, isFork?: boolean): Promise<Resumed | null>;
  /** The run as it is now, as a file that a list of runs opens, whether or not it is kept here.
   *  @returns null where there is none, or it cannot be done, which is told */
  saveRun(): Promise<Blob | null>;
}
