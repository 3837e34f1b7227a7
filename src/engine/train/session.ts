/** A model on a backend: its tensors and compiled programs. It does single things when told (run these steps, score
 *  that split); when to do what is `run.ts`'s and the trainer's business. */
import type { Backend, Executable, Profile, StepRow, Tensor } from "../backend/backend";
import type { ColumnData, Dataset, Split } from "../data";
import { checkDataset } from "../data/check";
import { BackendError, REPORT_BUG } from "../errors";
import type { Node } from "../graph/node";
import { analyzeModel, type ModelReport } from "../model/analyze";
import type { ModelDescription } from "../model/description";
import { bakedKey } from "../model/liveSettings";
import type { StartWeights } from "../model/startFrom";
import type { HearAnswers } from "./answers";
import { Allocations, type Compiled, type Purpose, type Ready } from "./allocations";
import type { ProgramModel, Subject } from "./batches";
import type { Rates } from "./learningRates";
import type { MemoryReport } from "./memory";
import { describeShortage } from "./memory";
import { Evaluators } from "./evaluators";
import { Experience } from "./experience";
import type { ShownValues } from "./predictor";
import {
  type BatchProgram,
  compileFor,
  healthProgram,
  type Probe,
  probeProgram,
  scalarsAt,
  trainingProgram,
} from "./programs";
import { SampleOrder } from "./sampleOrder";
import { type PlanText, textOf } from "./planText";
import { firstOverflow, readScores } from "./ringRows";
import type { Score, ScoreLayout } from "./scores";
import type { SessionOptions } from "./sessionOptions";
import type { Snapshot, Weight } from "./snapshot";
import { holdOthers, readSnapshot, readWeights, writeSnapshot, writeStart, writeWeights } from "./snapshot";
import { playedRows, splitRows } from "./splitRows";
import { modelState, seenBy } from "./state";
import { GPU_SILENCE_MS, within } from "../within";

export type { PlanText, Snapshot, Weight };

/** A program with its plan. */
type CompiledProgram = BatchProgram & Compiled;

/** The same, ready to run. */
interface PreparedProgram extends Pick<Compiled, "computation" | "plan">, Ready {
  readonly layout: ScoreLayout;
  readonly order: Tensor;
  readonly ring: Tensor;
}

/** The training step, and what tells whether it keeps the weights finite. */
interface PreparedTraining extends PreparedProgram {
  readonly health: { readonly executable: Executable; readonly total: Node };
}

/** Does something while no step is under way; where it rejects, nothing changes. */
type Between = (swap: () => Promise<void>) => Promise<void>;
type Columns = Readonly<Record<string, ColumnData>>;

/** A model on a backend: parameters, optimizer state, and the plans that train, score and ask it. It counts no steps and
 *  keeps no curves, which is for `Run`; backend and dataset stay the caller's. */
export class Session {
  /** Which samples steps take, and which of them are there. */
  readonly order: SampleOrder;
  readonly #backend: Backend;
  #description: ModelDescription;
  readonly #dataset: Dataset;
  readonly #report: ModelReport;
  #model: ProgramModel;
  readonly #rows: ReturnType<typeof splitRows>;
  readonly #own: Allocations;
  readonly #evaluators: Evaluators;
  readonly #start: StartWeights | undefined;
  #train: PreparedTraining | undefined;
  #experience: Experience | undefined;
  /** Training steps are made anew one after the other. */
  #remaking: Promise<void> = Promise.resolve();

  private constructor({ shuffle = true, ...options }: SessionOptions) {
    const { backend, description, dataset, resident, start } = options;
    this.#start = start;
    this.#backend = backend;
    this.#dataset = dataset;
    this.#report = analyzeModel(description, dataset);
    const { training } = description;
    const isPlayed = dataset.environment !== undefined;
    const { limit } = options;
    this.#rows = (isPlayed ? playedRows : splitRows)(dataset.train.count, { ...training, limit, shuffle });
    const batchSize = Math.min(training.batchSize, this.#rows.train.length);
    this.#description = { ...description, training: { ...training, batchSize } };
    this.#model = { description: this.#description, data: dataset, state: modelState(description, this.#report) };
    this.#own = new Allocations(backend, this.#model.state, resident);
    this.#evaluators = new Evaluators(this.#model, this.#own, {
      backend,
      dataset,
      validationRows: this.#rows.validation,
      areWeightsFinite: () => this.areWeightsFinite(),
    });
    const order = { ...training, batchSize, shuffle, isPlayed };
    this.order = new SampleOrder(this.#rows.train, dataset.train, order);
  }

