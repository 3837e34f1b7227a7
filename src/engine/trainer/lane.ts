/** A run among others on one device: it trains in turns, each held to its time, is scored when it rests, and is kept like any run.
 *  Its clock counts its own turns alone. It decides neither when it is its turn nor when it ends. */
import type { Outcome } from "../train/outcome";
import type { Kept } from "../train/kept";
import { nextTask } from "../train/yielding";
import type { EngineKey, Said } from "../words/said";
import { fileOf } from "./checkpoints";
import { RunKeeper } from "./keeper";
import type { Filing } from "./runRecord";
import type { RunStore } from "./keptRuns";
import { failureNotice } from "./notices";
import type { Prepared, Preparer, PrepareListener } from "./prepared";
import type { PrepareOptions, Score, TrainerState } from "./protocol";
import { buildStatus } from "./status";
import type { Entrant, LaneEnd, LaneReport, TrialEvent } from "./trialsProtocol";

/** What lanes share. */
export interface LaneSurroundings {
  readonly preparerFor: (listener: PrepareListener) => Preparer;
  readonly options: PrepareOptions;
  readonly openRuns: () => Promise<RunStore>;
  /** Which code this is, for checkpoints. */
  readonly build: string;
  readonly signal: AbortSignal;
  readonly tell: (event: TrialEvent) => void;
}

