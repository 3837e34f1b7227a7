/** Starting and ending runs: what is scored and announced, and what is restored when one resumes. */
import { DeviceLostError } from "../errors";
import type { NonFinite, Outcome } from "../train/outcome";
import type { Run } from "../train/run";
import { delay, nextTask } from "../train/yielding";
import type { TrainerCore } from "./core";
import { recoverFrom } from "./divergence";
import { earlyNotice, failureNotice, restoredNotice } from "./notices";
import type { Prepared, Preparer } from "./prepared";
import { Profiler } from "./profiler";

/** How long after its first failure a device may take to say that it is lost. */
const LOSS_PATIENCE_MS = 1000;

/** The runs of whatever model the trainer has in hand, one at a time. */
export class Runs {
  readonly profiler: Profiler;
  readonly #core: TrainerCore;
  readonly #preparer: Preparer;
  #concluding: AbortController | undefined;

  constructor(core: TrainerCore, preparer: Preparer) {
    this.#core = core;
    this.#preparer = preparer;
    this.profiler = new Profiler((done, total) => core.send({ type: "profiling", done, total }));
  }

  /** Trains once what is under way has ended, and resolves when that has.
   *  @param target to which step  @param isTuned whether kernels are tuned beside it
   *  @param only the networks that learn; all when left out */
  async go(target: (run: Run) => number, isTuned: boolean, only?: readonly string[]): Promise<void> {
    const core = this.#core;
    if (core.prepared && this.isTraining(core.prepared)) return;
    const asked = ++core.asked;
    await core.settled();
    const { prepared } = core;
    if (asked !== core.asked || !prepared || !this.#mayRun(prepared.run)) return;
    if (isTuned) void this.#tune(prepared);
    const { step } = prepared.run;
    this.begin(prepared, target(prepared.run), only);
    await core.settled();
    if (only && prepared.run.step > step) core.send({ type: "by-hand", step: prepared.run.step, networks: only });
  }

  /** Runs to a step and deals with however that ends. */
  begin(prepared: Prepared, target = Infinity, only?: readonly string[]): void {
    const core = this.#core;
    const { run } = prepared;
    if (core.state === "diverged") core.send({ type: "rewound", step: run.step });
    core.setTest(null);
    core.enter("running");
    core.active = run.runTo(target, only).then(
      (outcome) => this.#concluded(prepared, outcome),
      (error: unknown) => this.broken(prepared, error),
    );
  }

  /** Whether it trains, and has not been told to stop. */
  isTraining({ run }: Prepared): boolean {
    return this.#core.state === "running" && !run.isStopping;
  }

  /** Stops the run, if any, and waits until its steps are reported. */
  async halt(): Promise<void> {
    const { prepared } = this.#core;
    prepared?.run.requestStop();
    await Promise.all([this.profiler.cancel(), prepared?.tuner?.cancel()]);
    await this.#core.active;
  }

  /** Ends a run that is halted or paused, with its test score. */
  async stop(): Promise<void> {
    await this.halt();
    const { state, prepared } = this.#core;
    // Its device was lost: it stops where it goes on from.
    if (state === "preparing") void this.#core.change(() => this.stop());
    else if (prepared && state === "paused") await this.#finish(prepared, "stopped");
  }

  /** Back to the first weights, with a new run. */
  async reset(): Promise<void> {
    const core = this.#core;
    await this.halt();
    const { prepared } = core;
    if (!prepared) return;
    prepared.session.reset();
    core.adopt({ ...prepared, run: this.#preparer.makeRun(prepared) });
    core.setTest(null);
    core.send({ type: "cleared" });
    core.enter("ready");
  }

  /** Gives up what the end of a run asked for. */
  forgo(): void {
    this.#concluding?.abort();
  }

  /** Deals with an error of a run or of a question. */
  async broken(prepared: Prepared, error: unknown): Promise<void> {
    // The device may have been lost: `moves.ts` recovers from that, but may hear of it a little later.
    const time = error instanceof DeviceLostError ? delay(LOSS_PATIENCE_MS) : nextTask();
    const lost = await Promise.race([prepared.engine.backend.lost.then(() => true), time.then(() => false)]);
    if (!lost && this.#core.prepared === prepared) this.#core.fail(error);
  }

  #mayRun({ step, totalSteps }: Run): boolean {
    const { state } = this.#core;
    if (state === "finished" || state === "stopped") return step < totalSteps;
    return state === "ready" || state === "paused" || state === "diverged";
  }

  /** Tunes beside the training that begins now. */
  async #tune({ tuner, run }: Prepared): Promise<void> {
    try {
      const report = await tuner?.tune(run);
      if (report) this.#core.send({ type: "tuned", report });
    } catch (error) {
      // Training does not depend on it.
      this.#core.notify({ ...failureNotice(error), severity: "warning" });
    }
  }

  async #concluded(prepared: Prepared, outcome: Outcome): Promise<void> {
    const core = this.#core;
    if (core.prepared !== prepared) return;
    const { run } = prepared;
    const { step, totalSteps } = run;
    if (outcome.kind === "non-finite") await this.#goBack(prepared, outcome);
    else if (outcome.kind === "early-stopping" || step >= totalSteps) {
      const bestEpoch = run.restoreBest();
      const isRestored = bestEpoch !== undefined;
      if (outcome.kind === "early-stopping") core.notify(earlyNotice(outcome.bestEpoch, step, isRestored));
      else if (isRestored) core.notify(restoredNotice(bestEpoch, step));
      await this.#finish(prepared, "finished");
    } else core.enter("paused");
  }

  /** Scores the test set, which ends a run. */
  async #finish(prepared: Prepared, state: "finished" | "stopped"): Promise<void> {
    const core = this.#core;
    await this.#conclude(prepared, "scoring", async (pause) => {
      const score = await prepared.session.scoreTest(pause, core.hearing(prepared.run.step));
      if (core.prepared !== prepared) return;
      core.setTest(score);
      core.send({ type: "test", score });
      core.enter(state);
    });
  }

  /** Looks why numbers are no longer finite, and goes back to where they were. */
  async #goBack(prepared: Prepared, outcome: NonFinite): Promise<void> {
    const core = this.#core;
    await this.#conclude(prepared, "tracing", async (pause) => {
      const { model, from, notice } = await recoverFrom(outcome, prepared, this.#preparer, pause);
      if (core.prepared !== prepared) return;
      core.adopt(model);
      core.notify(notice);
      core.enter("diverged");
      // What is kept from here on is what it goes on from: later copies are void.
      if (from) core.keeper(from);
    });
  }

  /** Does what the end of a run asks for, in a state of its own. @param work is given up at a pause when it is not wanted */
  async #conclude(
    prepared: Prepared,
    state: "scoring" | "tracing",
    work: (pause: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const { signal } = (this.#concluding = new AbortController());
    this.#core.enter(state);
    try {
      await work(async () => {
        signal.throwIfAborted();
        await nextTask();
      });
    } catch (error) {
      if (!signal.aborted) await this.broken(prepared, error);
    }
  }
}
