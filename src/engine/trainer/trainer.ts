/** The trainer: what the controls do, in a worker or in Node alike. It owns the backend, the data and the run, keeps
 *  the state machine, and survives the loss of its device. How steps are run is `run.ts`; what a step is, `session.ts`. */
import type { Profile } from "../backend/backend";
import type { ByteSource, ColumnData, LoadProgress } from "../data";
import { ArgumentError, DeviceLostError } from "../errors";
import type { ModelDescription } from "../model/description";
import { parseDescription } from "../model/description";
import { DatasetCache } from "./datasetCache";
import type { Surroundings, EngineOptions } from "./engines";
import { Engines } from "./engines";
import { failureNotice, outcomeNotice } from "./notices";
import { samplePredictions } from "./predictions";
import type { Prepared } from "./prepared";
import { Preparer } from "./prepared";
import { Profiler } from "./profiler";
import type {
  PlanReport,
  Predictions,
  PreparePhase,
  PrepareOptions,
  Score,
  TrainerControls,
  TrainerEvent,
  TrainerNotice,
  TrainerState,
} from "./protocol";
import type { Outcome } from "../train/run";
import type { Session } from "../train/session";
import { buildStatus } from "./status";
import type { ShownValues } from "../train/predictor";
import { delay, nextTask } from "../train/yielding";
import { type EngineKey, type Said, say } from "../words/said";

/** What a trainer needs from its surroundings. */
export interface TrainerOptions extends Surroundings {
  /** Opens a folder of datasets: over the network in a worker, on disk in Node. */
  readonly openSource: (datasetsUrl: string) => ByteSource;
}

/** How long after its first failure a device may take to say that it is lost. */
const LOSS_PATIENCE_MS = 1000;

/** The state machine behind the controls. After the loss of a device it goes on from the run's last snapshot, on a new device
 *  or on the CPU. An error that it finds no way around is told as a notice, and leaves it `failed` until the next model. */
export class Trainer implements TrainerControls {
  #listener: (event: TrainerEvent) => void = () => {};
  #state: TrainerState = "empty";
  readonly #engines: Engines;
  readonly #preparer: Preparer;
  #prepared: Prepared | undefined;
  #preparing: AbortController | undefined;
  #phase: PreparePhase | null = null;
  #loading: LoadProgress | null = null;
  #test: Score | null = null;
  #active: Promise<void> = Promise.resolve();
  readonly #profiler = new Profiler((done, total) => this.#send({ type: "profiling", done, total }));
  #visible = true;
  /** Ends when a lost device has been replaced, or a model moved to another. */
  #recovery: Promise<void> = Promise.resolve();
  /** Whether training goes on by itself after that. */
  #resumes = false;