  /** Compiles the training step and draws the initial weights.
   *  @throws ModelError when the model has an error; DatasetError when the data do; KernelError from the backend
   *  @throws BackendError when there is no room for it, before anything is allocated, with what to shrink */
  static async create(options: SessionOptions): Promise<Session> {
    checkDataset(options.dataset);
    const session = new Session(options);
    try {
      await session.#prepareTraining();
      session.#experience = await Experience.open(session.#model, options.dataset, session.#own, session.trainCount);
      session.reset();
      return session;
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  get stepsPerEpoch(): number {
    return this.order.stepsPerEpoch;
  }

  /** Samples that a step takes, on average over an epoch: its last batch may be short. */
  get samplesPerStep(): number {
    return this.#rows.train.length / this.stepsPerEpoch;
  }

  /** Number of samples that an epoch takes. */
  get trainCount(): number {
    return this.#rows.train.length;
  }

  /** Number of samples held out of training. */
  get validationCount(): number {
    return this.#rows.validation.length;
  }

  /** The id of the loss by which models are compared: the task's first. */
  get goal(): string {
    return this.#trained().layout.losses[0]?.id ?? "loss";
  }

  /** Kernel launches per training step. */
  get launchesPerStep(): number {
    return this.#train?.executable.launchesPerRow ?? 0;
  }

  /** The plan of a training step, as the backend runs it. */
  explain(): PlanText {
    return textOf(this.#trained());
  }

  /** Bytes on the device, the resident dataset included. */
  get memory(): MemoryReport {
    return this.#own.memory;
  }

  /** What the backend was given to prepare the training step from. */
  get trainingStep(): Pick<PreparedProgram, "computation" | "plan" | "leaves"> {
    return this.#trained();
  }

  /** Makes the training step anew, as the backend would by now, and takes it from then on. Nothing learnt changes.
   *  @param between runs what it is given while no step is under way; where it rejects, everything stays as it was */
  async remakeTraining(between: Between): Promise<void> {
    await this.#inTurn(async () => {
      const { computation, leaves } = this.#trained();
      const plan = compileFor(this.#backend, computation);
      const executable = await this.#own.prepareBound(plan, leaves, "training");
      await this.#swap({ plan, executable }, between);
    });
  }

  /** Takes over settings that may change in a run, by other plans where they are baked in. @param between as above */
  async configure(settings: ModelDescription, between: Between): Promise<void> {
    await this.#inTurn(async () => {
      if (bakedKey(settings) === bakedKey(this.#description)) return;
      const description = { ...settings, training: this.#description.training };
      const state = seenBy(this.#model.state, analyzeModel(description, this.#dataset));
      const model = { ...this.#model, description, state };
      const { train } = this.#dataset;
      const program = trainingProgram(model, train, this.order.capacity);
      const compiled = { ...program, plan: compileFor(this.#backend, program.computation) };
      const { order, ring } = this.#trained();
      // What is clipped has another row.
      const isSameRing = program.ring.shape[1] === ring.shape[1];
      const shared = new Map([[program.source.order, order]]);
      if (isSameRing) shared.set(program.ring, ring);
      const ready = await this.#own.prepare(compiled, train, "training", shared);
      const next = { ...compiled, ...ready, ring: isSameRing ? ring : this.#own.tensor(program.ring) };
      await this.#swap(next, between, () => {
        this.#description = description;
        this.#model = model;
        this.#evaluators.renew(model);
        if (this.#experience) this.#experience.model = model;
      });
    });
  }

  /** Does one thing after the other. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#remaking.then(work);
    this.#remaking = done.catch(() => {});
    await done;
  }

  /** Puts another executable in the place of the training step's. */
  async #swap(
    next: Pick<PreparedTraining, "executable"> & Partial<PreparedTraining>,
    between: Between,
    then: () => void = () => {},
  ): Promise<void> {
    const old = this.#trained();
    try {
      await between(async () => {
        this.#train = { ...old, ...next };
        then();
      });
    } catch (error) {
      this.#own.release(next.executable);
      throw error;
    }
    this.#own.release(old.executable);
  }

  /** Back to the initial weights and empty optimizer state. */
  reset(): void {
    writeStart(this.#model.state, this.#own.tensor, this.#start);
    this.#experience?.forget();
  }

  /** Has what a step learns from played, where an agent makes that itself. To be awaited before the step is run. */
  async play(step: number): Promise<void> {
    await this.#experience?.play(step);
  }

  /** Runs steps `step`, `step + 1`, .. with these learning rates, at most `order.stepsAvailable`; a GPU runs them later. */
  runSteps(step: number, learningRates: readonly Rates[]): void {
    this.#trained().executable.run(this.#rowsFrom(step, learningRates));
  }

  /** As {@link runSteps}, of one step, for these networks alone: all others stay as they are, to the bit. */
  async runStepsOf(networks: readonly string[], step: number, rates: readonly Rates[]): Promise<void> {
    const putBack = await holdOthers(this.#model.state, this.#own.tensor, networks);
    this.#trained().executable.run(this.#rowsFrom(step, rates, networks));
    putBack();
  }

  /** Times every launch of step `step`, without taking it; see {@link Executable.profile}. */
  profileStep(step: number, learningRates: Rates, onStep: (index: number) => Promise<void>): Promise<Profile> {
    const [row = {}] = this.#rowsFrom(step, [learningRates]);
    return this.#trained().executable.profile(row, onStep);
  }

  /** The scalars of some steps, with the order in which they take samples put on the device. */
  #rowsFrom(step: number, learningRates: readonly Rates[], only?: readonly string[]): StepRow[] {
    this.#own.resident.receive(this.#dataset.train);
    this.order.place(step, this.#trained().order);
    const { seed } = this.#description.training;
    return learningRates.map((rates, i) => {
      const scalars = scalarsAt(this.#model, step + i + 1, rates, only);
      return { ...this.order.batchOf(step + i), step: step + i, seed, ...scalars };
    });
  }

  /** Losses and metrics of steps `from` to `to - 1`, once they are done. At most `RING_ROWS` of them. */
  readScores(from: number, to: number): Promise<Score[]> {
    return readScores(this.#trained(), from, to, (step) => this.order.batchOf(step).count);
  }

  /** Whether all variables are finite numbers after everything submitted so far. */
  async areWeightsFinite(): Promise<boolean> {
    const { executable, total } = this.#trained().health;
    executable.run([{}]);
    const [value] = await executable.read(total);
    return Number.isFinite(value);
  }

  /** The first of steps `from` to `to - 1` whose gradient is too large for its norm to be a finite number, where it is clipped
   *  by that; undefined where none is. At most `RING_ROWS` of them. */
  firstOverflow(from: number, to: number): Promise<number | undefined> {
    return firstOverflow(this.#trained(), from, to);
  }

  /** Which values of step `step` are not finite, the first of them first; the step is not taken. */
  async probe(step: number, learningRates: Rates): Promise<readonly Probe[]> {
    const { train } = this.#dataset;
    const { probes, ...program } = probeProgram(this.#model, train, this.order.capacity);
    const compiled = { ...program, plan: compileFor(this.#backend, program.computation) };
    const shared = new Map([[program.source.order, this.#trained().order]]);
    const { executable } = await this.#own.prepare(compiled, train, "training", shared);
    try {
      executable.run(this.#rowsFrom(step, [learningRates]));
      const reading = Promise.all(probes.map(({ node }) => executable.read(node)));
      const values = await within(reading, GPU_SILENCE_MS, "Probing a step");
      return probes.filter((_, i) => !Number.isFinite(values[i]?.[0]));
    } finally {
      this.#own.release(executable);
    }
  }

  /** Scores the held-out samples. @param pause as for {@link Evaluators.scoreValidation}, and so is `hear` */
  scoreValidation(pause: () => Promise<void>, hear?: HearAnswers): Promise<Score> {
    return this.#evaluators.scoreValidation(pause, hear);
  }

  /** Scores the whole test set, as {@link scoreValidation} does what is held out. */
  async scoreTest(pause: () => Promise<void>, hear?: HearAnswers): Promise<Score> {
    await this.#experience?.test();
    return await this.#evaluators.scoreTest(pause, hear);
  }

  /** What is shown of samples, by name: as {@link Evaluators.show}, of columns `[count, ...shape]`, scaled numbers or indices. */
  show(columns: Columns, count: number, step = 0, question?: string): Promise<ShownValues> {
    return this.#evaluators.show(columns, count, step, question);
  }

  /** What questions about the model are asked of, after `step` steps. */
  async subject(step: number, rates: Rates): Promise<Subject> {
    return {
      model: this.#model,
      dataset: this.#dataset,
      snapshot: await this.snapshot(step),
      rates,
      order: this.order,
    };
  }

  /** Copies out everything needed to resume after `step` steps. */
  snapshot(step: number): Promise<Snapshot> {
    return readSnapshot(this.#model.state, this.#own.tensor, step);
  }

  /** Puts a snapshot back; steps must go on from its step.
   *  @throws ArgumentError when it has other tensors than this model, naming them; then nothing has changed */
  restore(snapshot: Snapshot): void {
    writeSnapshot(this.#model.state, this.#own.tensor, snapshot);
    this.#experience?.forget();
  }

  /** All variables by name: `dense_1/kernel`, after `network/` where there are several networks. */
  weights = (): Promise<Record<string, Weight>> => readWeights(this.#model.state, this.#own.tensor);

  /** Overwrites variables by name, as {@link weights} gives them.
   *  @param options `partial`: those that are not given stay as they are
   *  @throws ArgumentError for unknown, missing and misshapen ones, naming them; then nothing has changed */
  setWeights(
    values: Readonly<Record<string, Float32Array | Weight>>,
    options: { readonly partial?: boolean } = {},
  ): void {
    writeWeights(this.#model.state, this.#own.tensor, values, options.partial === true);
  }

  dispose(): void {
    this.#experience?.dispose();
    this.#own.dispose();
  }

  #trained(): PreparedTraining {
    if (!this.#train) throw new Error(`Session: expected a prepared training step, got none. ${REPORT_BUG}`);
    return this.#train;
  }

  async #prepareTraining(): Promise<void> {
    const { train } = this.#dataset;
    const compiledFor = (batchSize: number): CompiledProgram => {
      const description = { ...this.#description, training: { ...this.#description.training, batchSize } };
      const program = trainingProgram({ ...this.#model, description }, train, this.order.capacity);
      return { ...program, plan: compileFor(this.#backend, program.computation) };
    };
    const compiled = compiledFor(this.#description.training.batchSize);
    const shortage = this.#own.shortage(compiled, train);
    if (shortage) {
      const model = { description: this.#description, report: this.#report, plan: compiled.plan };
      throw new BackendError(
        describeShortage(shortage, model, (batch) => this.#own.shortage(compiledFor(batch), train) === undefined),
      );
    }
    const prepared = await this.#prepare(compiled, train, "training");
    const { computation, total } = healthProgram(this.#model.state);
    const executable = await this.#own.prepareSmall(computation, "training");
    this.#train = { ...prepared, health: { executable, total } };
  }

  async #prepare(compiled: CompiledProgram, split: Split, purpose: Purpose): Promise<PreparedProgram> {
    const { computation, plan, source, ring, layout } = compiled;
    const ready = await this.#own.prepare(compiled, split, purpose);
    return { ...ready, computation, plan, layout, order: this.#own.tensor(source.order), ring: this.#own.tensor(ring) };
  }
}
