/** One run of training: the loop and its books. It submits steps at the pace the device can take, reads scores back
 *  without waiting for them, validates at the end of each epoch, and stops for a reason it names. */
import { type Backend, MAX_ROWS } from "../backend/backend";
import type { ModelDescription } from "../model/description";
import type { Progress } from "../optim/schedules";
import { type EpochMean, withSteps } from "./epochMean";
import { InFlight } from "./inFlight";
import type { Kept, RunBooks, RunListener, RunStart } from "./kept";
import { learningRates, type Rates } from "./learningRates";
import type { NonFinite, Outcome } from "./outcome";
import { Pacing } from "./pacing";
import { Patience } from "./patience";
import { RING_ROWS } from "./programs";
import type { Score, StepBatch } from "./scores";
import type { Session } from "./session";
import type { Snapshot } from "./snapshot";
import { Snapshots } from "./snapshots";
import { nextTask } from "./yielding";

/** How often scores are read back and reported. */
const REPORT_MS = 100;
/** How often a copy is kept, to go back to: at any time, sooner while the run is young, and at ends of epochs that are not shorter. */
const [SNAPSHOT_MS, FIRST_SNAPSHOT_MS] = [5000, 500];
const EPOCH_SNAPSHOT_MS = 200;

/** What a run is made of. */
export interface RunOptions {
  readonly session: Session;
  readonly backend: Backend;
  readonly description: ModelDescription;
  readonly listener: RunListener;
  readonly from?: RunStart;
}

/** A run from its first step to the last that the settings ask for, in as many calls of {@link Run.runTo} as pauses cut it
 *  into. Steps are submitted ahead of what is known of them: `step` and the scores are as of the last reading. */
export class Run {
  readonly pacing = new Pacing();
  /** Of the epoch under way, or of the one that just ended. */
  epochMean: EpochMean | null = null;
  validation: Score | null = null;
  /** Speed over the last report. */
  stepsPerSecond = 0;
  /** What it can go back to. */
  readonly snapshots = new Snapshots();
  readonly #session: Session;
  readonly #backend: Backend;
  /** The loss that decides when training stops early. */
  readonly #goal: string;
  #settings: ModelDescription;
  #rates: (progress: Progress) => Rates;
  readonly #listener: RunListener;
  readonly #inFlight = new InFlight();
  /** Steps submitted, and those whose scores have been reported. */
  #submitted: number;
  #reported: number;
  #elapsedMs = 0;
  #resumedAt: number | undefined;
  #reportedMs = 0;
  #lastReport = 0;
  #lastSnapshotAt = 0;
  #lastDone = 0;
  #draining: Promise<void> | undefined;
  #stopRequested = false;
  /** Ends a wait for samples. */
  #wake = (): void => {};
  /** What waits for the loop to stand aside, and what it stands aside for. */
  readonly #waiting: (() => Promise<void>)[] = [];
  #interlude: Promise<void> | undefined;
  #nonFinite: NonFinite | undefined;
  #failure: unknown;
  readonly #patience = new Patience();
  /** Of the best validation, where it was made by this run. */
  #bestScore: Score | undefined;

  constructor({ session, backend, description, listener, from }: RunOptions) {
    this.#session = session;
    this.#backend = backend;
    this.#settings = description;
    this.#rates = learningRates(description);
    this.#goal = session.goal;
    this.#listener = listener;
    const { kept = null, elapsedMs = 0 } = from ?? {};
    this.#submitted = this.#reported = kept?.snapshot.step ?? 0;
    this.#elapsedMs = elapsedMs;
    this.snapshots.goBack(kept);
    if (kept) this.#remember(kept.books);
  }

  /** How it trains, as it is set now. */
  get settings(): ModelDescription {
    return this.#settings;
  }

  /** Steps of all epochs. */
  get totalSteps(): number {
    return this.#settings.training.epochs * this.#session.stepsPerEpoch;
  }

  /** Whether it comes back as soon as it can. */
  get isStopping(): boolean {
    return this.#stopRequested;
  }

