/** Opens the fastest CPU backend this machine has. */
import type { Backend } from "../backend";
import { createCpuBackend } from "./cpuBackend";
import { createWasmBackend } from "./wasm/wasmBackend";

/** WebAssembly where it has SIMD, JavaScript otherwise; both in float32. Never fails. */
export async function openCpuBackend(): Promise<Backend> {
  return (await createWasmBackend()) ?? createCpuBackend();
}
