/** The trainer: what the controls do, in a worker or in Node alike. It owns the backend, the data and the run, and survives
 *  the loss of its device. How runs begin and end is `runs.ts`, how models are made and moved `moves.ts`. */
import type { Profile } from "../backend/backend";
import type { ByteSource, ColumnData } from "../data";
import { ArgumentError, ModelError } from "../errors";
import type { ModelDescription } from "../model/description";
import { parseDescription } from "../model/description";
import type { Past } from "../train/batches";
import type { ShownValues } from "../train/predictor";
import type { Rounding } from "../train/rounding";
import type { Score } from "../train/scores";
import type { Session } from "../train/session";
import { TrainerCore } from "./core";
import { DatasetCache, type FindOwn } from "./datasetCache";
import type { EngineOptions, Surroundings } from "./engines";
import { Engines } from "./engines";
import { Moves } from "./moves";
import type { AnswerOf, InquiryName, QuestionOf } from "../inspect";
import type { Inquiries } from "./inquiries";
import type { Filing } from "./runRecord";
import { failureNotice, settingsNotice } from "./notices";
import { answersTo, hasArrived, readSamples, inUnits, samplePredictions, takenModel } from "./predictions";
import type { Prepared } from "./prepared";
import { Preparer } from "./prepared";
import type {
  Answers,
  Kept,
  PlanReport,
  Predictions,
  PrepareOptions,
  Resumed,
  RoundableModel,
  SampleColumns,
  SampleSet,
  ScoredSplit,
  TakenModel,
  TrainerControls,
  TrainerEvent,
} from "./protocol";
import type { RoundedCopy } from "./rounded";
import type { EngineKey, Said } from "../words/said";
import { Runs } from "./runs";

/** What a trainer needs from its surroundings. */
export interface TrainerOptions extends Surroundings {
  /** Opens a folder of datasets: over the network in a worker, on disk in Node. */
  readonly openSource: (datasetsUrl: string) => ByteSource;
  /** Finds the visitor's datasets; there are none when left out. */
  readonly findOwn?: FindOwn;
  /** Which code this is, for checkpoints; another build may round differently. */
  readonly build?: string;
}

/** The state machine behind the controls. After the loss of a device it goes on from the run's last snapshot, on a new device
 *  or on the CPU. An error that it finds no way around is told as a notice, and leaves it `failed` until the next model. */
export class Trainer implements TrainerControls {
  readonly #core: TrainerCore;
  readonly #engines: Engines;
  readonly #runs: Runs;
  readonly #moves: Moves;
  readonly #build: string;
  readonly #datasets: DatasetCache;
  #rounded: RoundedCopy | null = null;
  /** Fetched when something is first asked. */
  #inquiries: Promise<Inquiries> | undefined;

  constructor(options: TrainerOptions) {
    this.#build = options.build ?? "";
    const core = (this.#core = new TrainerCore(() => this.#engines));
    const { openSource, findOwn = async () => undefined } = options;
    const datasets = (this.#datasets = new DatasetCache(openSource, findOwn, (progress) => core.hearLoading(progress)));
    const warn = (said: Said<EngineKey>): void => core.notify({ severity: "warning", code: "backend", said });
    this.#engines = new Engines(options, {
      testing: () => core.enterPhase("testing"),
      opened: ({ options: wanted, report }) => {
        core.report();
        // That its device was lost is told anyway.
        if (wanted.backend === "webgpu" && report.kind === "cpu" && !this.#engines.distrust) warn(report.reason);
      },
      distrusted: warn,
      lost: (engine, reason) => {
        const { prepared } = core;
        // A model that is still being prepared on the lost device is prepared again by `prepare` itself.
        if (prepared?.engine === engine) this.#moves.recover(prepared, reason);
      },
    });
    const preparer = new Preparer(this.#engines, datasets, {
      steps: (steps) => core.send({ type: "steps", steps }),
      validation: (metrics) => core.send({ type: "validation", metrics }),
      kept: (kept) => core.keeper(kept),
      progress: () => core.report(),
      phase: (phase) => core.enterPhase(phase),
      hearing: (step) => core.hearing(step),
      waiting: (isWaiting) => core.enterPhase(isWaiting ? "loading" : null),
    });
    this.#runs = new Runs(core, preparer);
    this.#moves = new Moves(core, this.#engines, preparer, this.#runs);
  }

  listen(listener: (event: TrainerEvent) => void): void {
    this.#core.listener = listener;
    this.#core.report();
  }

