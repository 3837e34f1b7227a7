// Dawn's WebGPU with its answers changed: what it says of its adapter, whether it answers, and a hold on its devices.
import { vi } from "vitest";
import { testGpu } from "./gpu";

/** What a graphics card would say. */
export const hardware = {
  vendor: "acme",
  architecture: "one",
  device: "",
  description: "Acme One",
  isFallbackAdapter: false,
};

/** WebGPU under control. */
export interface WatchedGpu {
  readonly gpu: GPU;
  /** What it gave, in order. */
  readonly devices: GPUDevice[];
  /** Makes it think about every request from now on, until `answer` is called. */
  hold(): { readonly answer: () => void };
}

/** WebGPU on the adapter there is, which says of itself what `info` says. */
export async function watchedGpu(
  info?: Readonly<Record<string, unknown>>,
  kind: "lent" | "own" = "lent",
): Promise<WatchedGpu> {
  const gpu = await testGpu(kind);
  const devices: GPUDevice[] = [];
  let thinking = Promise.resolve();
  const request = gpu.requestAdapter.bind(gpu);
  vi.spyOn(gpu, "requestAdapter").mockImplementation(async (options) => {
    await thinking;
    const adapter = await request(options);
    if (!adapter) return null;
    if (info) Object.defineProperty(adapter, "info", { value: info });
    const open = adapter.requestDevice.bind(adapter);
    vi.spyOn(adapter, "requestDevice").mockImplementation(async (descriptor) => {
      const device = await open(descriptor);
      devices.push(device);
      return device;
    });
    return adapter;
  });
  const hold = (): { answer: () => void } => {
    let answer = (): void => {};
    thinking = new Promise((resolve) => {
      answer = resolve;
    });
    return { answer: () => answer() };
  };
  return { gpu, devices, hold };
}

/** Whether a device is gone, by now. */
export async function isLost(device: GPUDevice): Promise<boolean> {
  const later = new Promise<false>((resolve) => {
    setTimeout(() => resolve(false), 20);
  });
  return await Promise.race([device.lost.then(() => true as const), later]);
}

/** From now on a device compiles nothing more, or gives no result of what is in buffers it makes from now on. */
export function fallSilent(device: GPUDevice, way: "createComputePipelineAsync" | "createBuffer"): void {
  const never = new Promise<never>(() => {});
  if (way === "createComputePipelineAsync") {
    vi.spyOn(device, way).mockReturnValue(never);
    return;
  }
  const create = device.createBuffer.bind(device);
  vi.spyOn(device, way).mockImplementation((descriptor) => {
    const buffer = create(descriptor);
    vi.spyOn(buffer, "mapAsync").mockReturnValue(never);
    return buffer;
  });
}

/** From now on a device answers nothing that is waited for: no work is known to be done, no buffer can be read. @returns heals it */
export function hang(device: GPUDevice): () => void {
  const never = new Promise<never>(() => {});
  const hung = [
    vi.spyOn(device.queue, "onSubmittedWorkDone").mockReturnValue(never),
    vi.spyOn(GPUBuffer.prototype, "mapAsync").mockReturnValue(never),
  ];
  return () => hung.forEach((spy) => spy.mockRestore());
}

/** Looks that are taken every few seconds are taken all the time. */
export function hurryLooks(): void {
  const repeat = setInterval;
  vi.spyOn(globalThis, "setInterval").mockImplementation(((work: () => void, milliseconds = 0) =>
    repeat(work, milliseconds >= 1000 ? milliseconds / 100 : milliseconds)) as typeof setInterval);
}

/** Limits of a minute pass in no time. */
export function hurry(): void {
  const wait = setTimeout;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((work: () => void, milliseconds = 0) =>
    wait(work, milliseconds >= 10_000 ? milliseconds / 200 : milliseconds)) as typeof setTimeout);
}
