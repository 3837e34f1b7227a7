/** A model on a backend: its tensors and compiled programs. It does single things when told (run these steps, score
 *  that split); when to do what is `trainer.ts`'s business. */
import type { Backend, Executable, Profile, StepRow, Tensor, TensorData } from "../backend/backend";
import type { Shortage } from "../backend/memory";
import { tensorBytes } from "../backend/memory";
import type { PlanExplanation } from "../compile/explain";
import { explainPlan, showPlan } from "../compile/explain";
import type { Computation, Plan } from "../compile/plan";
import type { Dataset, Split } from "../data/dataset";
import { BackendError, REPORT_BUG } from "../errors";
import { readConfig } from "../fields";
import type { Node } from "../graph/node";
import type { ModelReport, ParameterEntry } from "../model/analyze";
import { analyzeModel, layoutParameters } from "../model/analyze";
import type { ModelDescription } from "../model/description";
import { optimizers } from "../optim/optimizers";
import { sizeOf } from "../shape";
import type { MemoryReport } from "./memory";
import { describeShortage, reportMemory, totalBytes } from "./memory";
import type { Predictor } from "./predictor";
import { PREDICT_BATCH, runPredictor } from "./predictor";
import type { BatchProgram, ModelState } from "./programs";
import {
  compileFor,
  healthProgram,
  modelState,
  predictionProgram,
  RING_COLUMNS,
  RING_ROWS,
  scoringProgram,
  trainingProgram,
} from "./programs";
import type { ResidentData } from "./resident";
import { SampleOrder } from "./sampleOrder";
import type { Scorer } from "./scorer";
import { runScorer, scoreBatches } from "./scorer";
import type { Score } from "./scores";
import { splitRows } from "./splitRows";
import { startValues } from "./startValues";

/** Everything a run can be resumed from. */
export interface Snapshot {
  readonly step: number;
  readonly parameters: TensorData;
  readonly slots: Readonly<Record<string, TensorData>>;
}

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
}

/** A model on a backend: parameters, optimizer state, and the plans that train, score and ask it. It counts no steps and
 *  keeps no curves, which is for `Run`; backend and dataset stay the caller's. */
export class Session {
  readonly batchSize: number;
  readonly #backend: Backend;
  readonly #description: ModelDescription;
  readonly #dataset: Dataset;
  readonly #report: ModelReport;
  readonly #entries: readonly ParameterEntry[];
  readonly #model: ModelState;
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

  private constructor({ backend, description, dataset, resident, limit = Infinity }: SessionOptions) {
    this.#backend = backend;
    this.#resident = resident;
    this.#description = description;
    this.#dataset = dataset;
    this.#report = analyzeModel(description);
    this.#entries = layoutParameters(this.#report).entries;
    this.#model = modelState(description, this.#report);
    const { seed, validationCount, batchSize } = description.training;
    this.#rows = splitRows(dataset.train.count, validationCount, seed, limit);
    this.batchSize = batchSize;
    this.#order = new SampleOrder(this.#rows.train, batchSize, seed);
  }

