/** Opens the fastest CPU backend this machine has. */
import type { Backend } from "../backend";
import { createCpuBackend } from "./cpuBackend";
import type { StartHelper } from "./wasm/helper";
import { defaultThreads, startWorker } from "./wasm/helper";
import type { WasmOptions } from "./wasm/wasmBackend";
import { createWasmBackend } from "./wasm/wasmBackend";

/** How to open it. */
export interface OpenCpuOptions {
  /** How many threads, this one included; what the machine offers when left out. */
  readonly threads?: number | undefined;
  /** Starts a helping thread; web workers when left out. */
  readonly startHelper?: StartHelper | undefined;
  /** Hears, in a sentence to show, what keeps it from being faster. */
  readonly onHindrance?: (sentence: string) => void;
}

/** WebAssembly where it has SIMD, on several threads where a memory can be shared; JavaScript otherwise. In float32.
 *  Never fails, whatever the machine or the page's policy refuses. */
export async function openCpuBackend({
  threads = defaultThreads(),
  startHelper = startWorker,
  onHindrance = () => {},
}: OpenCpuOptions = {}): Promise<Backend> {
  let hindrance: string | undefined;
  const open = async (options: WasmOptions): Promise<Backend | null> => {
    try {
      const backend = await createWasmBackend(options);
      if (!backend) hindrance = "This browser has no WebAssembly SIMD";
      return backend;
    } catch (error) {
      hindrance = reasonOf(error);
      return null;
    }
  };
  const together = threads > 1 ? await open({ threads, startHelper }) : null;
  if (together) return together;
  const alone = await open({});
  if (hindrance !== undefined) {
    onHindrance(`${hindrance}, so ${alone ? "it uses one thread" : "JavaScript computes, which is slower"}.`);
  }
  return alone ?? createCpuBackend();
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof WebAssembly.CompileError) return `This page may not compile WebAssembly (${text.slice(0, 200)})`;
  if (error instanceof RangeError) return `This machine gave WebAssembly no memory (${text.slice(0, 200)})`;
  return `WebAssembly could not be set up (${text.slice(0, 200)})`;
}
