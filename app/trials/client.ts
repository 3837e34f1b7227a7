/** The page's end of the line to the worker of a race. It has one for each, which ends with it. */
import * as Comlink from "comlink";
import type { TrialControls, TrialHost } from "../../src/engine";
import { watch } from "../train/client";

/** A worker that is there for one race. */
export interface TrialWorker {
  readonly trials: TrialControls;
  /** Rejects when the worker answers no more. */
  readonly lost: Promise<never>;
  end(): void;
}

/** Starts a worker. @throws where its script does not come to life */
export async function startTrials(): Promise<TrialWorker> {
  const worker = new Worker(new URL("../../src/engine/trainer/worker.ts", import.meta.url), {
    type: "module",
    name: "trials",
  });
  let stopWatching = (): void => {};
  let giveUp: (reason: Error) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  // Whoever waits for something else hears of it there.
  lost.catch(() => {});
  const failed = (event: Event): void => giveUp(new Error(event instanceof ErrorEvent ? event.message : event.type));
  worker.addEventListener("error", failed);
  worker.addEventListener("messageerror", failed);
  const end = (): void => {
    stopWatching();
    worker.terminate();
  };
  try {
    const trials = await Promise.race([Comlink.wrap<TrialHost>(worker).trials(), lost]);
    worker.removeEventListener("error", failed);
    stopWatching = watch(worker, trials, () => giveUp(new Error("silence")));
    return { trials, lost, end };
  } catch (error) {
    end();
    throw error;
  }
}
