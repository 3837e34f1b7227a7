/** A model for programs rather than pages: made from a description, trained, asked, read. The worker's `Trainer` does
 *  the same under remote control. */
import type { Backend } from "../backend/backend";
import type { Dataset } from "../data/dataset";
import { ModelError } from "../errors";
import type { ModelDescription } from "../model/description";
import { parseDescription } from "../model/description";
import type { Score, StepMetrics, ValidationMetrics } from "./scores";
import { ResidentData } from "./resident";
import { baseRate, Run } from "./run";
import { Session } from "./session";
import { nextTask } from "./yielding";

/** What to do while fitting. */
export interface FitOptions {
  /** Stop after this many steps in all; all epochs when left out. */
  readonly steps?: number;
  readonly onSteps?: (steps: readonly StepMetrics[]) => void;
  readonly onValidation?: (metrics: ValidationMetrics) => void;
  /** Ends the fit after the steps under way; calling `fit` again goes on from there. */
  readonly signal?: AbortSignal;
}

/** A trained weight. */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A model with its weights, on a backend. On one machine the same description, data and backend give the same weights, bit
 *  for bit. It holds memory on the device until {@link Model.dispose}. */
export class Model {
  readonly #session: Session;
  readonly #resident: ResidentData;
  readonly #run: Run;
  #options: FitOptions = {};

  private constructor(backend: Backend, description: ModelDescription, session: Session, resident: ResidentData) {
    this.#session = session;
    this.#resident = resident;
    this.#run = new Run(session, backend, description.training, baseRate(description.training), {
      steps: (steps) => this.#options.onSteps?.(steps),
      validation: (metrics) => this.#options.onValidation?.(metrics),
      progress: () => {},
    });
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
    return new Model(backend, checked, session, resident);
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

  /** Loss and accuracy on the whole test set. */
  evaluate(): Promise<Score> {
    return this.#session.scoreTest(nextTask);
  }

  /** The model's output. @param inputs `[count, ...inputShape]` f32, scaled as in training
   *  @returns `[count, outputs]` f32 */
  predict(inputs: Float32Array, count: number): Promise<Float32Array> {
    return this.#session.predict(inputs, count);
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
