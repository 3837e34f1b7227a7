/** What a model is worth with its weights rounded: a copy of it, on the same device, is scored with them, so that the model itself
 *  trains on as if nobody had asked. */
import { DeviceLostError } from "../errors";
import { isRoundable, roundWeight, type Rounding } from "../train/rounding";
import type { Score } from "../train/scores";
import { Session } from "../train/session";
import type { Weight } from "../train/snapshot";
import { nextTask } from "../train/yielding";
import { hasArrived } from "./predictions";
import type { Prepared } from "./prepared";
import type { RoundableModel, ScoredSplit } from "./protocol";

/** A copy of a model as of one step. */
export class RoundedCopy {
  /** The model that it is a copy of. */
  readonly of: Prepared;
  readonly about: RoundableModel;
  readonly #session: Session;
  readonly #weights: Readonly<Record<string, Weight>>;
  /** Questions are answered one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    of: Prepared,
    session: Session,
    weights: Readonly<Record<string, Weight>>,
    about: RoundableModel,
  ) {
    this.of = of;
    this.about = about;
    this.#session = session;
    this.#weights = weights;
  }

  /** @returns null where samples have not arrived, or there is no room for a second model beside the first */
  static async open(of: Prepared, split: ScoredSplit): Promise<RoundedCopy | null> {
    const { engine, dataset, options, run } = of;
    const { limit = Infinity, shuffle = true } = options;
    if (!(await hasArrived(split === "test" ? dataset.test : dataset.train))) return null;
    const { weights, step } = await run.between(async () => ({ weights: await of.session.weights(), step: run.step }));
    const { backend, resident } = engine;
    try {
      const description = run.settings;
      const session = await Session.create({ backend, description, dataset, resident, limit, shuffle });
      const shapes = Object.entries(weights).map(([name, { shape }]) => [name, shape] as const);
      return new RoundedCopy(of, session, weights, { split, step, weights: Object.fromEntries(shapes) });
    } catch (error) {
      if (error instanceof DeviceLostError) throw error;
      return null;
    }
  }

  /** Losses and metrics of the split, with weights rounded. @param rounding null: with the weights as they are
   *  @returns null where they are not finite */
  score(rounding: Rounding | null): Promise<Score | null> {
    const scored = this.#last.then(async () => {
      const given = Object.entries(this.#weights).map(([name, weight]) => {
        const isRounded = rounding && isRoundable(weight.shape) && (rounding.only?.includes(name) ?? true);
        return [name, isRounded ? roundWeight(weight, rounding) : weight] as const;
      });
      this.#session.setWeights(Object.fromEntries(given));
      const { split } = this.about;
      return split === "test" ? await this.#session.scoreTest(nextTask) : await this.#session.scoreValidation(nextTask);
    });
    this.#last = scored.catch(() => {});
    return scored;
  }

  /** Frees its memory, once what was asked is answered. */
  async close(): Promise<void> {
    await this.#last;
    this.#session.dispose();
  }
}
