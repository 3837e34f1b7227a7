/** The tuner: finds out, while training already runs, in which variant each matrix product of the training step is computed
 *  quickest on this machine, and in how many parts, and has the step put together anew. What it found is kept for the next
 *  visit, and that it found nothing too. Results change by rounding only: a variant whose results differ by more is never taken. */
import type { Backend, Executable, GemmChoice, GemmVariants } from "../backend/backend";
import { otherParts } from "../compile/splitK";
import { DescentError, DeviceLostError, KernelError } from "../errors";
import type { GemmVariant } from "../graph/kernel";
import type { Node } from "../graph/node";
import { scaleOf, toleranceOfSum, worstDeviation } from "../check/compare";
import type { DeviceStore } from "../device/deviceStore";
import {
  isolate,
  type IsolatedLaunches,
  isSummedWhereRead,
  type GemmLaunch,
  gemmsOf,
  totalsOf,
  withSums,
} from "../check/gemms";
import { compileFor } from "../train/programs";
import type { Run } from "../train/run";
import type { Session } from "../train/session";
import { Ahead } from "./ahead";
import { keepTuned } from "./tunedVariants";
import { type EngineKey, type Said, say } from "../words/said";

/** What the tuner found out. */
export interface TuningReport {
  /** Matrix products for which several variants were compared. */
  readonly products: number;
  /** Whether the training step is run in other variants now. */
  readonly isChanged: boolean;
  readonly elapsedMs: number;
}

/** How long tuning may take in all, compiling included. A candidate that was begun is finished. */
const TUNING_BUDGET_MS = 1500;

/** For one product, other numbers of parts included: the least likely are the last, and time for them is time that the next
 *  product does not have. */
const MAX_CANDIDATES = 6;

/** The share of the usual way's time that another may take at most: closer calls are noise, and not worth a kernel. */
const WORTHWHILE = 0.95;

/** The budget, the clock it is measured by, and the check that a variant must pass before it is used. */
export interface TuningOptions {
  readonly budgetMs?: number;
  /** A clock in milliseconds. */
  readonly now?: () => number;
  /** Tests the kernels of the training step, as this backend prefers them, before training goes on with them.
   *  @returns a sentence about one that is wrong  @throws DeviceLostError */
  readonly findFaultIn?: (tuned: Backend, signal: AbortSignal) => Promise<Said<EngineKey> | undefined> | undefined;
}

/** What came of comparing variants for a product. */
interface Finding {
  readonly usual: GemmChoice;
  readonly quickest: GemmChoice;
}

/** Tunes one model. */
export class Tuner {
  readonly #backend: Backend;
  readonly #gemm: GemmVariants;
  readonly #session: Session;
  readonly #store: DeviceStore | undefined;
  readonly #budgetMs: number;
  readonly #now: () => number;
  readonly #findFaultIn: TuningOptions["findFaultIn"];
  readonly #found = new Map<string, Finding>();
  /** Products for which at least one other variant was tried. */
  #compared = 0;
  /** Products to compare variants for, first those that take longest by estimate. */
  readonly #open: GemmLaunch[];
  /** All products in other numbers of parts: twice as many at place 0, and so on, as {@link otherParts} has them. */
  readonly #others: ReadonlyMap<string, GemmLaunch>[] = [];
  #isDone: boolean;
  #report: TuningReport | null = null;
  #abort: AbortController | undefined;
  #spentMs = 0;
  #interlude: Promise<unknown> = Promise.resolve();

