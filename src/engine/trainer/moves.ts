/** Changing the model in hand, or the machine it is on. A run that is under way goes on from where it was. */
import type { ModelDescription } from "../model/description";
import { parseDescription } from "../model/description";
import type { TrainerCore } from "./core";
import type { EngineOptions, Engines } from "./engines";
import { lostNotice } from "./notices";
import type { Prepared, Preparer } from "./prepared";
import type { Kept, PrepareOptions } from "./protocol";
import type { Runs } from "./runs";

/** What replaces models, one change at a time. */
export class Moves {
  readonly #core: TrainerCore;
  readonly #engines: Engines;
  readonly #preparer: Preparer;
  readonly #runs: Runs;
  #making: AbortController | undefined;

  constructor(core: TrainerCore, engines: Engines, preparer: Preparer, runs: Runs) {
    this.#core = core;
    this.#engines = engines;
    this.#preparer = preparer;
    this.#runs = runs;
  }

  /** Gives up what is being made. */
  forgo(): void {
    this.#making?.abort();
  }

  /** Makes a model of a description, in the place of the one there is. @param from where its run goes on
   *  @param before done when the one there is has been given up */
  async prepare(
    description: ModelDescription,
    options: PrepareOptions,
    from?: Kept,
    before?: () => Promise<void>,
  ): Promise<void> {
    const core = this.#core;
    const signal = this.#begin();
    await core.change(async () => {
      if (signal.aborted) return;
      await this.#runs.halt();
      core.discard();
      core.enter("preparing");
      await this.#unlessGivenUp(signal, async () => {
        await before?.();
        const prepared = await this.#preparer.make(parseDescription(description), options, signal);
        if (!prepared) return;
        if (from) prepared.session.restore(from.snapshot);
        const start = from && { kept: from, elapsedMs: from.elapsedMs };
        core.adopt(start ? { ...prepared, run: this.#preparer.makeRun(prepared, start) } : prepared);
        core.setTest(null);
        core.send(from ? { type: "rewound", step: from.snapshot.step } : { type: "cleared" });
        core.enter(from ? "paused" : "ready");
      });
    });
  }

  /** Puts the model on another backend as it is now, and goes on training if it was. */
  async move(wanted: EngineOptions): Promise<void> {
    const core = this.#core;
    if (!core.prepared) {
      // A failure here is reported when the next model is prepared.
      await this.#engines.open(wanted).catch(() => {});
      return;
    }
    const signal = this.#begin();
    const goesOn = this.#runs.isTraining(core.prepared);
    const { asked } = core;
    await this.#runs.halt();
    const { prepared, state } = core;
    if (signal.aborted || !prepared) return;
    const { threads: _, ...kept } = prepared.options;
    const { backend, threads, tune = false } = wanted;
    const options = { ...kept, backend, tune, ...(threads && { threads }) };
    await this.#unlessGivenUp(signal, async () => {
      const copy = await prepared.run.copy();
      core.discard();
      core.enter("preparing");
      const next = await this.#preparer.remake(prepared, options, copy, signal);
      if (!next) return;
      core.adopt(next);
      core.enter(state);
      if (goesOn && state === "paused" && asked === core.asked) this.#runs.begin(next);
    });
  }

  /** Puts a model whose device is gone on a new device or, failing that, on the CPU, as of its last snapshot; goes on
   *  training if it was, unless something else was asked for meanwhile. */
  recover(prepared: Prepared, reason: string): void {
    const core = this.#core;
    const signal = this.#begin();
    const { run, options, tuner } = prepared;
    const goesOn = this.#runs.isTraining(prepared);
    const { asked } = core;
    run.requestStop();
    void tuner?.cancel();
    core.release();
    core.enter("preparing");
    void core.change(() =>
      this.#unlessGivenUp(signal, async () => {
        const next = await this.#preparer.remake(prepared, options, run.snapshots.newest, signal);
        if (!next) return;
        core.adopt(next);
        core.notify(lostNotice(reason, run.step, next.run.step, next.engine.report));
        core.send({ type: "rewound", step: next.run.step });
        core.enter("paused");
        if (goesOn && asked === core.asked) this.#runs.begin(next);
      }),
    );
  }

  /** Gives up whatever else is being made. */
  #begin(): AbortSignal {
    this.forgo();
    return (this.#making = new AbortController()).signal;
  }

  async #unlessGivenUp(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    if (signal.aborted) return;
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) this.#core.fail(error);
    }
  }
}
