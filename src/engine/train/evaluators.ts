/** What scores a model and asks it: programs over the same state as the training step, made on first use. */
import type { Backend } from "../backend/backend";
import { explainPlan } from "../compile/explain";
import type { ColumnData, Dataset, Split } from "../data";
import type { Allocations } from "./allocations";
import { type HearAnswers, labelsOf, type ScoredSplit } from "./answers";
import type { ProgramModel } from "./batches";
import { type Predictor, predictBatch, runPredictor, type ShownValues } from "./predictor";
import { compileFor, scoringProgram, showProgram } from "./programs";
import type { Scorer } from "./scorer";
import { MAX_FLOPS_AT_ONCE, runScorer, scoreBatches } from "./scorer";
import type { Score } from "./scores";

/** What evaluators are made of. */
export interface EvaluatorOptions {
  readonly backend: Backend;
  readonly dataset: Dataset;
  /** The rows held out of training. */
  readonly validationRows: Uint32Array<ArrayBuffer>;
  /** Whether all variables are finite numbers after everything submitted so far. */
  readonly areWeightsFinite: () => Promise<boolean>;
}

/** The evaluators of one session. */
export class Evaluators {
  readonly #options: EvaluatorOptions;
  readonly #own: Allocations;
  #model: ProgramModel;
  #validation: Promise<Scorer> | undefined;
  #test: Promise<Scorer> | undefined;
  /** By the question, and the samples that it is asked about at a time. */
  readonly #predictors = new Map<string, Promise<Predictor>>();
  /** What is being scored; settles when that is done. */
  #scoring: Promise<unknown> = Promise.resolve();
  /** What is asked and not answered yet. */
  readonly #uses = new Set<Promise<unknown>>();

  /** @param own where they are allocated, and freed with everything else */
  constructor(model: ProgramModel, own: Allocations, options: EvaluatorOptions) {
    this.#model = model;
    this.#own = own;
    this.#options = options;
  }

  /** Scores the held-out samples. @param pause awaited between batches, so that messages get through
   *  @param hear hears what the model says of each sample, where it tells a class */
  async scoreValidation(pause: () => Promise<void>, hear?: HearAnswers): Promise<Score> {
    const { dataset, validationRows } = this.#options;
    await this.#own.resident.receiveAll(dataset.train);
    this.#validation ??= this.#makeScorer("validation", dataset.train, validationRows);
    return await this.#score(this.#validation, pause, hear);
  }

  /** Scores the whole test set, as {@link scoreValidation} does what is held out. */
  async scoreTest(pause: () => Promise<void>, hear?: HearAnswers): Promise<Score> {
    const { test } = this.#options.dataset;
    await this.#own.resident.receiveAll(test);
    this.#test ??= this.#makeScorer("test", test, Uint32Array.from(Array(test.count).keys()));
    return await this.#score(this.#test, pause, hear);
  }

  /** What is shown of samples, by name. @param step what random numbers are drawn for
   *  @param question one that the task can be asked, of columns or of what else it takes; what it shows when left out
   *  @throws ArgumentError when what is read is missing, of another length or not finite, or the task knows no such question */
  async show(
    columns: Readonly<Record<string, ColumnData>>,
    count: number,
    step: number,
    question?: string,
  ): Promise<ShownValues> {
    // A single sample, as of a drawing that is asked about many times a second, costs the CPU a small part of a batch; a GPU would
    // hardly notice, and has passed its test with a whole one.
    const { backend, dataset } = this.#options;
    const batch = count === 1 && !backend.asynchronous ? 1 : predictBatch(dataset);
    const key = `${batch} ${question ?? ""}`;
    const made = this.#predictors.get(key) ?? this.#makePredictor(batch, question);
    this.#predictors.set(key, made);
    const scalars = { seed: this.#model.description.training.seed, step };
    return await this.#use(made.then((predictor) => runPredictor(predictor, columns, count, scalars)));
  }

  /** Scores and asks by other settings from now on. What is asked already is answered by the old ones. */
  renew(model: ProgramModel): void {
    this.#model = model;
    const old = [this.#validation, this.#test, ...this.#predictors.values()];
    this.#validation = this.#test = undefined;
    this.#predictors.clear();
    void Promise.allSettled(this.#uses).then(async () => {
      for (const made of await Promise.allSettled(old)) if (made.status === "fulfilled") made.value?.release();
    });
  }

  /** One after the other: two would write into each other's sums. */
  #score(making: Promise<Scorer>, pause: () => Promise<void>, hear?: HearAnswers): Promise<Score> {
    const before = this.#scoring;
    const asked = this.#use(
      making.then(async (scorer) => {
        await before;
        return await runScorer(this.#options.backend, scorer, pause, hear);
      }),
    );
    this.#scoring = asked.catch(() => {});
    return asked;
  }

  /** Keeps in mind that something is asked, until it is answered. */
  async #use<T>(asked: Promise<T>): Promise<T> {
    this.#uses.add(asked);
    try {
      return await asked;
    } finally {
      this.#uses.delete(asked);
    }
  }

  async #makeScorer(name: ScoredSplit, split: Split, rows: Uint32Array<ArrayBuffer>): Promise<Scorer> {
    const { length } = rows;
    const { backend, areWeightsFinite } = this.#options;
    const own = this.#own;
    const compiledFor = (batch: number) => {
      const program = scoringProgram(this.#model, split, batch, length);
      return { ...program, batch, plan: compileFor(backend, program.computation) };
    };
    const [first, ...smaller] = scoreBatches(length);
    let compiled = compiledFor(first);
    const takesLong = (): boolean => !backend.asynchronous && explainPlan(compiled.plan).flops > MAX_FLOPS_AT_ONCE;
    for (const batch of smaller) {
      if (!own.shortage(compiled, split) && !takesLong()) break;
      compiled = compiledFor(batch);
    }
    const { source, ring, layout, batch } = compiled;
    const { description, data } = this.#model;
    const answers = compiled.answers && {
      ...compiled.answers,
      split: name,
      rows,
      labels: labelsOf(description, data, split, rows),
    };
    const { executable } = await own.prepare(compiled, split, "scoring");
    own.tensor(source.order).write(rows);
    const scalars = { seed: this.#model.description.training.seed };
    const release = () => own.release(executable, [source.order, ring]);
    const told = { executable, ring: own.tensor(ring), layout, answers };
    return { ...told, count: length, batch, scalars, areWeightsFinite, release };
  }

  async #makePredictor(batch: number, question: string | undefined): Promise<Predictor> {
    const { computation, columns, shown } = showProgram(this.#model, batch, question);
    const executable = await this.#own.prepareSmall(computation, "scoring");
    const bound = [...columns].map(([name, node]) => [name, this.#own.tensor(node)] as const);
    const release = () => this.#own.release(executable, [...columns.values()]);
    return { executable, batch, columns: new Map(bound), shown, release };
  }
}
