/** The tuner: finds out, while training already runs, by which way each matrix product of the training step is computed
 *  quickest on this machine, and has the step put together anew. What it found is kept for the next visit. Results change
 *  by rounding only: a way whose results differ by more is never taken. */
import type { Backend, Executable, GemmWays } from "../backend/backend";
import { DescentError, DeviceLostError } from "../errors";
import type { GemmVariant } from "../graph/kernel";
import type { Node } from "../graph/node";
import { scaleOf, toleranceOfSum, worstDeviation } from "../selftest/compare";
import type { DeviceStore } from "./deviceStore";
import { isolate, type IsolatedStep, type ProductStep, productsOf } from "./products";
import type { TuningReport } from "./protocol";
import type { Run } from "./run";
import type { Session } from "./session";
import { keepWinners } from "./winners";

/** How long tuning may take in all, compiling included. A candidate that was begun is finished. */
const TUNING_BUDGET_MS = 1500;

/** The share of the usual way's time that another may take at most: closer calls are noise, and not worth a kernel. */
const WORTHWHILE = 0.95;

/** What the budget is, and what it is measured by. */
export interface TuningOptions {
  readonly budgetMs?: number;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

/** Tunes one model. */
export class Tuner {
  readonly #backend: Backend;
  readonly #gemm: GemmWays;
  readonly #session: Session;
  readonly #store: DeviceStore | undefined;
  readonly #budgetMs: number;
  readonly #now: () => number;
  readonly #winners = new Map<string, GemmVariant>();
  /** Products to compare ways for, the costliest first. */
  #open: ProductStep[];
  #isChanged = false;
  #report: TuningReport | null = null;
  #abort: AbortController | undefined;
  #spentMs = 0;
  #interlude: Promise<unknown> = Promise.resolve();

  private constructor(
    backend: Backend,
    gemm: GemmWays,
    session: Session,
    store: DeviceStore | undefined,
    { budgetMs = TUNING_BUDGET_MS, now = () => performance.now() }: TuningOptions,
  ) {
    this.#backend = backend;
    this.#gemm = gemm;
    this.#session = session;
    this.#store = store;
    this.#budgetMs = budgetMs;
    this.#now = now;
    this.#open = productsOf(session.trainingStep.plan).filter(
      ({ product }) => !gemm.preferred.has(product.key) && gemm.candidates(product).length > 1,
    );
  }

  /** A tuner of a session, where its backend leaves a choice. @param store where to keep what is found */
  static of(
    backend: Backend,
    session: Session,
    store: DeviceStore | undefined,
    options: TuningOptions = {},
  ): Tuner | undefined {
    return backend.gemm && new Tuner(backend, backend.gemm, session, store, options);
  }

  /** What came of it; null until it is done, and where there was nothing to find out. */
  get report(): TuningReport | null {
    return this.#report;
  }

  /** Tunes what is not tuned yet, between the submissions of a run. Cancelled, it goes on from there when called again.
   *  @returns what came of it, or null when it was cancelled, nothing was left to do or the device is gone */
  async tune(run: Run): Promise<TuningReport | null> {
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    const between: Between = (work) => {
      const done = run.between(async () => {
        signal.throwIfAborted();
        return await work();
      });
      this.#interlude = done.catch(() => {});
      return done;
    };
    if (this.#open.length === 0) return null;
    try {
      await this.#compareAll(between, signal);
      const isChanged = await this.#take(between);
      this.#open = [];
      if (this.#winners.size === 0) return null;
      this.#report = { products: this.#winners.size, isChanged, elapsedMs: this.#spentMs };
      return this.#report;
    } catch (error) {
      // Whoever trains on the device deals with its loss.
      if (signal.aborted || error instanceof DeviceLostError) return null;
      throw error;
    }
  }

  /** Ends what is under way. Resolves when the run has nothing to wait for any more. */
  async cancel(): Promise<void> {
    this.#abort?.abort();
    await this.#interlude;
  }

  async #compareAll(between: Between, signal: AbortSignal): Promise<void> {
    const startedMs = this.#now();
    const isSpent = (): boolean => this.#spentMs + this.#now() - startedMs >= this.#budgetMs;
    try {
      for (let [next] = this.#open; next && !isSpent(); [next] = this.#open) {
        const winner = await this.#compare(next, between, () => {
          signal.throwIfAborted();
          return isSpent();
        });
        if (winner) this.#winners.set(next.product.key, winner);
        if (winner && winner !== this.#gemm.candidates(next.product)[0]) this.#isChanged = true;
        this.#open.shift();
      }
    } finally {
      this.#spentMs += this.#now() - startedMs;
    }
  }

