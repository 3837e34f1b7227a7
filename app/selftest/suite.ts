/** The self-test as its page knows it, and the worker that runs it. */
import * as Comlink from "comlink";
import { create } from "zustand";
import type { SuiteControls, SuiteEvent, SuiteOptions, SuiteResult, TestedMachine } from "../../src/engine";
import { t } from "../common/words";

/** Where the self-test is. */
export interface SuiteState {
  readonly state: "starting" | "running" | "finished" | "cancelled" | "broken";
  readonly machines: readonly TestedMachine[];
  readonly total: number;
  readonly results: readonly SuiteResult[];
  /** Since the first case began, as of the latest result; in the end, of all. */
  readonly elapsedMs: number;
  /** A guess at what the rest takes; null while there is nothing to go by. */
  readonly remainingMs: number | null;
  /** Why it broke off. */
  readonly problem: string | null;
}

const empty: SuiteState = {
  state: "starting",
  machines: [],
  total: 0,
  results: [],
  elapsedMs: 0,
  remainingMs: null,
  problem: null,
};

export const useSuite = create<SuiteState>()(() => empty);

let worker: Worker | undefined;
let startedAt = 0;

/** Starts over, in a worker of its own. */
export function startSelfTest(options: SuiteOptions): void {
  worker?.terminate();
  useSuite.setState(empty, true);
  const started = new Worker(new URL("../../src/engine/selftest/worker.ts", import.meta.url), {
    type: "module",
    name: "self-test",
  });
  worker = started;
  const breakOff = (problem: string): void => {
    if (worker === started) useSuite.setState({ state: "broken", problem });
  };
  started.addEventListener("error", ({ message }) => breakOff(message || t("train.scriptNotLoaded")));
  const suite = Comlink.wrap<SuiteControls>(started);
  const hear = (event: SuiteEvent): void => {
    if (worker === started) take(event);
  };
  suite.run(Comlink.proxy(hear), options).catch((error: unknown) => breakOff(String(error)));
}

/** Ends the worker, whatever it is waiting for; what was found stays. */
export function cancelSelfTest(): void {
  worker?.terminate();
  worker = undefined;
  useSuite.setState({ state: "cancelled" });
}

function take(event: SuiteEvent): void {
  if (event.type === "started") {
    startedAt = performance.now();
    useSuite.setState({ state: "running", machines: event.machines, total: event.total });
  } else if (event.type === "results") {
    const { remainingMs } = event;
    const elapsedMs = performance.now() - startedAt;
    useSuite.setState(({ results }) => ({ results: [...results, ...event.results], elapsedMs, remainingMs }));
  } else {
    useSuite.setState({ state: "finished", elapsedMs: event.elapsedMs });
    worker?.terminate();
    worker = undefined;
  }
}
