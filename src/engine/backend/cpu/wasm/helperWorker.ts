/** The script of a helping thread: says that it is listening, and enters WebAssembly for good. */
import type { HelperTask } from "./helper";

self.addEventListener(
  "message",
  ({ data }: MessageEvent<HelperTask>) => {
    const { module, memory, thread, threads } = data;
    const host = (): void => {
      throw new Error("only the first thread runs the host's kernels");
    };
    const { exports } = new WebAssembly.Instance(module, { env: { memory }, index: { host } });
    // Compiled from `src/wasm/index.ts`, which declares exactly this.
    const help = exports["help"] as (thread: number, threads: number) => void;
    self.postMessage("listening");
    help(thread, threads);
  },
  { once: true },
);
