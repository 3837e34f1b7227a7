/** Picks the backend to train on, and says why. */
import type { Backend } from "../backend/backend";
import type { StartHelper } from "../backend/cpu/wasm/helper";
import { openCpuBackend } from "../backend/cpu/openCpuBackend";
import { describeAdapter, findAdapter } from "../backend/webgpu/adapter";
import type { WebGpuSource } from "../backend/webgpu/adapter";
import { DescentError } from "../errors";
import { within } from "../within";
import { type EngineKey, type Said, say } from "../words/said";

/** Which backend to use: `auto` takes WebGPU on a real adapter and the CPU otherwise. */
export type BackendChoice = "auto" | "webgpu" | "cpu";

/** What runs, on what, and why. */
export interface BackendReport {
  readonly kind: "webgpu" | "cpu";
  /** The adapter's name, or what the CPU backend is. */
  readonly adapter: string;
  /** Why this one. */
  readonly reason: Said<EngineKey>;
}

/** Some drivers never answer; a visitor should not wait for them. Opening a device may start the GPU's process. */
const ADAPTER_TIMEOUT_MS = 3000;
const DEVICE_TIMEOUT_MS = 8000;
/** What a GPU is used with is some 40 kB. */
const FETCH_TIMEOUT_MS = 20_000;

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
  readonly distrust?: Said<EngineKey> | undefined;
  /** Fetches what else the caller needs of a GPU; without it none is used. */
  readonly fetchMore?: (() => Promise<unknown>) | undefined;
}

/** `auto` takes WebGPU on a real adapter. A forced `webgpu` also takes a software adapter, and falls back to the CPU
 *  only where there is no adapter at all; the report says so. Never fails. */
export async function chooseBackend(
  choice: BackendChoice,
  source: WebGpuSource,
  { threads, startHelper, distrust, fetchMore }: ChooseOptions = {},
): Promise<ChosenBackend> {
  const cpu = async (why: Said<EngineKey>): Promise<ChosenBackend> => {
    let reason = why;
    const onHindrance = (hindrance: Said<EngineKey>): void =>
      void (reason = say("backend.hindered", { why, hindrance }));
    const backend = await openCpuBackend({ threads, startHelper, onHindrance });
    return { backend, report: { kind: "cpu", adapter: backend.adapter, reason } };
  };
  if (choice === "cpu") return await cpu(say("backend.cpuAskedFor"));
  if (distrust) return await cpu(distrust);
  if (!source) return await cpu(say("backend.noWebGpu"));
  // Fetched while the adapter is looked for.
  const fetching = Promise.all([import("../backend/webgpu/webgpuBackend"), fetchMore?.()]);
  fetching.catch(() => {});
  const adapter = await findAdapter(source, ADAPTER_TIMEOUT_MS);
  if (adapter === "none") return await cpu(say("backend.noAdapter"));
  if (adapter === "late") {
    return await cpu(say("backend.noAnswer", { seconds: ADAPTER_TIMEOUT_MS / 1000 }));
  }
  let adapterName: string | undefined;
  try {
    const { description, software } = await within(describeAdapter(adapter), ADAPTER_TIMEOUT_MS, "GPU adapter");
    if (software && choice === "auto") return await cpu(say("backend.softwareGpu", { adapter: description }));
    adapterName = description;
    const [{ openBackend }] = await within(fetching, FETCH_TIMEOUT_MS, "GPU kernels");
    const backend = await within(openBackend(adapter), DEVICE_TIMEOUT_MS, "GPU device", (late) => late.dispose());
    const reason = say(choice === "webgpu" ? "backend.gpuAskedFor" : "backend.gpuAvailable");
    return { backend, report: { kind: "webgpu", adapter: description, reason } };
  } catch (error) {
    const gpu = adapterName === undefined ? say("backend.someGpu") : say("backend.gpu", { adapter: adapterName });
    const reason = error instanceof DescentError ? error.message : String(error);
    return await cpu(say("backend.noDevice", { gpu, reason }));
  }
}