/** One entrant's run. */
export class Lane {
  /** Of its race or search. */
  readonly index: number;
  readonly #entrant: Entrant;
  readonly #around: LaneSurroundings;
  readonly #keeper: RunKeeper;
  readonly #preparer: Preparer;
  #state: LaneReport["state"] = "waiting";
  #prepared: Prepared | undefined;
  #running: Promise<void> | undefined;
  #outcome: Outcome | undefined;
  /** Whether the best weights are back, which nobody has scored after that. */
  #isRestored = false;
  #end: LaneEnd | null = null;
  #score: Score | null = null;
  #test: Score | null = null;
  #run: string | null = null;
  /** The latest copies of its state: of the last pause, and of the best validation. */
  #newest: Kept | undefined;
  #best: Kept | undefined;
  /** Its clock and its steps when it was put aside. */
  #aside: Pick<LaneReport, "step" | "stepsPerEpoch" | "elapsedMs"> = { step: 0, stepsPerEpoch: 0, elapsedMs: 0 };
  /** Lets the loop go on that is held between two steps. */
  #release = (): void => {};
  #endTurn = (): void => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(index: number, entrant: Entrant, around: LaneSurroundings) {
    this.index = index;
    this.#entrant = entrant;
    this.#around = around;
    const { tell, openRuns } = around;
    this.#keeper = new RunKeeper(
      {
        settings: () => this.#prepared?.run.settings ?? entrant.description,
        filing: (kept) => this.#filing(kept),
        warn: (said) => tell({ type: "warning", said }),
        recorded: (id) => this.#recorded(id),
      },
      openRuns,
    );
    this.#preparer = around.preparerFor({
      phase: () => {},
      steps: (steps) => {
        this.#keeper.hear({ type: "steps", steps });
        tell({ type: "steps", lane: index, steps });
      },
      validation: (metrics) => {
        this.#keeper.hear({ type: "validation", metrics });
        tell({ type: "validation", lane: index, metrics });
      },
      kept: (kept) => {
        this.#newest = kept;
        const { best } = kept.books;
        const { stepsPerEpoch = NaN } = this.#prepared?.session ?? {};
        if (best.epoch > 0 && best.epoch * stepsPerEpoch === kept.snapshot.step) this.#best = kept;
      },
      progress: () => {
        this.#hearStatus("running");
        this.#report();
      },
    });
  }

  /** Milliseconds of the device that it has had. */
  get elapsedMs(): number {
    return this.#prepared?.run.elapsedMs ?? this.#aside.elapsedMs;
  }

  /** Milliseconds of one of its steps; 0 before that is known. */
  get grainMs(): number {
    return this.#prepared?.run.pacing.stepMs ?? 0;
  }

  /** Whether there is nothing left for it to do. */
  get isOver(): boolean {
    return this.#outcome !== undefined || this.#end !== null;
  }

  /** What it was scored when it last rested; null before, and where its numbers are not finite. */
  get score(): Score | null {
    return this.#score;
  }

  /** Makes its model ready, from its first step or from where it was put aside. A model that cannot be made ends it. */
  async open(): Promise<void> {
    if (this.isOver) return;
    this.#enter("preparing");
    try {
      const { options, signal } = this.#around;
      const prepared = await this.#preparer.make(this.#entrant.description, options, signal);
      if (!prepared) {
        this.#end = { kind: "stopped" };
        this.#enter("over");
        return;
      }
      const from = this.#newest;
      if (from) prepared.session.restore(from.snapshot);
      this.#prepared = from
        ? { ...prepared, run: this.#preparer.makeRun(prepared, { kept: from, elapsedMs: from.elapsedMs }) }
        : prepared;
      this.#hearStatus("ready");
      this.#enter("waiting");
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Trains until it has had the device for so long in all, or is over; then its loop is held between two steps, off the clock. */
  async advance(untilMs: number): Promise<void> {
    const { run } = this.#prepared ?? {};
    if (!run || this.isOver) return;
    const turn = new Promise<void>((resolve) => {
      this.#endTurn = resolve;
    });
    this.#enter("running");
    if (this.#running) this.#release();
    else this.#running = this.#train(run);
    const hold = (): void => {
      const left = untilMs - run.elapsedMs - this.grainMs / 2;
      if (left > 0) this.#timer = setTimeout(hold, left);
      else void run.between(() => this.#hold());
    };
    hold();
    await turn;
    if (!this.isOver) this.#enter("waiting");
  }

  /** Comes to rest: what was submitted is done, it is scored on the samples held out, or the test set where there are none, and
   *  written. @param end why, where it is over; null where it may go on  */
  async rest(end: LaneEnd | null): Promise<void> {
    const prepared = this.#prepared;
    if (!prepared) {
      this.#end ??= end;
      this.#enter(this.#end ? "over" : "rests");
      return;
    }
    const { run } = prepared;
    const { elapsedMs } = run;
    run.requestStop();
    this.#release();
    await this.#running;
    this.#running = undefined;
    this.#end ??= this.#endOf(this.#outcome) ?? end;
    try {
      const isSound = this.#end?.kind !== "diverged" && this.#end?.kind !== "failed";
      if (isSound && run.step > 0) await this.#judge(prepared);
    } catch (error) {
      this.#fail(error);
    }
    // Copying its state at the end is not of its time.
    this.#aside = { step: run.step, stepsPerEpoch: prepared.session.stepsPerEpoch, elapsedMs };
    this.#hearStatus(this.#end?.kind === "diverged" ? "diverged" : this.#test ? "stopped" : "paused");
    if (this.#best) this.#keeper.keep(this.#best);
    if (this.#newest) this.#keeper.keep(this.#newest);
    this.#best = undefined;
    await this.#keeper.flush();
    this.#enter(this.#end ? "over" : "rests");
  }

  /** Gives its memory on the device back. What is kept of its state stays, so that it can be opened again. */
  close(): void {
    this.#prepared?.session.dispose();
    this.#prepared = undefined;
    if (!this.isOver) this.#outcome = undefined;
  }

  /** Ends it for good; its run is then anybody's. @param end why, where it has not ended yet */
  async leave(end: LaneEnd | null = null): Promise<void> {
    this.#end ??= end;
    this.#newest = undefined;
    this.close();
    this.#keeper.hear({ type: "cleared" });
    await this.#keeper.flush();
    this.#enter("over");
  }

  #train(run: Prepared["run"]): Promise<void> {
    return run
      .runTo(Infinity)
      .then((outcome) => {
        if (outcome.kind !== "asked") this.#outcome = outcome;
        const isDone = outcome.kind === "reached" || outcome.kind === "early-stopping";
        this.#isRestored = isDone && run.restoreBest() !== undefined;
      })
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        clearTimeout(this.#timer);
        this.#release();
        this.#endTurn();
      });
  }

  /** Ends the turn, and waits for the next one. */
  #hold(): Promise<void> {
    return new Promise((resolve) => {
      this.#release = () => {
        this.#release = () => {};
        resolve();
      };
      this.#endTurn();
    });
  }

  async #judge(prepared: Prepared): Promise<void> {
    const { run, session } = prepared;
    if (session.validationCount === 0) {
      this.#score = this.#test = await session.scoreTest(nextTask);
      this.#keeper.hear({ type: "test", score: this.#test });
      return;
    }
    const { step, elapsedMs, validation } = run;
    const { stepsPerEpoch } = session;
    const isTold = step % stepsPerEpoch === 0 && validation !== null && !this.#isRestored;
    const values = isTold ? validation : await session.scoreValidation(nextTask);
    this.#score = values;
    if (isTold) return;
    run.validation = values;
    const metrics = { values, step, epoch: step / stepsPerEpoch, elapsedMs };
    this.#keeper.hear({ type: "validation", metrics });
    this.#around.tell({ type: "validation", lane: this.index, metrics });
  }

  #endOf(outcome: Outcome | undefined): LaneEnd | null {
    if (outcome?.kind === "non-finite") return { kind: "diverged", step: outcome.step };
    if (outcome?.kind === "early-stopping") return { kind: "patience" };
    return outcome?.kind === "reached" ? { kind: "epochs" } : null;
  }

  #filing(kept: Kept): Filing | undefined {
    const prepared = this.#prepared;
    return prepared && (async () => () => fileOf(prepared, kept, this.#around.build));
  }

  #recorded(id: string): void {
    this.#run = id;
    const { name, note } = this.#entrant;
    void this.#keeper
      .store()
      .then((store) => store?.mark(id, { name, note }))
      // The list has a name for it without.
      .catch(() => {});
    this.#report();
  }

  #hearStatus(state: TrainerState): void {
    const prepared = this.#prepared;
    if (!prepared) return;
    const { report: backend } = prepared.engine;
    const source = { state, prepared, backend, test: this.#test, phase: null, loading: null };
    this.#keeper.hear({ type: "status", status: buildStatus(source) });
  }

  #fail(error: unknown): void {
    const said: Said<EngineKey> = failureNotice(error).said;
    this.#end ??= { kind: "failed", said };
    this.#enter("over");
  }

  #enter(state: LaneReport["state"]): void {
    this.#state = state;
    this.#report();
  }

  #report(): void {
    const { run, session } = this.#prepared ?? {};
    const now = run && session && { step: run.step, stepsPerEpoch: session.stepsPerEpoch, elapsedMs: run.elapsedMs };
    const isSettled = this.#state === "rests" || this.#state === "over";
    const report: LaneReport = {
      ...(isSettled || !now ? this.#aside : now),
      state: this.#state,
      run: this.#run,
      end: this.#end,
      score: this.#score,
    };
    this.#around.tell({ type: "lane", lane: this.index, report });
  }
}