  /** The quickest way for one product, or undefined where there was no time or room to compare any. */
  async #compare(
    { product, step }: ProductStep,
    between: Between,
    isSpent: () => boolean,
  ): Promise<GemmVariant | undefined> {
    const [usual, ...others] = this.#gemm.candidates(product);
    if (!usual) return undefined;
    const { plan, leaves } = this.#session.trainingStep;
    const piece = isolate(this.#backend, plan, step, leaves);
    const reference = await this.#prepare(usual, piece);
    try {
      if (!reference || isSpent()) return undefined;
      const usualMs = await between(() => time(reference));
      let best = { variant: usual, elapsedMs: WORTHWHILE * usualMs };
      for (const [i, variant] of others.entries()) {
        if (isSpent()) return i === 0 ? undefined : best.variant;
        const candidate = await this.#prepare(variant, piece);
        if (!candidate) continue;
        try {
          const isRight = await between(() => agree(reference, candidate, step.outputs, product.k));
          const elapsedMs = isRight ? await between(() => time(candidate)) : Infinity;
          if (elapsedMs < best.elapsedMs) best = { variant, elapsedMs };
        } finally {
          candidate.dispose();
        }
      }
      return best.variant;
    } finally {
      reference?.dispose();
      piece.dispose();
    }
  }

  /** A step computed in one way, or undefined where the device cannot do it so. */
  async #prepare(variant: GemmVariant, { plan, leaves }: IsolatedStep): Promise<Executable | undefined> {
    return await this.#gemm.prepareWith(variant, plan, leaves).catch(unlessImpossible);
  }

  /** Lets the training step be computed by what won. @returns whether that changed anything */
  async #take(between: Between): Promise<boolean> {
    const { preferred } = this.#gemm;
    for (const [key, variant] of this.#winners) preferred.set(key, variant);
    try {
      if (this.#isChanged) await this.#session.remakeTraining(between);
    } catch (error) {
      for (const key of this.#winners.keys()) preferred.delete(key);
      unlessImpossible(error);
      this.#winners.clear();
      return false;
    }
    if (this.#store) await keepWinners(this.#backend, this.#store, this.#winners);
    return this.#isChanged;
  }
}

/** Does something while no step of the run is under way; rejects when tuning was cancelled. */
type Between = <T>(work: () => Promise<T>) => Promise<T>;

/** What a device cannot do is no candidate; everything else is somebody's fault. */
function unlessImpossible(error: unknown): undefined {
  if (error instanceof DescentError && !(error instanceof DeviceLostError)) return undefined;
  throw error;
}

/** Milliseconds of a plan of one step. */
async function time(executable: Executable): Promise<number> {
  const { stepMs } = await executable.profile({}, async () => {});
  return stepMs[0] ?? Infinity;
}

/** Whether two ways to compute something give the same but for rounding, of both. They are given the same operands, since
 *  no step comes between. Whole numbers are not compared: they say where the largest of almost equal results is.
 *  @param terms that are added up for each element */
async function agree(
  reference: Executable,
  candidate: Executable,
  outputs: readonly Node[],
  terms: number,
): Promise<boolean> {
  reference.run([{}]);
  candidate.run([{}]);
  const errors = outputs
    .filter(({ dtype }) => dtype === "f32")
    .map(async (output) => {
      const [expected, actual] = await Promise.all([reference.read(output), candidate.read(output)]);
      return worstDeviation(actual, expected, scaleOf(expected)).error;
    });
  return Math.max(...(await Promise.all(errors))) <= 2 * toleranceOfSum(terms);
}
