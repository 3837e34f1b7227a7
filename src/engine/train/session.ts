/** A model on a backend: its tensors and compiled programs. It does single things when told (run these steps, score
 *  that split); when to do what is `run.ts`'s and the trainer's business. */
import type { Backend, Executable, Profile, StepRow, Tensor } from "../backend/backend";
import type { Shortage } from "../backend/memory";
import { tensorBytes } from "../backend/memory";
import type { PlanExplanation } from "../compile/explain";
import { explainPlan, showPlan } from "../compile/explain";
import type { Computation, Plan } from "../compile/plan";
import type { ColumnData, Dataset, Split } from "../data";
import { checkDataset } from "../data/check";
import { BackendError, REPORT_BUG } from "../errors";
import type { Node } from "../graph/node";
import { analyzeModel, type ModelReport } from "../model/analyze";
import type { ModelDescription } from "../model/description";
import type { Rates } from "./learningRates";
import type { MemoryReport } from "./memory";
import { describeShortage, reportMemory, totalBytes } from "./memory";
import { type Predictor, PREDICT_BATCH, runPredictor, type ShownValues } from "./predictor";
import {
  type BatchProgram,
  compileFor,
  healthProgram,
  type ProgramModel,
  RING_ROWS,
  scalarsOf,
  scoringProgram,
  showProgram,
  trainingProgram,
} from "./programs";
import type { ResidentData } from "./resident";
import { SampleOrder } from "./sampleOrder";
import type { Scorer } from "./scorer";
import { runScorer, scoreBatches } from "./scorer";
import { type Score, type ScoreLayout, scoreOfStep } from "./scores";
import { readSnapshot, readWeights, type Snapshot, writeSnapshot, writeWeights, type Weight } from "./snapshot";
import { splitRows } from "./splitRows";
import { modelState } from "./state";

export type { Snapshot, Weight } from "./snapshot";

/** A compiled training step in words. */
export interface PlanText {
  readonly plan: PlanExplanation;
  /** The same as a table for a terminal. */
  readonly text: string;
}

/** What an executable takes memory for. */
type Purpose = "training" | "scoring";

/** A program with its plan. */
type Compiled = BatchProgram & { readonly plan: Plan };

/** The same, ready to run. */
interface PreparedProgram extends Pick<Compiled, "computation" | "plan"> {
  readonly leaves: ReadonlyMap<Node, Tensor>;
  readonly executable: Executable;
  readonly layout: ScoreLayout;
  readonly order: Tensor;
  readonly ring: Tensor;
}

/** The training step, and what tells whether it keeps the weights finite. */
interface PreparedTraining extends PreparedProgram {
  readonly health: { readonly executable: Executable; readonly total: Node };
}

/** What a session is made of. */
export interface SessionOptions {
  readonly backend: Backend;
  readonly description: ModelDescription;
  readonly dataset: Dataset;
  /** The dataset on that backend; it stays the caller's. */
  readonly resident: ResidentData;
  /** Train on this many samples only. */
  readonly limit?: number;
  /** False to take samples as the dataset has them, the last ones held out. */
  readonly shuffle?: boolean;
}

/** A model on a backend: parameters, optimizer state, and the plans that train, score and ask it. It counts no steps and
 *  keeps no curves, which is for `Run`; backend and dataset stay the caller's. */
export class Session {
  readonly #backend: Backend;
  readonly #description: ModelDescription;
  readonly #dataset: Dataset;
  readonly #report: ModelReport;
  readonly #model: ProgramModel;
  readonly #rows: { readonly train: Uint32Array; readonly validation: Uint32Array };
  readonly #order: SampleOrder;
  readonly #tensors = new Map<Node, Tensor>();
  readonly #resident: ResidentData;
  /** By what they are for. */
  readonly #executables: Readonly<Record<Purpose, Executable[]>> = { training: [], scoring: [] };
  #train: PreparedTraining | undefined;
  #validation: Promise<Scorer> | undefined;
  #test: Promise<Scorer> | undefined;
  #predictor: Promise<Predictor> | undefined;

