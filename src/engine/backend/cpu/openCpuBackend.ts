/** Opens the fastest CPU backend this machine has. */
import type { Backend } from "../backend";
import { createCpuBackend } from "./cpuBackend";
import type { StartHelper } from "./wasm/helper";
import { defaultThreads, startWorker } from "./wasm/helper";
import type { WasmOptions } from "./wasm/wasmBackend";
import { createWasmBackend } from "./wasm/wasmBackend";
import { type EngineKey, type Said, say } from "../../words/said";

/** How to open it. */
export interface OpenCpuOptions {
  /** How many threads, this one included; what the machine offers when left out. */
  readonly threads?: number | undefined;
  /** Starts a helping thread; web workers when left out. */
  readonly startHelper?: StartHelper | undefined;
  /** Hears what keeps it from being faster. */
  readonly onHindrance?: (hindrance: Said<EngineKey>) => void;
}

/** WebAssembly where it has SIMD, on several threads where a memory can be shared; JavaScript otherwise. In float32.
 *  Never fails, whatever the machine or the page's policy refuses. */
export async function openCpuBackend({
  threads = defaultThreads(),
  startHelper = startWorker,
  onHindrance = () => {},
}: OpenCpuOptions = {}): Promise<Backend> {
  let hindrance: Said<EngineKey> | undefined;
  const open = async (options: WasmOptions): Promise<Backend | null> => {
    try {
      const backend = await createWasmBackend(options);
      if (!backend) hindrance = say("backend.noSimd");
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
    onHindrance(say(alone ? "backend.oneThread" : "backend.javaScript", { reason: hindrance }));
  }
  return alone ?? createCpuBackend();
}

const LONGEST_REASON = 200;

function reasonOf(error: unknown): Said<EngineKey> {
  const text = error instanceof Error ? error.message : String(error);
  // Chromium quotes the page's whole policy.
  const reason = text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text;
  if (error instanceof WebAssembly.CompileError) return say("backend.noCompiling", { reason });
  if (error instanceof RangeError) return say("backend.noMemory", { reason });
  return say("backend.noSetUp", { reason });
}