  /** Compiles the training step and draws the initial weights.
   *  @throws ModelError when the model has an error; KernelError from the backend
   *  @throws BackendError when there is no room for it, before anything is allocated, with what to shrink */
  static async create(options: SessionOptions): Promise<Session> {
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

  /** Number of samples held out of training. */
  get validationCount(): number {
    return this.#rows.validation.length;
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
      model: this.#model,
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
    const values = startValues(this.#description.training, this.#entries, this.#model);
    for (const [node, data] of values) this.#tensor(node).write(data);
  }

  /** The most steps from `step` on that one `run` may take: up to where the shuffled order on the device ends. */
  stepsAvailable(step: number): number {
    return this.#order.stepsAvailable(step);
  }

  /** Runs steps `step`, `step + 1`, .. with these learning rates; at most `stepsAvailable`. Returns at once where the
   *  backend runs elsewhere. */
  runSteps(step: number, learningRates: readonly number[]): void {
    this.#trained().executable.run(this.#rowsFrom(step, learningRates));
  }

  /** Times every launch of step `step`, without taking it; see {@link Executable.profile}. */
  profileStep(step: number, learningRate: number, onStep: (index: number) => Promise<void>): Promise<Profile> {
    const [row = {}] = this.#rowsFrom(step, [learningRate]);
    return this.#trained().executable.profile(row, onStep);
  }

  /** The scalars of some steps, with the order in which they take samples put on the device. */
  #rowsFrom(step: number, learningRates: readonly number[]): StepRow[] {
    this.#order.place(step, this.#trained().order);
    const { optimizer: chosen, seed } = this.#description.training;
    const optimizer = optimizers[chosen.type];
    const config = readConfig(optimizer.fields, chosen.config).config;
    return learningRates.map((rate, i) => ({
      ...optimizer.scalars(step + i + 1, rate, config),
      ...this.#order.batchOf(step + i),
      step: step + i,
      seed,
    }));
  }

  /** Loss and accuracy of steps `from` to `to - 1`, once they are done. At most `RING_ROWS` of them. */
  async readScores(from: number, to: number): Promise<Score[]> {
    const ring = await this.#trained().ring.read();
    return Array.from({ length: to - from }, (_, i) => {
      const at = ((from + i) % RING_ROWS) * RING_COLUMNS;
      return { loss: ring[at] ?? NaN, accuracy: ring[at + 1] ?? NaN };
    });
  }

  /** Whether all parameters are finite numbers after everything submitted so far. */
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

  /** Scores the whole test set. */
  async scoreTest(pause: () => Promise<void>): Promise<Score> {
    const { test } = this.#dataset;
    this.#test ??= this.#makeScorer(
      test,
      Uint32Array.from({ length: test.count }, (_, i) => i),
    );
    return await runScorer(this.#backend, await this.#test, pause);
  }

  /** The model's output. @param inputs `[count, ...inputShape]`, scaled @returns `[count, outputs]` */
  async predict(inputs: Float32Array, count: number): Promise<Float32Array> {
    this.#predictor ??= this.#makePredictor();
    return await runPredictor(await this.#predictor, inputs, count);
  }

  /** Copies out everything needed to resume after `step` steps. */
  async snapshot(step: number): Promise<Snapshot> {
    const { parameters, slots } = this.#model;
    const [flat, ...rest] = await Promise.all([
      this.#tensor(parameters).read(),
      ...Object.values(slots).map((node) => this.#tensor(node).read()),
    ]);
    return { step, parameters: flat, slots: Object.fromEntries(Object.keys(slots).map((name, i) => [name, rest[i]!])) };
  }

  /** Puts a snapshot back; steps must go on from its step. */
  restore({ parameters, slots }: Snapshot): void {
    this.#tensor(this.#model.parameters).write(parameters);
    for (const [name, data] of Object.entries(slots)) {
      const node = this.#model.slots[name];
      if (node) this.#tensor(node).write(data);
    }
  }

  /** The trained weights by name (`dense_1/kernel`), each with its shape. */
  async weights(): Promise<Record<string, { shape: readonly number[]; data: Float32Array }>> {
    const flat = await this.#tensor(this.#model.parameters).read();
    return Object.fromEntries(
      this.#entries.map(({ name, spec, offset }) => [
        name,
        { shape: spec.shape, data: Float32Array.from(flat.subarray(offset, offset + sizeOf(spec.shape))) },
      ]),
    );
  }

  /** Overwrites weights by name, as {@link weights} gives them. */
  setWeights(values: Readonly<Record<string, Float32Array>>): void {
    for (const { name, offset } of this.#entries) {
      const data = values[name];
      if (data) this.#tensor(this.#model.parameters).write(data, offset);
    }
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
      const program = trainingProgram(description, this.#report, this.#dataset, this.#model, this.#order.capacity);
      return { ...program, plan: compileFor(this.#backend, program.computation) };
    };
    const compiled = compiledFor(this.batchSize);
    const shortage = this.#shortage(compiled, train);
    if (shortage) {
      const copies = 2 + Object.keys(this.#model.slots).length;
      const model = { description: this.#description, report: this.#report, plan: compiled.plan, copies };
      throw new BackendError(
        describeShortage(shortage, model, (batch) => this.#shortage(compiledFor(batch), train) === undefined),
      );
    }
    const prepared = await this.#prepare(compiled, train, "training");
    const { computation, total } = healthProgram(this.#model);
    const executable = await this.#prepareSmall(computation, [this.#model.parameters], "training");
    this.#train = { ...prepared, health: { executable, total } };
  }

  async #makeScorer(split: Split, rows: Uint32Array): Promise<Scorer> {
    const { length } = rows;
    const compiledFor = (batch: number) => {
      const program = scoringProgram(this.#description, this.#report, this.#dataset, split, this.#model, batch, length);
      return { ...program, batch, plan: compileFor(this.#backend, program.computation) };
    };
    const [first, ...smaller] = scoreBatches(length);
    let compiled = compiledFor(first);
    for (const batch of smaller) {
      if (!this.#shortage(compiled, split)) break;
      compiled = compiledFor(batch);
    }
    const { executable, order, ring } = await this.#prepare(compiled, split, "scoring");
    order.write(rows);
    return { executable, ring, count: length, batch: compiled.batch };
  }

  /** Whether there is room for a plan over a split beside what is there already. */
  #shortage({ plan }: Compiled, split: Split): Shortage | undefined {
    // What the plan shares with others is counted with the plan.
    const shared = plan.leaves.reduce((total, leaf) => total + (this.#tensors.has(leaf) ? tensorBytes(leaf) : 0), 0);
    return this.#backend.shortage(plan, totalBytes(this.memory) - shared - this.#resident.bytesOf(split));
  }

  async #makePredictor(): Promise<Predictor> {
    const { inputShape } = this.#dataset;
    const program = predictionProgram(this.#description, this.#report, inputShape, this.#model, PREDICT_BATCH);
    const { computation, x, output } = program;
    const executable = await this.#prepareSmall(computation, [x, this.#model.parameters], "scoring");
    return { executable, x: this.#tensor(x), output };
  }

  /** Prepares a plan over a split, sharing the bytes of the split with every other plan that draws from it. */
  async #prepare(compiled: Compiled, split: Split, purpose: Purpose): Promise<PreparedProgram> {
    const { computation, plan, source, ring } = compiled;
    const { parameters, slots } = this.#model;
    const own = [parameters, ...Object.values(slots), source.order, ring];
    const leaves = new Map(own.map((node) => [node, this.#tensor(node)]));
    leaves.set(source.inputs, this.#resident.tensor(source.inputs, split.inputs));
    leaves.set(source.labels, this.#resident.tensor(source.labels, split.labels));
    const executable = await this.#own(this.#backend.prepare(plan, leaves), purpose);
    return { computation, plan, leaves, executable, order: this.#tensor(source.order), ring: this.#tensor(ring) };
  }

  /** Prepares a computation over tensors of the session's own. */
  async #prepareSmall(computation: Computation, nodes: readonly Node[], purpose: Purpose): Promise<Executable> {
    const leaves = new Map(nodes.map((node) => [node, this.#tensor(node)]));
    return await this.#own(this.#backend.prepare(compileFor(this.#backend, computation), leaves), purpose);
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