  private constructor(
    backend: Backend,
    gemm: GemmVariants,
    session: Session,
    store: DeviceStore | undefined,
    { budgetMs = TUNING_BUDGET_MS, now = () => performance.now(), findFaultIn }: TuningOptions,
  ) {
    this.#backend = backend;
    this.#gemm = gemm;
    this.#session = session;
    this.#store = store;
    this.#budgetMs = budgetMs;
    this.#now = now;
    this.#findFaultIn = findFaultIn;
    this.#open = gemmsOf(session.trainingStep.plan)
      .filter(({ product }) => !gemm.preferred.has(product.key) && gemm.candidates(product).length > 1)
      .toSorted((a, b) => gemm.costOf(b.product) - gemm.costOf(a.product));
    this.#isDone = this.#open.length === 0;
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
   *  @returns what came of it, or null when it was cancelled, nothing was left to do or the device is gone
   *  @throws KernelError when what won fails the self-test; the usual variants are kept */
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
    if (this.#isDone) return null;
    try {
      await this.#compareAll(between, signal);
      await this.#take(between, signal);
      if (this.#compared === 0) return null;
      this.#report = { products: this.#compared, isChanged: this.#isChanged, elapsedMs: this.#spentMs };
      return this.#report;
    } catch (error) {
      // The trainer deals with the loss of the device.
      if (signal.aborted || error instanceof DeviceLostError) return null;
      throw error;
    }
  }

  /** Ends what is under way. Resolves when the run has nothing to wait for any more. */
  async cancel(): Promise<void> {
    this.#abort?.abort();
    await this.#interlude;
  }

  get #isChanged(): boolean {
    return [...this.#found.values()].some(({ usual, quickest }) => quickest !== usual);
  }

  async #compareAll(between: Between, signal: AbortSignal): Promise<void> {
    const startedMs = this.#now();
    const isSpent = (): boolean => {
      signal.throwIfAborted();
      return this.#spentMs + this.#now() - startedMs >= this.#budgetMs;
    };
    try {
      for (let [next] = this.#open; next && !isSpent(); [next] = this.#open) {
        await this.#compare(next, between, isSpent);
        this.#open.shift();
      }
    } finally {
      this.#spentMs += this.#now() - startedMs;
    }
  }

  /** Finds the quickest variant for one product: first in the usual number of parts, then, in the best variant so far, in others.
   *  It is the usual variant where there was no time or room to compare any. */
  async #compare(product: GemmLaunch, between: Between, isSpent: () => boolean): Promise<void> {
    const { key, k, parts } = product.product;
    const [variant = "registers", ...others] = this.#gemm.candidates(product.product);
    const usual: GemmChoice = { variant, parts };
    let quickest = usual;
    let isCompared = false;
    const splits = this.#inOtherParts(product);
    const totals = splits.length > 0 ? totalsOf(product) : undefined;
    const piece = this.#isolate(product, totals);
    const likeliest = others.slice(0, MAX_CANDIDATES - 1 - splits.length);
    const prepared = new Ahead(
      [variant, ...likeliest],
      (each) => this.#prepare(each, piece),
      isSpent,
      this.#gemm.ahead,
    );
    let made: Executable | undefined;
    try {
      const reference = (made = await prepared.next());
      if (reference && !isSpent()) {
        let leastMs = WORTHWHILE * (await between(() => time(reference)));
        const challenge = async (choice: GemmChoice, candidate: Executable | undefined, { plan }: IsolatedLaunches) => {
          const elapsedMs = await this.#timeBeside(reference, candidate, plan.outputs, parts * k, between);
          isCompared = true;
          if (elapsedMs < leastMs) [quickest, leastMs] = [choice, elapsedMs];
        };
        for (const other of likeliest) {
          if (!isSpent()) await challenge({ variant: other, parts }, await prepared.next(), piece);
        }
        for (const split of splits) {
          if (isSpent()) break;
          const candidates = this.#gemm.candidates(split.product);
          const inVariant = candidates.includes(quickest.variant) ? quickest.variant : (candidates[0] ?? variant);
          const splitPiece = this.#isolate(split, totals);
          try {
            const choice = { variant: inVariant, parts: split.product.parts };
            await challenge(choice, await this.#prepare(inVariant, splitPiece), splitPiece);
          } finally {
            splitPiece.dispose();
          }
        }
      }
    } finally {
      made?.dispose();
      await prepared.dispose();
      piece.dispose();
    }
    this.#found.set(key, { usual, quickest });
    if (isCompared) this.#compared++;
  }

  /** Milliseconds of steps computed in one variant, which is let go of afterwards; infinite where the device cannot do it so, or gives something else than
   *  the reference. @param terms that are added up for each element */
  async #timeBeside(
    reference: Executable,
    candidate: Executable | undefined,
    outputs: readonly Node[],
    terms: number,
    between: Between,
  ): Promise<number> {
    if (!candidate) return Infinity;
    try {
      const isRight = await between(() => agree(reference, candidate, outputs, terms));
      return isRight ? await between(() => time(candidate)) : Infinity;
    } finally {
      candidate.dispose();
    }
  }

