/** Picks the backend to train on, and says why in a sentence a visitor can read. */
import type { Backend } from "../backend/backend";
import type { StartHelper } from "../backend/cpu/wasm/helper";
import { openCpuBackend } from "../backend/cpu/openCpuBackend";
import { describeAdapter, findAdapter, openBackend } from "../backend/webgpu/webgpuBackend";
import type { WebGpuSource } from "../backend/webgpu/webgpuBackend";
import { within } from "../within";

/** Which backend to use: `auto` takes WebGPU on a real adapter and the CPU otherwise. */
export type BackendChoice = "auto" | "webgpu" | "cpu";

/** What runs, on what, and why, in words to show. */
export interface BackendReport {
  readonly kind: "webgpu" | "cpu";
  /** The adapter's name, or what the CPU backend is. */
  readonly adapter: string;
  /** One sentence: why this one. */
  readonly reason: string;
}

/** Some drivers never answer; a visitor should not wait for them. Opening a device may start the GPU's process. */
const ADAPTER_TIMEOUT_MS = 3000;
const DEVICE_TIMEOUT_MS = 8000;

/** A backend and the words about it. */
export interface ChosenBackend {
  readonly backend: Backend;
  readonly report: BackendReport;
}

/** What else decides. */
export interface ChooseOptions {
  /** CPU threads; as many as the machine has when left out. */
  readonly threads?: number | undefined;
  readonly startHelper?: StartHelper | undefined;
  /** Why no GPU is to be tried, where that is so. */
  readonly distrust?: string | undefined;
}

/** `auto` takes WebGPU on a real adapter. A forced `webgpu` also takes a software adapter, and falls back to the CPU
 *  only where there is no adapter at all; the report says so. Never fails. */
export async function chooseBackend(
  choice: BackendChoice,
  source: WebGpuSource,
  { threads, startHelper, distrust }: ChooseOptions = {},
): Promise<ChosenBackend> {
  const cpu = async (reason: string): Promise<ChosenBackend> => {
    const sentences = [reason];
    const onHindrance = (sentence: string): void => void sentences.push(sentence);
    const backend = await openCpuBackend({ threads, startHelper, onHindrance });
    return { backend, report: { kind: "cpu", adapter: backend.adapter, reason: sentences.join(" ") } };
  };
  if (choice === "cpu") return await cpu("The CPU was asked for.");
  if (distrust) return await cpu(distrust);
  if (!source) return await cpu("This browser has no WebGPU, so training runs on the CPU.");
  const adapter = await findAdapter(source, ADAPTER_TIMEOUT_MS);
  if (adapter === "none") return await cpu("This browser found no GPU adapter, so training runs on the CPU.");
  if (adapter === "late") {
    return await cpu(`The GPU did not answer within ${ADAPTER_TIMEOUT_MS / 1000} s, so training runs on the CPU.`);
  }
  let name = "The GPU";
  try {
    const { description, software } = await within(describeAdapter(adapter), ADAPTER_TIMEOUT_MS, "GPU adapter");
    if (software && choice === "auto") {
      return await cpu(`The only GPU here is a program posing as one (${description}); the CPU itself is faster.`);
    }
    name = `The GPU (${description})`;
    const backend = await within(openBackend(adapter), DEVICE_TIMEOUT_MS, "GPU device", (late) => late.dispose());
    const reason = choice === "webgpu" ? "WebGPU was asked for." : "WebGPU is available on this machine.";
    return { backend, report: { kind: "webgpu", adapter: description, reason } };
  } catch (error) {
    return await cpu(`${name} gave no device (${String(error)}), so training runs on the CPU.`);
  }
}
