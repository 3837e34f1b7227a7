// Helping threads for the WebAssembly kernels in Node, where there are no web workers. Refuses to share anything but memory.
import { Worker } from "node:worker_threads";
import type { StartHelper } from "../../src/engine";

/** What `helperWorker.ts` does in a browser. */
const script = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { module, memory, thread, threads } = workerData;
  const { exports } = new WebAssembly.Instance(module, { env: { memory }, index: { host() {} } });
  parentPort.postMessage("listening");
  exports.help(thread, threads);
`;

/** Starts a thread of Node's. */
export const startThread: StartHelper = (task) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(script, { eval: true, workerData: task });
    worker.once("error", reject);
    worker.once("message", () => resolve(() => void worker.terminate()));
  });