  /** A product in the other numbers of parts worth trying, where it may be split and its reader adds up the parts. */
  #inOtherParts(usual: GemmLaunch): readonly GemmLaunch[] {
    const { key, parts, k } = usual.product;
    if (parts > 1 && !isSummedWhereRead(usual)) return [];
    return otherParts(parts, parts * k).flatMap((wanted, i) => {
      const split = this.#othersAt(i).get(key);
      const isSplit = split?.product.parts === wanted && (wanted === 1 || isSummedWhereRead(split));
      return isSplit ? [split] : [];
    });
  }

  /** All products in other numbers of parts, each in the one that {@link otherParts} has at this place. */
  #othersAt(place: number): ReadonlyMap<string, GemmLaunch> {
    const known = this.#others[place];
    if (known) return known;
    const usual = new Map(gemmsOf(this.#session.trainingStep.plan).map(({ product }) => [product.key, product]));
    const plan = compileFor(this.#backend, this.#session.trainingStep.computation, (key) => {
      const { parts = 1, k = 1 } = usual.get(key) ?? {};
      return otherParts(parts, parts * k)[place] ?? parts;
    });
    return (this.#others[place] = new Map(gemmsOf(plan).map((other) => [other.product.key, other])));
  }

  /** The step of a product by itself, with the sums of its parts where there are totals to sum to. */
  #isolate(product: GemmLaunch, totals: readonly Node[] | undefined): IsolatedLaunches {
    const steps = totals ? withSums(product, totals) : [product.step];
    return isolate(this.#backend, product.plan, steps, this.#session.trainingStep.leaves);
  }

  /** Steps with their product computed in one variant, or undefined where the device cannot do it so. */
  async #prepare(variant: GemmVariant, { plan, leaves }: IsolatedLaunches): Promise<Executable | undefined> {
    return await this.#gemm.prepareWith(() => variant, plan, leaves).catch(unlessImpossible);
  }

  /** Lets the training step be computed by what won; as usual where that cannot be. Keeps whichever it is. */
  async #take(between: Between, signal: AbortSignal): Promise<void> {
    const { preferred } = this.#gemm;
    let failure: unknown;
    try {
      if (this.#isChanged) await this.#adopt(between, signal);
    } catch (error) {
      for (const key of this.#found.keys()) preferred.delete(key);
      signal.throwIfAborted();
      unlessImpossible(error);
      failure = error;
      for (const [key, { usual }] of this.#found) this.#found.set(key, { usual, quickest: usual });
      this.#compared = 0;
    }
    for (const [key, choice] of this.#tuned) preferred.set(key, choice);
    if (this.#store) await keepTuned(this.#backend, this.#store, this.#tuned);
    this.#isDone = true;
    // A quicker variant that does not fit into memory is no error.
    if (failure instanceof KernelError) throw failure;
  }

  /** Goes over to what won, once it has passed the self-test. @throws KernelError when it does not */
  async #adopt(between: Between, signal: AbortSignal): Promise<void> {
    const { preferred } = this.#gemm;
    const wanted = new Map([...preferred, ...this.#tuned]);
    const fault = await this.#findFaultIn?.({ ...this.#backend, gemm: { ...this.#gemm, preferred: wanted } }, signal);
    signal.throwIfAborted();
    if (fault !== undefined) throw new KernelError(say("fault.tuned", { fault }));
    for (const [key, choice] of this.#tuned) preferred.set(key, choice);
    await this.#session.remakeTraining(between);
  }

  get #tuned(): ReadonlyMap<string, GemmChoice> {
    return new Map([...this.#found].map(([key, { quickest }]) => [key, quickest]));
  }
}

/** Does something while no step of the run is under way; rejects when tuning was cancelled. */
type Between = <T>(work: () => Promise<T>) => Promise<T>;

/** A variant that the device refuses is no candidate. Any other error is rethrown. */
function unlessImpossible(error: unknown): undefined {
  if (error instanceof DescentError && !(error instanceof DeviceLostError)) return undefined;
  throw error;
}

/** Milliseconds of all steps of a plan. */
async function time(executable: Executable): Promise<number> {
  const { stepMs } = await executable.profile({}, async () => {});
  return stepMs.reduce((sum, elapsedMs) => sum + elapsedMs, 0);
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
