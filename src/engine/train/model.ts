/** A model for programs rather than pages: made from a description, trained, asked, read. The worker's `Trainer` does
 *  the same under remote control. */
import type { Backend } from "../backend/backend";
import type { ColumnData, Dataset } from "../data";
import { ModelError } from "../errors";
import { columnsOf } from "../model/analyze";
import type { ModelDescription } from "../model/description";
import { parseDescription } from "../model/description";
import type { ShownValues } from "./predictor";
import type { Score, StepBatch, ValidationMetrics } from "./scores";
import { ResidentData } from "./resident";
import { Run } from "./run";
import { Session, type Weight } from "./session";
import { nextTask } from "./yielding";

/** What to do while fitting. */
export interface FitOptions {
  /** Stop after this many steps in all; all epochs when left out. */
  readonly steps?: number;
  readonly onSteps?: (steps: StepBatch) => void;
  readonly onValidation?: (metrics: ValidationMetrics) => void;
  /** Ends the fit after the steps under way; calling `fit` again goes on from there. */
  readonly signal?: AbortSignal;
}

/** A model with its weights, on a backend. On one machine the same description, data and backend give the same weights, bit
 *  for bit. It holds memory on the device until {@link Model.dispose}. */
export class Model {
  readonly #session: Session;
  readonly #resident: ResidentData;
  readonly #run: Run;
  /** The first column that the task reads. */
  readonly #input: string;
  #options: FitOptions = {};

  private constructor(
    backend: Backend,
    description: ModelDescription,
    session: Session,
    resident: ResidentData,
    input: string,
  ) {
    this.#session = session;
    this.#input = input;
    this.#resident = resident;
    const listener = {
      steps: (steps: StepBatch) => this.#options.onSteps?.(steps),
      validation: (metrics: ValidationMetrics) => this.#options.onValidation?.(metrics),
      progress: () => {},
    };
    this.#run = new Run({ session, backend, description, listener });
    this.#run.pacing.visible = false;
  }

  /** Compiles a model for a backend and draws its seeded initial weights.
   *  @param description a {@link ModelDescription}, checked here  @param dataset what to train on, in memory
   *  @throws ModelError when the description is not valid or does not fit  @throws BackendError or KernelError */
  static async create(description: unknown, dataset: Dataset, backend: Backend): Promise<Model> {
    const checked = parseDescription(description);
    if (checked.dataset !== dataset.id) {
      throw new ModelError(
        `Model "${checked.name}": expected the dataset ${checked.dataset}, got ${dataset.id}. Load the one it names.`,
      );
    }
    const resident = new ResidentData(backend);
    const session = await Session.create({ backend, description: checked, dataset, resident });
    const [input = ""] = columnsOf(checked, dataset);
    return new Model(backend, checked, session, resident, input);
  }

  /** Steps done so far. */
  get step(): number {
    return this.#run.step;
  }

  /** Kernel launches per training step. */
  get launchesPerStep(): number {
    return this.#session.launchesPerStep;
  }

  /** Trains until the epochs of the description are done, or what the options say.
   *  @throws ModelError when the loss or the weights are no longer finite, naming the step */
  async fit(options: FitOptions = {}): Promise<void> {
    this.#options = options;
    const stop = (): void => this.#run.requestStop();
    options.signal?.addEventListener("abort", stop);
    try {
      if (options.signal?.aborted) return;
      const outcome = await this.#run.runTo(Math.min(options.steps ?? Infinity, this.#run.totalSteps));
      if (outcome.kind === "non-finite") {
        throw new ModelError(
          `Training: expected finite ${outcome.what}, got none at step ${outcome.step}. Lower the learning rate.`,
        );
      }
    } finally {
      options.signal?.removeEventListener("abort", stop);
    }
  }

  /** Losses and metrics on the whole test set. */
  evaluate(): Promise<Score> {
    return this.#session.scoreTest(nextTask);
  }

  /** What the task shows of samples, by name.
   *  @param columns the values that networks read, by column, scaled as in training */
  show(columns: Readonly<Record<string, ColumnData>>, count: number): Promise<ShownValues> {
    return this.#session.show(columns, count);
  }

  /** The first thing that the task shows: of a classifier, its output. @param inputs of the first column that the task reads,
   *  `[count, ...shape]` f32, scaled as in training  @returns `[count, outputs]` f32 */
  async predict(inputs: Float32Array, count: number): Promise<Float32Array> {
    const [first] = Object.values(await this.show({ [this.#input]: inputs }, count));
    return first?.data ?? new Float32Array();
  }

  /** The weights by name, for instance `dense_1/kernel`. */
  weights(): Promise<Record<string, Weight>> {
    return this.#session.weights();
  }

  /** Frees the device's memory; the backend stays the caller's. */
  dispose(): void {
    this.#session.dispose();
    this.#resident.dispose();
  }
}