  /** Steps done, as far as is known. */
  get step(): number {
    return this.#reported;
  }

  /** Milliseconds spent training, pauses left out. */
  get elapsedMs(): number {
    return this.#elapsedMs + (this.#resumedAt === undefined ? 0 : performance.now() - this.#resumedAt);
  }

  /** Trains by these settings from the next step on: learning rates and schedules, epochs and patience. */
  configure(settings: ModelDescription): void {
    this.#settings = settings;
    this.#rates = learningRates(settings);
  }

  #remember({ epochMean, validation, ...patience }: RunBooks): void {
    this.epochMean = epochMean;
    this.validation = validation;
    this.#patience.takeOver(patience, this.#reported / this.#session.stepsPerEpoch);
  }

  /** What it remembers now. */
  get books(): RunBooks {
    const { epochMean, validation, snapshots } = this;
    return { ...this.#patience.books, epochMean, validation, firstLoss: snapshots.firstLoss ?? null };
  }

  /** A copy of all that it can be resumed from, taken while no step is under way. */
  copy(): Promise<Kept> {
    return this.between(async () => this.#keptOf(await this.#session.snapshot(this.#reported)));
  }

  #keptOf(snapshot: Snapshot): Kept {
    return { snapshot, elapsedMs: this.elapsedMs, books: this.books };
  }

  /** Brings the weights of the best validation back, where that is set and they are others.
   *  @returns the epoch that they are of; undefined where nothing changed */
  restoreBest(): number | undefined {
    const { snapshot, epoch } = this.#patience.best;
    const { patience, restoreBest = true } = this.#settings.training;
    if (!snapshot || patience === 0 || !restoreBest || snapshot.step === this.#reported) return undefined;
    this.#session.restore(snapshot);
    this.validation = this.#bestScore ?? this.validation;
    // Whoever trains on does so from here.
    this.#keep(this.#keptOf({ ...snapshot, step: this.#reported }));
    return epoch;
  }

  /** Makes the loop come back after what is already submitted. */
  requestStop(): void {
    this.#stopRequested = true;
    this.#wake();
  }

  /** Does something while no step is under way: between two submissions of the loop, or at once where it is not
   *  running. The loop waits for it, and does not count the time. */
  between<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => work().then(resolve, reject));
      if (this.#resumedAt === undefined) void this.#serve();
    });
  }

  /** Trains until `target` steps are done in all, or those of all epochs, or something else ends it. Everything submitted is
   *  done and reported when this resolves.
   *  @param only the networks that learn, where the others are to stay as they are; steps are then run one by one
   *  @throws DeviceLostError when the device goes away */
  async runTo(target: number, only?: readonly string[]): Promise<Outcome> {
    this.#stopRequested = false;
    this.#resumedAt = performance.now();
    this.#lastReport = this.#lastDone = this.#lastSnapshotAt = this.#resumedAt;
    this.#reportedMs = this.elapsedMs;
    if (!this.snapshots.newest) this.#takeSnapshot(this.#resumedAt);
    try {
      const outcome = await this.#loop(target, only);
      // A pause may be long: what was learnt must not be lost with the device.
      if (outcome.kind !== "non-finite") this.#keep(this.#keptOf(await this.#session.snapshot(this.#submitted)));
      return outcome;
    } finally {
      this.#elapsedMs = this.elapsedMs;
      this.#resumedAt = undefined;
      this.stepsPerSecond = 0;
      void this.#serve();
    }
  }

  async #loop(target: number, only: readonly string[] | undefined): Promise<Outcome> {
    const isDone = (): boolean => this.#submitted >= Math.min(target, this.totalSteps);
    while (!isDone() && !this.#stopRequested && this.#nonFinite === undefined) {
      if (this.#waiting.length > 0 || this.#interlude) {
        await this.#standAside(() => this.#serve());
        continue;
      }
      if (this.#session.order.stepsAvailable(this.#submitted) === 0) {
        await this.#standAside(() => this.#awaitSamples());
        continue;
      }
      await this.#submit(target, only);
      if (this.#failure !== undefined) throw this.#failure;
      const now = performance.now();
      if (now - this.#lastReport >= REPORT_MS || this.#ringIsFilling()) {
        const drained = this.#drain();
        if (this.#ringIsFilling()) await drained;
      }
      const isEpochEnd = this.#submitted % this.#session.stepsPerEpoch === 0;
      const isValidated = this.#session.validationCount > 0;
      this.#takeSnapshot(now, isEpochEnd && !isValidated ? EPOCH_SNAPSHOT_MS : this.#apartMs());
      if (isEpochEnd && isValidated) {
        await this.#settle();
        if (this.#nonFinite === undefined && (await this.#validate())) {
          // If training goes on, patience starts again.
          this.#patience.startAgain(this.#submitted / this.#session.stepsPerEpoch);
          return { kind: "early-stopping", bestEpoch: this.#patience.best.epoch };
        }
      }
    }
    await this.#settle();
    if (this.#nonFinite) return this.#nonFinite;
    return { kind: isDone() ? "reached" : "asked" };
  }

  /** Does something else until it is done, off the clock. */
  async #standAside(work: () => Promise<void>): Promise<void> {
    await this.#settle();
    this.#elapsedMs = this.elapsedMs;
    this.#resumedAt = undefined;
    await work();
    this.#resumedAt = performance.now();
  }

  /** Waits for the samples of the next step to arrive, unless it is asked to stop. @throws DatasetError when they do not */
  async #awaitSamples(): Promise<void> {
    if (this.#nonFinite) return;
    const stopped = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#listener.waiting?.(true);
    try {
      await Promise.race([this.#session.order.samplesOf(this.#submitted), stopped]);
    } finally {
      this.#listener.waiting?.(false);
    }
  }

  /** Does everything that waits, in turn. */
  async #serve(): Promise<void> {
    while (this.#interlude) await this.#interlude;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#interlude = next();
      await this.#interlude;
      this.#interlude = undefined;
    }
  }

  /** Submits the next few steps, and waits only while too many submissions are under way. */
  async #submit(target: number, only: readonly string[] | undefined): Promise<void> {
    const from = this.#submitted;
    const { stepsPerEpoch } = this.#session;
    // Where there is something to validate, or a copy is due, a submission ends with its epoch.
    const isCopied = performance.now() - this.#lastSnapshotAt >= EPOCH_SNAPSHOT_MS;
    const toEpochEnd =
      this.#session.validationCount > 0 || isCopied ? stepsPerEpoch - (from % stepsPerEpoch) : Infinity;
    const count = Math.min(
      only ? 1 : this.pacing.steps,
      Math.min(target, this.totalSteps) - from,
      toEpochEnd,
      this.#session.order.stepsAvailable(from),
    );
    const started = performance.now();
    await this.#session.play(from);
    const rates = Array.from({ length: count }, (_, i) => this.ratesAt(from + i));
    if (only) await this.#session.runStepsOf(only, from, rates);
    else this.#session.runSteps(from, rates);
    this.#submitted += count;
    if (!this.#backend.asynchronous) {
      this.pacing.record(count, performance.now() - started);
      await nextTask();
      return;
    }
    await this.#inFlight.add(
      this.#backend.idle().then(() => {
        const now = performance.now();
        this.pacing.record(count, now - Math.max(started, this.#lastDone));
        this.#lastDone = now;
      }),
    );
  }

  /** The learning rates of a step. */
  ratesAt(step: number): Rates {
    return this.#rates({ step, stepsPerEpoch: this.#session.stepsPerEpoch, totalSteps: this.totalSteps });
  }

  #ringIsFilling(): boolean {
    return this.#submitted - this.#reported > RING_ROWS - 2 * MAX_ROWS;
  }

  /** Waits for everything submitted and reports it. */
  async #settle(): Promise<void> {
    await this.#inFlight.settle();
    await this.#draining;
    await this.#drain();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Reads scores back and reports them; one read at a time. */
  #drain(): Promise<void> {
    this.#draining ??= this.#readScores()
      .catch((error: unknown) => void (this.#failure = error))
      .finally(() => void (this.#draining = undefined));
    return this.#draining;
  }

  async #readScores(): Promise<void> {
    const from = this.#reported;
    const to = this.#submitted;
    this.#lastReport = performance.now();
    if (to === from) return;
    const [scores, overflow, areWeightsFinite] = await Promise.all([
      this.#session.readScores(from, to),
      this.#session.firstOverflow(from, to),
      this.#session.areWeightsFinite(),
    ]);
    const bad = scores.findIndex((score) => !Object.values(score).every(Number.isFinite));
    const good = bad < 0 ? scores : scores.slice(0, bad);
    if (overflow !== undefined && (bad < 0 || overflow < from + bad)) {
      this.#nonFinite = { kind: "non-finite", what: "gradient", step: overflow + 1 };
    } else if (bad >= 0) this.#nonFinite = { kind: "non-finite", what: "loss", step: from + bad + 1 };
    else if (!areWeightsFinite) this.#nonFinite = { kind: "non-finite", what: "weights", step: to };
    const before = this.#reportedMs;
    const now = this.elapsedMs;
    const msPerStep = (now - before) / scores.length;
    this.#reported = from + good.length;
    this.#reportedMs = now;
    this.stepsPerSecond = (1000 * scores.length) / Math.max(now - before, 1e-3);
    this.epochMean = withSteps(this.epochMean, from + 1, good, this.#session.order);
    this.snapshots.judge(
      from,
      good.map((score) => score[this.#goal] ?? NaN),
    );
    if (good.length > 0) this.#listener.steps(this.#batchOf(good, from + 1, before, msPerStep));
    this.#listener.progress();
  }

  #batchOf(scores: readonly Score[], first: number, startMs: number, msPerStep: number): StepBatch {
    const count = scores.length;
    const ids = Object.keys(scores[0] ?? {});
    const column = (id: string) => Float32Array.from(scores, (score) => score[id] ?? NaN);
    return {
      first,
      count,
      stepsPerEpoch: this.#session.stepsPerEpoch,
      elapsedMs: Float64Array.from({ length: count }, (_, i) => startMs + msPerStep * (i + 1)),
      values: Object.fromEntries(ids.map((id) => [id, column(id)])),
    };
  }

  /** Scores the held-out samples. @returns whether patience has run out */
  async #validate(): Promise<boolean> {
    const score = await this.#session.scoreValidation(nextTask, this.#listener.hearing?.(this.#submitted));
    const epoch = this.#submitted / this.#session.stepsPerEpoch;
    this.validation = score;
    this.#listener.validation({ values: score, step: this.#submitted, epoch, elapsedMs: this.elapsedMs });
    this.#reportedMs = this.elapsedMs;
    const { training } = this.#settings;
    const copy = () => this.#session.snapshot(this.#submitted);
    if (await this.#patience.note(score[this.#goal] ?? NaN, epoch, training, copy)) this.#bestScore = score;
    this.#takeSnapshot(performance.now(), EPOCH_SNAPSHOT_MS);
    return this.#patience.hasRunOut(epoch, training);
  }

  /** Milliseconds between copies at any time: at first half of what the run has taken so far. */
  #apartMs(): number {
    return Math.min(SNAPSHOT_MS, Math.max(FIRST_SNAPSHOT_MS, this.elapsedMs / 2));
  }

  #takeSnapshot(now: number, atLeastMs = 0): void {
    if (now - this.#lastSnapshotAt < atLeastMs) return;
    this.#lastSnapshotAt = now;
    // The books of this step, not of those that are taken meanwhile.
    const { elapsedMs, books } = this;
    void this.#session
      .snapshot(this.#submitted)
      .then((snapshot) => this.#keep({ snapshot, elapsedMs, books }))
      .catch(() => {
        // The device is lost; waiting for its work rejects with the reason.
      });
  }

  #keep(kept: Kept): void {
    this.snapshots.add(kept);
    this.#listener.kept?.(kept);
  }
}
