/** Races and searches: models trained beside or after each other on one device. It has a worker of its own, so that ending that ends everything,
 *  and shares no model with the trainer. */
import { takeTurns } from "../trials/turns";
import { DatasetCache } from "./datasetCache";
import { Engines } from "./engines";
import type { KeepingOptions } from "./keepingTrainer";
import { Lane, type LaneSurroundings } from "./lane";
import { Preparer } from "./prepared";
import type { PrepareOptions } from "./protocol";
import { searchIn } from "./search";
import type { RaceOrder, SearchOrder, TrialControls, TrialEvent } from "./trialsProtocol";

/** Milliseconds of a turn: short, so that nobody is far ahead on the clock, and long beside what changing over takes. */
const SLICE_MS = 250;

/** Of a search, where one runs at a time: how soon it can be held. */
const SEARCH_SLICE_MS = 500;

/** Runs races and searches, one at a time. */
export class Trials implements TrialControls {
  readonly #options: KeepingOptions;
  #aborting = new AbortController();
  #isPaused = false;
  #wake = (): void => {};

  constructor(options: KeepingOptions) {
    this.#options = options;
  }

  async answer(): Promise<void> {}

  async race(
    { rounds, budgetMs }: RaceOrder,
    options: PrepareOptions,
    hear: (event: TrialEvent) => void,
  ): Promise<void> {
    const { around, end } = this.#begin(options, hear);
    let first = 0;
    const lanes = rounds.map((entrants) => {
      const own = entrants.map((entrant, i) => new Lane(first + i, entrant, around));
      first += own.length;
      return own;
    });
    try {
      for (const [round, own] of lanes.entries()) {
        if (around.signal.aborted) break;
        hear({ type: "round", round });
        for (const lane of own) await lane.open();
        await takeTurns(own, { budgetMs, sliceMs: SLICE_MS, goesOn: () => this.#goesOn(around.signal) });
        for (const lane of own) await lane.rest({ kind: around.signal.aborted ? "stopped" : "time" });
        for (const lane of own) await lane.leave();
      }
      for (const lane of lanes.flat()) if (!lane.isOver) await lane.leave({ kind: "stopped" });
    } finally {
      end();
    }
  }

  async search(order: SearchOrder, options: PrepareOptions, hear: (event: TrialEvent) => void): Promise<void> {
    const { around, end } = this.#begin(options, hear);
    const { signal } = around;
    try {
      await searchIn(order, around, async (lane, untilMs) => {
        const goesOn = (): Promise<boolean> => this.#goesOn(signal);
        await takeTurns([lane], { budgetMs: untilMs, sliceMs: SEARCH_SLICE_MS, goesOn });
      });
    } finally {
      end();
    }
  }

  async pause(isPaused: boolean): Promise<void> {
    this.#isPaused = isPaused;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#aborting.abort();
    this.#wake();
  }

  /** Opens what lanes share. @returns it, and what frees the device */
  #begin(
    options: PrepareOptions,
    hear: (event: TrialEvent) => void,
  ): { readonly around: LaneSurroundings; readonly end: () => void } {
    this.#aborting = new AbortController();
    this.#isPaused = false;
    const { signal } = this.#aborting;
    const { openSource, findOwn = async () => undefined, openRuns, build = "" } = this.#options;
    const engines = new Engines(this.#options, {
      opened: ({ report }) => hear({ type: "backend", report }),
      testing: () => {},
      distrusted: (said) => hear({ type: "warning", said }),
      // What trains on it fails, and says so.
      lost: () => {},
    });
    const datasets = new DatasetCache(openSource, findOwn, () => {});
    const around: LaneSurroundings = {
      preparerFor: (listener) => new Preparer(engines, datasets, listener),
      options,
      openRuns,
      build,
      signal,
      tell: hear,
    };
    return { around, end: () => engines.release() };
  }

  /** Waits while it is paused. @returns false when it is to end */
  async #goesOn(signal: AbortSignal): Promise<boolean> {
    while (this.#isPaused && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return !signal.aborted;
  }
}
