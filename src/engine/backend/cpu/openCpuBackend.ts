/** Opens the fastest CPU backend this machine has. */
import type { Backend } from "../backend";
import { createCpuBackend } from "./cpuBackend";
import type { StartHelper } from "./wasm/helper";
import { defaultThreads, startWorker } from "./wasm/helper";
import { createWasmBackend } from "./wasm/wasmBackend";

/** WebAssembly where it has SIMD, on several threads where a memory can be shared; JavaScript otherwise. In float32.
 *  Never fails. @param threads instead of what the machine offers  @param startHelper instead of web workers */
export async function openCpuBackend(
  threads = defaultThreads(),
  startHelper: StartHelper = startWorker,
): Promise<Backend> {
  if (threads > 1) {
    try {
      const backend = await createWasmBackend({ threads, startHelper });
      if (backend) return backend;
    } catch {
      // No room to share, or no worker: one thread still works.
    }
  }
  return (await createWasmBackend()) ?? createCpuBackend();
}
