/** Helping threads: workers that share the kernels' memory and wait inside WebAssembly for work. */

import { within } from "../../../within";

/** One that never says that it listens is done without; over a slow line its script takes a while. */
const START_TIMEOUT_MS = 8000;

/** What a helper is told once. */
export interface HelperTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Its number, from 1; the thread that runs plans is 0. */
  readonly thread: number;
  readonly threads: number;
}

/** Starts a helper, and resolves once it is listening with a function that ends it. */
export type StartHelper = (task: HelperTask) => Promise<() => void>;

/** How many threads to use: what the machine says it has, up to eight, beyond which small layers gain nothing; one where
 *  the page is not cross-origin isolated, since then no memory can be shared, and one outside workers, since a page may
 *  not wait. */
export function defaultThreads(): number {
  const isIsolated = typeof crossOriginIsolated !== "undefined" && crossOriginIsolated;
  const canShare = isIsolated && "WorkerGlobalScope" in globalThis && typeof Worker !== "undefined";
  return canShare ? Math.max(1, Math.min(8, navigator.hardwareConcurrency || 1)) : 1;
}

/** Starts a helper as a web worker. @throws Error when its script cannot be loaded, LateError when it says nothing */
export const startWorker: StartHelper = async (task) => {
  const worker = new Worker(new URL("./helperWorker.ts", import.meta.url), { type: "module", name: "kernels" });
  const listening = new Promise<unknown>((resolve, reject) => {
    worker.addEventListener("error", () => reject(new Error("the helper's script could not be loaded")), {
      once: true,
    });
    worker.addEventListener("message", resolve, { once: true });
  });
  worker.postMessage(task);
  try {
    await within(listening, START_TIMEOUT_MS, "Helping thread");
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return () => worker.terminate();
};
