/** Making models ready to train: a session on the engine that is asked for, with its run. */
import type { Dataset } from "../data/dataset";
import { LateError } from "../errors";
import type { ModelDescription } from "../model/description";
import type { DatasetCache } from "./datasetCache";
import { type Engine, type Engines, gpuCare } from "./engines";
import type { PreparePhase, PrepareOptions } from "./protocol";
import type { Kept, RunListener, RunStart } from "../train/kept";
import { Run } from "../train/run";
import { Session } from "../train/session";
import type { Tuner } from "../tune/tuner";
import { nextTask } from "../train/yielding";
import { say } from "../words/said";

/** Everything a prepared model consists of. */
export interface Prepared {
  readonly description: ModelDescription;
  readonly options: PrepareOptions;
  readonly engine: Engine;
  readonly dataset: Dataset;
  readonly session: Session;
  readonly run: Run;
  /** Where kernels are to be tuned, and there is a choice. */
  readonly tuner: Tuner | undefined;
}

/** Who hears of preparations and of the runs that they end in. */
export interface PrepareListener extends RunListener {
  phase(phase: PreparePhase): void;
}

/** Makes models from descriptions and from other models. */
export class Preparer {
  readonly #engines: Engines;
  readonly #datasets: DatasetCache;
  readonly #listener: PrepareListener;

  constructor(engines: Engines, datasets: DatasetCache, listener: PrepareListener) {
    this.#engines = engines;
    this.#datasets = datasets;
    this.#listener = listener;
  }

  /** Makes a model, and makes it again when the device is lost meanwhile.
   *  @returns null as soon as it is given up; what of it is still being made is thrown away once it is there */
  async make(description: ModelDescription, options: PrepareOptions, signal: AbortSignal): Promise<Prepared | null> {
    const making = this.#makeUndisturbed(description, options, signal);
    const made = await Promise.race([making, aborted(signal)]);
    if (!signal.aborted) return made;
    making.then(({ session }) => session.dispose()).catch(() => {});
    return null;
  }

  /** Makes a model again, as of a copy; its run goes on from there by the settings of the old one.
   *  @returns null when it is given up */
  async remake(
    { run }: Pick<Prepared, "run">,
    options: PrepareOptions,
    from: Kept | null,
    signal: AbortSignal,
  ): Promise<Prepared | null> {
    const made = await this.make(run.settings, options, signal);
    return made && this.goOn(made, run, from);
  }

  /** Puts a model to where it was when it was copied, or to its first weights, with a run that goes on from there. What the run before
   *  knows of later steps is not taken over: they are taken back. */
  goOn(model: Prepared, previous: Run, from: Kept | null): Prepared {
    if (from) model.session.restore(from.snapshot);
    else model.session.reset();
    const run = this.makeRun(model, { kept: from, elapsedMs: previous.elapsedMs });
    run.configure(previous.settings);
    return { ...model, run };
  }

  /** A new run of a model. @param from where it goes on, which is what the model is at */
  makeRun({ engine, description, session }: Omit<Prepared, "run">, from?: RunStart): Run {
    return new Run({ session, backend: engine.backend, description, listener: this.#listener, ...(from && { from }) });
  }

  async #makeUndisturbed(
    description: ModelDescription,
    options: PrepareOptions,
    signal: AbortSignal,
  ): Promise<Prepared> {
    for (;;) {
      const { losses } = this.#engines;
      const made = this.#makeOnce(description, options, signal);
      await made.catch(() => {});
      // A lost device says so in a task of its own.
      await nextTask();
      if (signal.aborted || losses === this.#engines.losses) return await made;
      await made.then(({ session }) => session.dispose()).catch(() => {});
    }
  }

  async #makeOnce(description: ModelDescription, options: PrepareOptions, signal: AbortSignal): Promise<Prepared> {
    this.#listener.phase("loading");
    const [opened, dataset] = await Promise.all([
      this.#engines.open(options),
      this.#datasets.load(description.dataset, options.datasetsUrl),
    ]);
    let engine = await this.#engines.verified(opened, description, dataset, signal);
    signal.throwIfAborted();
    this.#listener.phase("compiling");
    const care = options.tune && engine.backend.gemm ? await gpuCare() : undefined;
    const { limit = Infinity, shuffle = true, start } = options;
    const begin = ({ backend, resident }: Engine): Promise<Session> =>
      Session.create({ backend, description, dataset, resident, limit, shuffle, ...(start && { start }) });
    const session = await begin(engine).catch(async (error: unknown) => {
      // What was tested on another day may still never be compiled.
      if (!(error instanceof LateError)) throw error;
      engine = await this.#engines.replace(engine, say("fault.broken", { reason: error.message }));
      return await begin(engine);
    });
    const { backend } = engine;
    const { store } = this.#engines;
    const tuner = care?.Tuner.of(backend, session, store, {
      findFaultIn: async (tuned, stop) =>
        store && (await care.findFault(tuned, description, dataset, store, { signal: stop })),
    });
    const made = { description, options, engine, dataset, session, tuner };
    return { ...made, run: this.makeRun(made) };
  }
}

/** Resolves when a signal is given. */
const aborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
