/** What the trainer holds and tells: the model, its settings, and the state. It decides nothing; runs and moves do. */
import type { LoadProgress } from "../data";
import { DatasetError } from "../errors";
import type { ModelDescription } from "../model/description";
import type { HearAnswers } from "../train/answers";
import { HistoryBook } from "../train/history";
import { fixedKey } from "../model/liveSettings";
import type { Engines } from "./engines";
import { failureNotice, pausedNotice, settingsNotice } from "./notices";
import type { Prepared } from "./prepared";
import type { Kept, PreparePhase, Score, TrainerEvent, TrainerNotice, TrainerState } from "./protocol";
import { buildStatus } from "./status";

/** The model in hand and everything that is said of it. */
export class TrainerCore {
  listener: (event: TrainerEvent) => void = () => {};
  keeper: (kept: Kept) => void = () => {};
  readonly #engines: () => Engines;
  #state: TrainerState = "empty";
  #prepared: Prepared | undefined;
  #phase: PreparePhase | null = null;
  #loading: LoadProgress | null = null;
  #test: Score | null = null;
  #visible = true;
  #historyOf = "";
  /** How to train, as it was last told; holds for whatever is prepared, moved or replaced meanwhile. */
  #settings: ModelDescription | undefined;
  /** The changes of model or machine that are under way or wait for their turn. */
  #changes: Promise<void> = Promise.resolve();
  /** The run under way, and what is done when it ends. */
  active: Promise<void> = Promise.resolve();
  /** Whether scores are to tell what they are made of. */
  isWatched = false;
  /** When samples were learnt, whether somebody looks or not: it is a bit of each at each validation. */
  readonly history = new HistoryBook();
  /** Counts what was asked for: who waited does what it was told to unless something else was asked for since. */
  asked = 0;

  constructor(engines: () => Engines) {
    this.#engines = engines;
  }

  get state(): TrainerState {
    return this.#state;
  }

  get prepared(): Prepared | undefined {
    return this.#prepared;
  }

  set visible(visible: boolean) {
    this.#visible = visible;
    if (this.#prepared) this.#prepared.run.pacing.visible = visible;
  }

  /** Trains by other settings from now on, whatever the model; they count where they fit it. */
  configure(settings: ModelDescription | undefined): void {
    this.#settings = settings;
    this.#applySettings();
  }

  /** Takes a model in hand. */
  adopt(prepared: Prepared): void {
    if (this.#historyOf !== fixedKey(prepared.description)) this.history.forget();
    this.#historyOf = fixedKey(prepared.description);
    this.#prepared = prepared;
    prepared.run.pacing.visible = this.#visible;
    this.#applySettings();
  }

  /** Forgets the model without freeing it: it has moved elsewhere, or its device is lost. */
  release(): void {
    this.#prepared = undefined;
  }

  discard(): void {
    this.#prepared?.session.dispose();
    this.release();
  }

  enter(state: TrainerState): void {
    this.#state = state;
    this.#phase = null;
    this.#loading = null;
    this.report();
  }

  enterPhase(phase: PreparePhase | null): void {
    this.#phase = phase;
    this.report();
  }

  hearLoading(progress: LoadProgress): void {
    // Data of a model that was given up may still arrive, and those that can wait.
    if (progress.isEnough === (this.#state === "preparing")) return;
    this.#loading = progress;
    if (this.#phase === "loading") this.report();
  }

  /** Keeps the test score of the run that is over; null where there is none, or none any more. */
  setTest(score: Score | null): void {
    this.#test = score;
  }

  /** Says what went wrong. A model that only lacks samples keeps what it has learnt, and Train asks for them again. */
  fail(error: unknown): void {
    const isPaused = error instanceof DatasetError && this.#prepared !== undefined;
    this.notify(isPaused ? pausedNotice(error) : failureNotice(error));
    this.enter(isPaused ? "paused" : "failed");
  }

  notify(notice: TrainerNotice): void {
    this.send({ type: "notice", notice });
  }

  report(): void {
    const backend = this.#engines().current?.report ?? null;
    const status = buildStatus({
      state: this.#state,
      prepared: this.#prepared,
      backend,
      test: this.#test,
      phase: this.#phase,
      loading: this.#loading,
    });
    this.send({ type: "status", status });
  }

  send(event: TrainerEvent): void {
    this.listener(event);
  }

  /** Who hears what a score at a step is made of. */
  hearing(step: number): HearAnswers {
    return (answers) => {
      this.history.note(step, answers);
      if (this.isWatched) this.send({ type: "answers", answers, step });
    };
  }

  /** Makes a change of model or machine after those that were asked for before. */
  async change(work: () => Promise<void>): Promise<void> {
    this.#changes = this.#changes.then(work).catch((error: unknown) => this.fail(error));
    await this.#changes;
  }

  /** Waits until no change is left and no run is under way. */
  async settled(): Promise<void> {
    for (let seen: readonly unknown[] = []; seen[0] !== this.#changes || seen[1] !== this.active;) {
      seen = [this.#changes, this.active];
      await Promise.all(seen);
    }
  }

  #applySettings(): void {
    const [settings, prepared] = [this.#settings, this.#prepared];
    if (!settings || !prepared || fixedKey(settings) !== fixedKey(prepared.description)) return;
    const { run, session } = prepared;
    run.configure(settings);
    void this.change(async () => {
      if (this.#prepared !== prepared) return;
      try {
        await session.configure(settings, (swap) => run.between(swap));
      } catch (error) {
        // Who lost its device is told of that.
        if (this.#prepared === prepared) this.notify(settingsNotice(error));
      }
    });
  }
}
