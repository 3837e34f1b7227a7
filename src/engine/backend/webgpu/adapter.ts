/** Finding and describing adapters. Light: whatever opens devices and runs kernels on them is fetched once there is an adapter
 *  worth it. */
import { LateError } from "../../errors";
import { within } from "../../within";

/** What kind of adapter answered. */
export interface AdapterSummary {
  readonly description: string;
  /** A software adapter: correct, but slower than the CPU backend. */
  readonly software: boolean;
}

/** Where adapters come from: `navigator.gpu`, or nothing where there is no WebGPU. */
export type WebGpuSource = GPU | undefined;

/** The page's or worker's own WebGPU. */
export function defaultGpu(): WebGpuSource {
  return typeof navigator === "undefined" ? undefined : navigator.gpu;
}

/** Finds an adapter: `"none"` where there is no such thing, `"late"` where nothing was heard within `timeoutMs`, for some
 *  drivers never answer. */
export async function findAdapter(gpu: WebGpuSource, timeoutMs: number): Promise<GPUAdapter | "none" | "late"> {
  if (!gpu) return "none";
  try {
    const asked = gpu.requestAdapter({ powerPreference: "high-performance" });
    return (await within(asked, timeoutMs, "GPU adapter")) ?? "none";
  } catch (error) {
    return error instanceof LateError ? "late" : "none";
  }
}

type AdapterInfo = Partial<GPUAdapterInfo>;

/** An adapter as any browser with WebGPU has it: until 126, Chrome tells about it only when asked. */
interface AnyAdapter extends Pick<GPUAdapter, "requestDevice"> {
  readonly info?: AdapterInfo;
  readonly isFallbackAdapter?: boolean;
  readonly requestAdapterInfo?: () => Promise<AdapterInfo>;
}

/** Names an adapter and tells hardware from software, as far as the browser tells. */
export async function describeAdapter(adapter: AnyAdapter): Promise<AdapterSummary> {
  const info = adapter.info ?? (await adapter.requestAdapterInfo?.()) ?? {};
  return summarize(info, adapter.isFallbackAdapter);
}

/** What an adapter says of itself, and whether it is a program. @param isFallback what the adapter itself says, where its description does not */
export function summarize(info: AdapterInfo = {}, isFallback = false): AdapterSummary {
  const { vendor, architecture, device, description, isFallbackAdapter = isFallback } = info;
  const words = description || [vendor, architecture, device].filter(Boolean).join(" ") || "unknown adapter";
  const software =
    isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render|warp/i.test(`${words} ${architecture}`);
  return { description: words, software };
}