  constructor(options: TrainerOptions) {
    const datasets = new DatasetCache(options.openSource, (progress) => {
      // Data of a model that was given up may still arrive.
      if (this.#state !== "preparing") return;
      this.#loading = progress;
      this.#report();
    });
    const warn = (said: Said<EngineKey>): void => this.#notify({ severity: "warning", code: "backend", said });
    const enterPhase = (phase: PreparePhase): void => {
      this.#phase = phase;
      this.#report();
    };
    this.#engines = new Engines(options, {
      testing: () => enterPhase("testing"),
      opened: ({ options: wanted, report }) => {
        this.#report();
        // That its device was lost is told anyway.
        if (wanted.backend === "webgpu" && report.kind === "cpu" && !this.#engines.distrust) warn(report.reason);
      },
      distrusted: warn,
      lost: (engine, reason) => {
        const prepared = this.#prepared;
        // A model that is still being made on it is made again by whoever makes it.
        if (prepared?.engine === engine) this.#recovery = this.#recover(prepared, reason);
      },
    });
    this.#preparer = new Preparer(this.#engines, datasets, {
      steps: (steps) => this.#send({ type: "steps", steps }),
      validation: (metrics) => this.#send({ type: "validation", metrics }),
      progress: () => this.#report(),
      phase: enterPhase,
    });
  }

  listen(listener: (event: TrainerEvent) => void): void {
    this.#listener = listener;
    this.#report();
  }

  /** The session of the prepared model, for callers in the same process: reading weights, for instance. */
  get session(): Session | undefined {
    return this.#prepared?.session;
  }

  async prepare(description: ModelDescription, options: PrepareOptions): Promise<void> {
    this.#preparing?.abort();
    const abort = (this.#preparing = new AbortController());
    await this.#halt();
    if (abort.signal.aborted) return;
    this.#discard();
    this.#enter("preparing");
    try {
      const prepared = await this.#preparer.make(parseDescription(description), options, abort.signal);
      if (abort.signal.aborted) {
        prepared.session.dispose();
        return;
      }
      this.#adopt(prepared);
      this.#test = null;
      this.#send({ type: "cleared" });
      this.#enter("ready");
    } catch (error) {
      if (!abort.signal.aborted) this.#fail(error);
    }
  }

  async train(steps = Infinity): Promise<void> {
    const prepared = this.#prepared;
    if (!prepared || !this.#mayRun()) return;
    void this.#tune(prepared);
    await this.#start(prepared, Math.min(steps, prepared.run.totalSteps));
  }

  async step(): Promise<void> {
    const prepared = this.#prepared;
    if (prepared && this.#mayRun()) await this.#start(prepared, prepared.run.step + 1);
  }

  async pause(): Promise<void> {
    await this.#halt();
  }

  async stop(): Promise<void> {
    await this.#halt();
    const prepared = this.#prepared;
    if (prepared && this.#state === "paused") await this.#finish(prepared, "stopped");
  }

  async reset(): Promise<void> {
    await this.#halt();
    const prepared = this.#prepared;
    if (!prepared) return;
    prepared.session.reset();
    this.#adopt({ ...prepared, run: this.#preparer.makeRun(prepared) });
    this.#test = null;
    this.#send({ type: "cleared" });
    this.#enter("ready");
  }

  async setLearningRate(learningRate: number, network?: string): Promise<void> {
    if (!(learningRate >= 0 && learningRate <= 10)) {
      const said = say("notice.badLearningRate", { got: learningRate });
      this.#notify({ severity: "warning", code: "learning-rate", said });
      return;
    }
    this.#prepared?.run.setLearningRate(learningRate, network);
    this.#report();
  }

  async runOn(options: EngineOptions): Promise<void> {
    if (!this.#prepared) {
      // Whatever keeps it from opening, the next model meets too, and tells.
      if (this.#state !== "preparing") await this.#engines.open(options).catch(() => {});
      return;
    }
    // Whoever waits for the run waits for its move too.
    this.#recovery = this.#move(this.#prepared, options);
    await this.#recovery;
  }

  async setVisible(visible: boolean): Promise<void> {
    this.#visible = visible;
    if (this.#prepared) this.#prepared.run.pacing.visible = visible;
  }

  async predictTest(first: number, count: number): Promise<Predictions | null> {
    const prepared = this.#prepared;
    if (!prepared || !Number.isInteger(first) || !Number.isInteger(count)) return null;
    const sampling = samplePredictions(prepared, first, count);
    const predictions = await this.#unlessGone(sampling, prepared);
    // The first question takes memory.
    this.#report();
    return predictions;
  }

  async show(columns: Readonly<Record<string, ColumnData>>, count: number): Promise<ShownValues | null> {
    const prepared = this.#prepared;
    if (!prepared) return null;
    const shown = prepared.session.show(columns, count).catch((error: unknown) => {
      if (error instanceof ArgumentError) return null;
      throw error;
    });
    return await this.#unlessGone(shown, prepared);
  }

  async explain(): Promise<PlanReport | null> {
    if (!this.#prepared) return null;
    const { session, tuner } = this.#prepared;
    return { ...session.explain(), tuning: tuner?.report ?? null };
  }

  async profile(): Promise<Profile | null> {
    const prepared = this.#prepared;
    if (!prepared) return null;
    return await this.#unlessGone(this.#profiler.profile(prepared.session, prepared.run), prepared);
  }

  cancelProfile(): Promise<void> {
    return this.#profiler.cancel();
  }

  /** Ends everything and frees the device. */
  async dispose(): Promise<void> {
    this.#preparing?.abort();
    await this.#halt();
    this.#discard();
    this.#engines.release();
    this.#enter("empty");
  }

  #mayRun(): boolean {
    return this.#state === "ready" || this.#state === "paused";
  }

  /** Runs to a step and deals with however that ends. */
  async #start(prepared: Prepared, target: number): Promise<void> {
    this.#enter("running");
    const { run } = prepared;
    this.#active = run.runTo(target).then(
      (outcome) => this.#concluded(prepared, outcome),
      (error: unknown) => this.#broken(prepared, error),
    );
    // A run that loses its device goes on as another.
    for (let seen: Promise<void> | undefined; seen !== this.#recovery;) {
      seen = this.#recovery;
      await seen;
      await this.#active;
    }
  }

  /** Tunes beside the training that begins now. */
  async #tune({ tuner, run }: Prepared): Promise<void> {
    try {
      const report = await tuner?.tune(run);
      if (report) this.#send({ type: "tuned", report });
    } catch (error) {
      // Training does not depend on it.
      this.#notify({ ...failureNotice(error), severity: "warning" });
    }
  }

  async #concluded(prepared: Prepared, outcome: Outcome): Promise<void> {
    if (this.#prepared !== prepared) return;
    const notice = outcomeNotice(outcome, prepared.run.step);
    if (notice) this.#notify(notice);
    const done = outcome.kind === "early-stopping" || prepared.run.step >= prepared.run.totalSteps;
    if (done && outcome.kind !== "non-finite") await this.#finish(prepared, "finished");
    else this.#enter("paused");
  }

  /** Scores the test set, which ends a run. */
  async #finish(prepared: Prepared, state: "finished" | "stopped"): Promise<void> {
    try {
      // Weights that are not finite, of which the visitor has been told, are not scored.
      const score = (await prepared.session.areWeightsFinite()) ? await prepared.session.scoreTest(nextTask) : null;
      if (this.#prepared !== prepared) return;
      this.#test = score;
      if (score) this.#send({ type: "test", score });
      this.#enter(state);
    } catch (error) {
      await this.#broken(prepared, error);
    }
  }

  async #broken(prepared: Prepared, error: unknown): Promise<void> {
    // A lost device is dealt with by `#recover`, which hears of it too, though maybe a little later.
    const time = error instanceof DeviceLostError ? delay(LOSS_PATIENCE_MS) : nextTask();
    const lost = await Promise.race([prepared.engine.backend.lost.then(() => true), time.then(() => false)]);
    if (!lost && this.#prepared === prepared) this.#fail(error);
  }

  /** Stops the run, if any, and waits until its steps are reported. */
  async #halt(): Promise<void> {
    this.#resumes = false;
    this.#prepared?.run.requestStop();
    await Promise.all([this.#profiler.cancel(), this.#prepared?.tuner?.cancel()]);
    await this.#active;
  }

  /** Puts a model on another backend as it is now, and goes on training if it was. */
  async #move(prepared: Prepared, { backend, threads, tune = false }: EngineOptions): Promise<void> {
    const wasRunning = this.#state === "running";
    await this.#halt();
    if (this.#prepared !== prepared) return;
    const state = this.#state;
    const abort = (this.#preparing = new AbortController());
    this.#resumes = wasRunning && state === "paused";
    const { threads: _, ...kept } = prepared.options;
    const options = { ...kept, backend, tune, ...(threads && { threads }) };
    try {
      const snapshot = await prepared.session.snapshot(prepared.run.step);
      this.#discard();
      this.#enter("preparing");
      const next = await this.#preparer.remake(prepared, options, snapshot, abort.signal);
      if (!next) return;
      this.#adopt(next);
      this.#enter(state);
      if (this.#resumes) void this.train();
    } catch (error) {
      if (!abort.signal.aborted) this.#fail(error);
    }
  }

  /** Puts a model whose device is gone on a new device or, failing that, on the CPU, as of its last snapshot; goes on
   *  training if it was, unless something else was asked for meanwhile. */
  async #recover(prepared: Prepared, reason: string): Promise<void> {
    this.#preparing?.abort();
    const abort = (this.#preparing = new AbortController());
    const { run, options } = prepared;
    this.#resumes = this.#state === "running";
    run.requestStop();
    void prepared.tuner?.cancel();
    this.#prepared = undefined;
    this.#enter("preparing");
    try {
      const snapshot = run.lastSnapshot;
      const next = await this.#preparer.remake(prepared, options, snapshot, abort.signal);
      if (!next) return;
      this.#adopt(next);
      const step = snapshot?.step ?? 0;
      const { kind, adapter } = next.engine.report;
      const lostSteps = run.step - step;
      const said = say("notice.deviceLost", { reason, step, isOnGpu: kind === "webgpu", adapter, lostSteps });
      this.#notify({ severity: "warning", code: "device-lost", said, step: run.step });
      this.#send({ type: "rewound", step });
      this.#enter("paused");
      if (this.#resumes) void this.train();
    } catch (error) {
      if (!abort.signal.aborted) this.#fail(error);
    }
  }

  /** The value, or null when the model it is about was replaced or lost meanwhile. */
  async #unlessGone<T>(value: Promise<T>, prepared: Prepared): Promise<T | null> {
    try {
      return await value;
    } catch (error) {
      if (this.#prepared === prepared) await this.#broken(prepared, error);
      return null;
    }
  }

  #adopt(prepared: Prepared): void {
    this.#prepared = prepared;
    prepared.run.pacing.visible = this.#visible;
  }

  #discard(): void {
    this.#prepared?.session.dispose();
    this.#prepared = undefined;
  }

  #fail(error: unknown): void {
    this.#notify(failureNotice(error));
    this.#enter("failed");
  }

  #enter(state: TrainerState): void {
    this.#state = state;
    this.#phase = null;
    this.#loading = null;
    this.#report();
  }

  #notify(notice: TrainerNotice): void {
    this.#send({ type: "notice", notice });
  }

  #report(): void {
    const backend = this.#engines.current?.report ?? null;
    const status = buildStatus(this.#state, this.#prepared, backend, this.#test, this.#phase, this.#loading);
    this.#send({ type: "status", status });
  }

  #send(event: TrainerEvent): void {
    this.#listener(event);
  }
}