  async keep(keeper: (kept: Kept) => void): Promise<void> {
    this.#core.keeper = keeper;
  }

  async answer(): Promise<void> {}

  /** The session of the prepared model, for callers in the same process: reading weights, for instance. */
  get session(): Session | undefined {
    return this.#core.prepared?.session;
  }

  /** @param before done when the present model is given up, before another is made */
  async prepare(
    description: ModelDescription,
    options: PrepareOptions,
    from?: Kept,
    before?: () => Promise<void>,
  ): Promise<void> {
    this.#core.asked++;
    this.#core.configure(undefined);
    this.#runs.forgo();
    await this.#moves.prepare(description, options, from, before);
  }

  async checkpoint(): Promise<Uint8Array<ArrayBuffer> | null> {
    const { prepared } = this.#core;
    if (!prepared) return null;
    const copying = prepared.run.copy();
    const [kept, { fileOf }] = await Promise.all([this.#unlessGone(copying, prepared), import("./checkpoints")]);
    return kept && fileOf(prepared, kept, this.#build);
  }

  /** How the run trains now; undefined without a model. */
  protected get settings(): ModelDescription | undefined {
    return this.#core.prepared?.run.settings;
  }

  /** What makes a file of a copy of the present model, even when another has taken its place. */
  protected filing(kept: Kept): Filing | undefined {
    const { prepared } = this.#core;
    if (!prepared) return undefined;
    return async () => {
      const { fileOf } = await import("./checkpoints");
      return () => fileOf(prepared, kept, this.#build);
    };
  }

  /** @param onRead done between reading the file and giving up the present model */
  async resume(
    file: Uint8Array,
    options: PrepareOptions,
    onRead: () => Promise<void> = async () => {},
  ): Promise<Resumed | null> {
    const core = this.#core;
    try {
      const { differencesFrom, readRun } = await import("./checkpoints");
      const run = await readRun(file, options, (id) => this.#datasets.know(id));
      await onRead();
      await this.prepare(run.description, run.options, run.kept);
      const { prepared } = core;
      if (!prepared || core.state !== "paused" || prepared.options !== run.options) return null;
      return differencesFrom(run, prepared, this.#build);
    } catch (error) {
      core.notify(failureNotice(error));
      return null;
    }
  }

  async train(steps = Infinity): Promise<void> {
    await this.#runs.go(() => steps, true);
  }

  async step(networks?: readonly string[]): Promise<void> {
    await this.#runs.go((run) => run.step + 1, false, networks);
  }

  async pause(): Promise<void> {
    this.#core.asked++;
    await this.#runs.halt();
  }

  async stop(): Promise<void> {
    this.#core.asked++;
    this.#core.prepared?.run.requestStop();
    await this.#core.change(() => this.#runs.stop());
  }

  async reset(): Promise<void> {
    this.#core.asked++;
    this.#runs.forgo();
    await this.#core.change(() => this.#runs.reset());
  }

  async configure(description: ModelDescription): Promise<void> {
    try {
      this.#core.configure(parseDescription(description));
      this.#core.report();
    } catch (error) {
      this.#core.notify(settingsNotice(error));
    }
  }

  async runOn(options: EngineOptions): Promise<void> {
    await this.#core.change(() => this.#moves.move(options));
  }

  async setVisible(visible: boolean): Promise<void> {
    this.#core.visible = visible;
  }

  async predictTest(first: number, count: number): Promise<Predictions | null> {
    const { prepared } = this.#core;
    if (!prepared || !Number.isInteger(first) || !Number.isInteger(count)) return null;
    if (!(await hasArrived(prepared.dataset.test)) || this.#core.prepared !== prepared) return null;
    const sampling = samplePredictions(prepared, first, count);
    const predictions = await this.#unlessGone(sampling, prepared);
    // The first question takes memory.
    this.#core.report();
    return predictions && inUnits(predictions);
  }

  async show(
    columns: Readonly<Record<string, ColumnData>>,
    count: number,
    question?: string,
  ): Promise<ShownValues | null> {
    const { prepared } = this.#core;
    if (!prepared) return null;
    return await this.#unlessGone(orNull(prepared.session.show(columns, count, 0, question)), prepared);
  }

  async watch(isWatching: boolean): Promise<void> {
    this.#core.isWatched = isWatching;
  }

  async answers(split: ScoredSplit): Promise<{ readonly answers: Answers; readonly step: number } | null> {
    const { prepared } = this.#core;
    if (!prepared) return null;
    const asked = answersTo(prepared, split).catch((error: unknown) => {
      // Of weights that are not finite there is nothing to tell, and the run says so itself.
      if (error instanceof ModelError) return null;
      throw error;
    });
    const told = await this.#unlessGone(asked, prepared);
    this.#core.report();
    return told;
  }

  async samples(of: SampleSet, rows: Uint32Array): Promise<SampleColumns | null> {
    const { prepared } = this.#core;
    if (!prepared) return null;
    const { dataset } = prepared;
    const split = of === "test" ? dataset.test : dataset.train;
    return (await hasArrived(split)) ? readSamples(dataset, split, rows) : null;
  }

  async take(count: number, isApart = false): Promise<TakenModel | null> {
    const { prepared } = this.#core;
    if (!prepared || !(await hasArrived(prepared.dataset.test)) || this.#core.prepared !== prepared) return null;
    return await this.#unlessGone(takenModel(prepared, count, isApart), prepared);
  }

  async give(weights: TakenModel["weights"]): Promise<boolean> {
    const { prepared } = this.#core;
    if (!prepared || prepared.run.step > 0) return false;
    const giving = prepared.run.between(async () => {
      prepared.session.setWeights(weights);
      return true;
    });
    return (await this.#unlessGone(orNull(giving), prepared)) ?? false;
  }

  /** What is known of the run beside how it is now. */
  protected past(): Past {
    return { history: () => this.#core.history.told(), snapshots: async () => [] };
  }

  async inquire<K extends InquiryName>(
    name: K,
    question: QuestionOf<K>,
    onProgress?: (done: number, total: number) => void,
  ): Promise<AnswerOf<K> | null> {
    const { prepared } = this.#core;
    if (!prepared) return null;
    this.#inquiries ??= import("./inquiries").then((found) => new found.Inquiries());
    const asked = this.#inquiries.then((inquiries) => inquiries.ask(prepared, name, question, onProgress, this.past()));
    return await this.#unlessGone(orNull(asked), prepared);
  }

  async dropInquiry(name: InquiryName): Promise<void> {
    (await this.#inquiries)?.drop(name);
  }

  async openRounding(split: ScoredSplit): Promise<RoundableModel | null> {
    await this.closeRounding();
    const { prepared } = this.#core;
    if (!prepared) return null;
    const { RoundedCopy: copies } = await import("./rounded");
    this.#rounded = await this.#unlessGone(copies.open(prepared, split), prepared);
    return this.#rounded?.about ?? null;
  }

  async scoreRounded(rounding: Rounding | null): Promise<Score | null> {
    const copy = this.#rounded;
    const { prepared } = this.#core;
    if (!copy || copy.of.engine !== prepared?.engine) return null;
    const scored = copy.score(rounding).catch((error: unknown) => {
      if (error instanceof ModelError) return null;
      throw error;
    });
    return await this.#unlessGone(scored, prepared);
  }

  async closeRounding(): Promise<void> {
    const copy = this.#rounded;
    this.#rounded = null;
    await copy?.close();
  }

  async explain(): Promise<PlanReport | null> {
    const { prepared } = this.#core;
    return prepared ? { ...prepared.session.explain(), tuning: prepared.tuner?.report ?? null } : null;
  }

  async profile(): Promise<Profile | null> {
    const { prepared } = this.#core;
    if (!prepared) return null;
    return await this.#unlessGone(this.#runs.profiler.profile(prepared.session, prepared.run), prepared);
  }

  cancelProfile(): Promise<void> {
    return this.#runs.profiler.cancel();
  }

  /** Ends everything and frees the device. */
  async dispose(): Promise<void> {
    this.#core.asked++;
    this.#moves.forgo();
    this.#runs.forgo();
    await this.#core.change(async () => {
      await this.#runs.halt();
      this.#core.discard();
      this.#engines.release();
      this.#core.enter("empty");
    });
  }

  /** The value, or null when the model it is about was replaced or lost meanwhile. */
  async #unlessGone<T>(value: Promise<T>, prepared: Prepared): Promise<T | null> {
    try {
      return await value;
    } catch (error) {
      if (this.#core.prepared === prepared) await this.#runs.broken(prepared, error);
      return null;
    }
  }
}

/** Null where what was given does not fit the model. */
const orNull = <T>(asked: Promise<T>): Promise<T | null> =>
  asked.catch((error: unknown) => {
    if (error instanceof ArgumentError) return null;
    throw error;
  });
