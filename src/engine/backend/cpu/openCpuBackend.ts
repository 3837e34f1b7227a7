/** Opens the fastest CPU backend this machine has. */
import type { Backend } from "../backend";
import { createCpuBackend } from "./cpuBackend";
import { defaultThreads, startWorker } from "./wasm/helper";
import { createWasmBackend } from "./wasm/wasmBackend";

/** WebAssembly where it has SIMD, on several threads where a memory can be shared; JavaScript otherwise. In float32.
 *  Never fails. @param threads instead of what the machine offers */
export async function openCpuBackend(threads = defaultThreads()): Promise<Backend> {
  if (threads > 1) {
    try {
      const backend = await createWasmBackend({ threads, startHelper: startWorker });
      if (backend) return backend;
    } catch {
      // No room to share, or no worker: one thread still works.
    }
  }
  return (await createWasmBackend()) ?? createCpuBackend();
}