  private constructor({ backend, description, dataset, resident, limit = Infinity, shuffle = true }: SessionOptions) {
    this.#backend = backend;
    this.#resident = resident;
    this.#dataset = dataset;
    this.#report = analyzeModel(description, dataset);
    const { training } = description;
    this.#rows = splitRows(dataset.train.count, { ...training, limit, shuffle });
    const batchSize = Math.min(training.batchSize, this.#rows.train.length);
    this.#description = { ...description, training: { ...training, batchSize } };
    this.#model = { description: this.#description, data: dataset, state: modelState(description, this.#report) };
    this.#order = new SampleOrder(this.#rows.train, { ...training, batchSize, shuffle });
  }

  /** Compiles the training step and draws the initial weights.
   *  @throws ModelError when the model has an error; DatasetError when the data do; KernelError from the backend
   *  @throws BackendError when there is no room for it, before anything is allocated, with what to shrink */
  static async create(options: SessionOptions): Promise<Session> {
    checkDataset(options.dataset);
    const session = new Session(options);
    try {
      await session.#prepareTraining();
      session.reset();
      return session;
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  get stepsPerEpoch(): number {
    return this.#order.stepsPerEpoch;
  }

  /** Samples that a step takes, on average over an epoch: its last batch may be short. */
  get samplesPerStep(): number {
    return this.#rows.train.length / this.stepsPerEpoch;
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
    const { plan, executable } = this.#trained();
    const explained = explainPlan(plan, executable.launches);
    return { plan: explained, text: showPlan(explained) };
  }

  /** Bytes on the device, the resident dataset included. */
  get memory(): MemoryReport {
    return reportMemory({
      state: this.#model.state,
      own: this.#tensors.keys(),
      ...this.#executables,
      datasetBytes: this.#resident.memoryBytes,
    });
  }

  /** What the backend was given to prepare the training step from. */
  get trainingStep(): Pick<PreparedProgram, "computation" | "plan" | "leaves"> {
    return this.#trained();
  }

  /** Makes the training step anew, as the backend would by now, and takes it from then on. Nothing learnt changes.
   *  @param between runs what it is given while no step is under way; where it rejects, everything stays as it was */
  async remakeTraining(between: (swap: () => Promise<void>) => Promise<void>): Promise<void> {
    const { computation, leaves, executable: old } = this.#trained();
    const plan = compileFor(this.#backend, computation);
    const executable = await this.#backend.prepare(plan, leaves);
    try {
      await between(async () => {
        this.#train = { ...this.#trained(), plan, executable };
        this.#executables.training.splice(this.#executables.training.indexOf(old), 1, executable);
      });
    } catch (error) {
      executable.dispose();
      throw error;
    }
    old.dispose();
  }

  /** Back to the seeded initial weights and empty optimizer state. */
  reset(): void {
    for (const { node, start } of this.#model.state.tensors) this.#tensor(node).write(start());
  }

  /** The most steps from `step` on that one `run` may take: up to where the shuffled order on the device ends. */
  stepsAvailable(step: number): number {
    return this.#order.stepsAvailable(step);
  }

  /** Runs steps `step`, `step + 1`, .. with these learning rates, of each network by name; at most `stepsAvailable`. Returns
   *  at once where the backend runs elsewhere. */
  runSteps(step: number, learningRates: readonly Rates[]): void {
    this.#trained().executable.run(this.#rowsFrom(step, learningRates));
  }

  /** Times every launch of step `step`, without taking it; see {@link Executable.profile}. */
  profileStep(step: number, learningRates: Rates, onStep: (index: number) => Promise<void>): Promise<Profile> {
    const [row = {}] = this.#rowsFrom(step, [learningRates]);
    return this.#trained().executable.profile(row, onStep);
  }

  /** The scalars of some steps, with the order in which they take samples put on the device. */
  #rowsFrom(step: number, learningRates: readonly Rates[]): StepRow[] {
    this.#order.place(step, this.#trained().order);
    const { training, networks } = this.#description;
    const ofNetworks = Object.entries(networks);
    return learningRates.map((rates, i) => {
      const row: Record<string, number> = { ...this.#order.batchOf(step + i), step: step + i, seed: training.seed };
      for (const [name, network] of ofNetworks) {
        Object.assign(row, scalarsOf(name, network, step + i + 1, rates[name] ?? NaN));
      }
      return row;
    });
  }

  /** Losses and metrics of steps `from` to `to - 1`, once they are done. At most `RING_ROWS` of them. */
  async readScores(from: number, to: number): Promise<Score[]> {
    const { ring, layout } = this.#trained();
    const values = await ring.read();
    const columns = ring.shape[1] ?? 1;
    return Array.from({ length: to - from }, (_, i) =>
      scoreOfStep(layout, values, ((from + i) % RING_ROWS) * columns, this.#order.batchOf(from + i).count),
    );
  }

  /** Whether all variables are finite numbers after everything submitted so far. */
  async areWeightsFinite(): Promise<boolean> {
    const { executable, total } = this.#trained().health;
    executable.run([{}]);
    const [value] = await executable.read(total);
    return Number.isFinite(value);
  }

  /** Scores the held-out samples. @param pause awaited between batches, so that messages get through */
  async scoreValidation(pause: () => Promise<void>): Promise<Score> {
    this.#validation ??= this.#makeScorer(this.#dataset.train, this.#rows.validation);
    return await runScorer(this.#backend, await this.#validation, pause);
  }

  /** Scores the whole test set, as {@link scoreValidation} does what is held out. */
  async scoreTest(pause: () => Promise<void>): Promise<Score> {
    const { test } = this.#dataset;
    this.#test ??= this.#makeScorer(test, Uint32Array.from(Array(test.count).keys()));
    return await runScorer(this.#backend, await this.#test, pause);
  }

  /** What is shown of samples, by name: a class's probabilities, a rebuilt image.
   *  @param columns the values that networks read, by column, `[count, ...shape]`: scaled numbers, or indices
   *  @param step what random numbers are drawn for, where the task draws any
   *  @throws ArgumentError when a column that is read is missing, of another length or not finite */
  async show(columns: Readonly<Record<string, ColumnData>>, count: number, step = 0): Promise<ShownValues> {
    this.#predictor ??= this.#makePredictor();
    const scalars = { seed: this.#description.training.seed, step };
    return await runPredictor(await this.#predictor, columns, count, scalars);
  }

  /** Copies out everything needed to resume after `step` steps. */
  snapshot(step: number): Promise<Snapshot> {
    return readSnapshot(this.#model.state, (node) => this.#tensor(node), step);
  }

  /** Puts a snapshot back; steps must go on from its step.
   *  @throws ArgumentError when it has other tensors than this model, naming them; then nothing has changed */
  restore(snapshot: Snapshot): void {
    writeSnapshot(this.#model.state, (node) => this.#tensor(node), snapshot);
  }

  /** All variables by name (`dense_1/kernel`, after `network/` where there are several networks), each with its shape. */
  weights(): Promise<Record<string, Weight>> {
    return readWeights(this.#model.state, (node) => this.#tensor(node));
  }

  /** Overwrites variables by name, as {@link weights} gives them.
   *  @param options `partial`: those that are not given stay as they are
   *  @throws ArgumentError for unknown, missing and misshapen ones, naming them; then nothing has changed */
  setWeights(
    values: Readonly<Record<string, Float32Array | Weight>>,
    options: { readonly partial?: boolean } = {},
  ): void {
    writeWeights(this.#model.state, (node) => this.#tensor(node), values, options.partial === true);
  }

  dispose(): void {
    for (const owned of Object.values(this.#executables))
      for (const executable of owned.splice(0)) executable.dispose();
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }

  #trained(): PreparedTraining {
    if (!this.#train) throw new Error(`Session: expected a prepared training step, got none. ${REPORT_BUG}`);
    return this.#train;
  }

  async #prepareTraining(): Promise<void> {
    const { train } = this.#dataset;
    const compiledFor = (batchSize: number): Compiled => {
      const description = { ...this.#description, training: { ...this.#description.training, batchSize } };
      const program = trainingProgram({ ...this.#model, description }, train, this.#order.capacity);
      return { ...program, plan: compileFor(this.#backend, program.computation) };
    };
    const compiled = compiledFor(this.#description.training.batchSize);
    const shortage = this.#shortage(compiled, train);
    if (shortage) {
      const model = { description: this.#description, report: this.#report, plan: compiled.plan };
      throw new BackendError(
        describeShortage(shortage, model, (batch) => this.#shortage(compiledFor(batch), train) === undefined),
      );
    }
    const prepared = await this.#prepare(compiled, train, "training");
    const { computation, total } = healthProgram(this.#model.state);
    const executable = await this.#prepareSmall(computation, "training");
    this.#train = { ...prepared, health: { executable, total } };
  }

  async #makeScorer(split: Split, rows: Uint32Array): Promise<Scorer> {
    const { length } = rows;
    const compiledFor = (batch: number) => {
      const program = scoringProgram(this.#model, split, batch, length);
      return { ...program, batch, plan: compileFor(this.#backend, program.computation) };
    };
    const [first, ...smaller] = scoreBatches(length);
    let compiled = compiledFor(first);
    for (const batch of smaller) {
      if (!this.#shortage(compiled, split)) break;
      compiled = compiledFor(batch);
    }
    const { executable, order, ring, layout } = await this.#prepare(compiled, split, "scoring");
    order.write(rows);
    const scalars = { seed: this.#description.training.seed };
    const areWeightsFinite = () => this.areWeightsFinite();
    return { executable, ring, layout, count: length, batch: compiled.batch, scalars, areWeightsFinite };
  }

  /** Whether there is room for a plan over a split beside what is there already. */
  #shortage({ plan }: Compiled, split: Split): Shortage | undefined {
    // What the plan shares with others is counted with the plan.
    const shared = plan.leaves.reduce((total, leaf) => total + (this.#tensors.has(leaf) ? tensorBytes(leaf) : 0), 0);
    return this.#backend.shortage(plan, totalBytes(this.memory) - shared - this.#resident.bytesOf(split));
  }

  async #makePredictor(): Promise<Predictor> {
    const { computation, columns, shown } = showProgram(this.#model, PREDICT_BATCH);
    const executable = await this.#prepareSmall(computation, "scoring");
    const bound = [...columns].map(([name, node]) => [name, this.#tensor(node)] as const);
    return { executable, columns: new Map(bound), shown };
  }

  /** Prepares a plan over a split, sharing the bytes of the split with every other plan that draws from it. */
  async #prepare(compiled: Compiled, split: Split, purpose: Purpose): Promise<PreparedProgram> {
    const { computation, plan, source, ring, layout } = compiled;
    const leaves = this.#bind(plan, (leaf) => {
      const [name] = [...source.columns].find(([, node]) => node === leaf) ?? [];
      const values = name === undefined ? undefined : split.columns[name];
      return values && this.#resident.tensor(leaf, values);
    });
    const executable = await this.#own(this.#backend.prepare(plan, leaves), purpose);
    const order = this.#tensor(source.order);
    return { computation, plan, leaves, executable, layout, order, ring: this.#tensor(ring) };
  }

  /** Prepares a computation over tensors of the session's own. */
  async #prepareSmall(computation: Computation, purpose: Purpose): Promise<Executable> {
    const plan = compileFor(this.#backend, computation);
    return await this.#own(this.#backend.prepare(plan, this.#bind(plan)), purpose);
  }

  /** Tensors for all leaves of a plan: the session's own but for those that `other` knows. */
  #bind({ leaves }: Plan, other: (leaf: Node) => Tensor | undefined = () => undefined): ReadonlyMap<Node, Tensor> {
    return new Map(leaves.map((leaf) => [leaf, other(leaf) ?? this.#tensor(leaf)]));
  }

  async #own(making: Promise<Executable>, purpose: Purpose): Promise<Executable> {
    const executable = await making;
    this.#executables[purpose].push(executable);
    return executable;
  }

  #tensor(node: Node): Tensor {
    const known = this.#tensors.get(node);
    if (known) return known;
    const tensor = this.#backend.createTensor(node);
    this.#tensors.set(node, tensor);
    return tensor;
  }
}
