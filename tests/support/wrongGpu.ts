// A GPU that computes wrongly: Dawn's, with the text of one kernel's shader changed before it is compiled.
import { vi } from "vitest";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import type { Dataset } from "../../src/engine/data";
import type { ModelDescription } from "../../src/engine/model/description";
import { type DeviceStore, memoryStore } from "../../src/engine/device/deviceStore";
import { findFault } from "../../src/engine/check/selfTest";
import { testGpu } from "./gpu";
import { english } from "../../src/engine/words/said";

/** A mistake of a kernel, and of whatever shares a launch with it. */
export interface Fault {
  /** The kernel's name. */
  readonly kernel: string;
  /** What it stores in place of `value` as element `i` of its result, in WGSL; `old` is what was there before. */
  readonly stored: string;
  /** Only shaders with these words in them make it. */
  readonly within?: string;
}

/** A GPU whose kernels of one name all store something else. Notes in `compiled` which kernels it compiles.
 *  @throws Error from `createShaderModule` where there is nothing to change */
export async function wrongGpu(fault?: Fault): Promise<{ gpu: GPU; compiled: string[] }> {
  const gpu = await testGpu();
  // The same object every time: a second fault replaces the first.
  vi.restoreAllMocks();
  const compiled: string[] = [];
  const request = gpu.requestAdapter.bind(gpu);
  vi.spyOn(gpu, "requestAdapter").mockImplementation(async (options) => {
    const adapter = await request(options);
    if (!adapter) return null;
    const open = adapter.requestDevice.bind(adapter);
    vi.spyOn(adapter, "requestDevice").mockImplementation(async (descriptor) => {
      const device = await open(descriptor);
      const compile = device.createShaderModule.bind(device);
      vi.spyOn(device, "createShaderModule").mockImplementation(({ label = "", code }) => {
        if (label !== "quad probe") compiled.push(label);
        return compile({ label, code: fault && isWrong(label, code, fault) ? breakCode(code, fault) : code });
      });
      return device;
    });
    return adapter;
  });
  return { gpu, compiled };
}

/** The kernels of a launch by its name: `matmul | sum > mul` has three. */
export const kernelsOf = (name: string): string[] => name.split(/ [|>] /);

const isWrong = (label: string, code: string, { kernel, within = "" }: Fault): boolean =>
  isKernel(label, kernel) && code.includes(within);

const isKernel = (label: string, kernel: string): boolean => kernelsOf(label.replace(/ \(.*\)$/, "")).includes(kernel);

/** Kernels write through `fn set_NAME(i: u32, value: f32) { buffer[i] = value; }`. */
function breakCode(code: string, { kernel, stored }: Fault): string {
  const store = /(fn set_\w+\(i: u32, value: f32\) \{ )([^=]+) = (value|bitcast<u32>\(value\));/g;
  const broken = code.replaceAll(store, (_, head: string, place: string, value: string) => {
    // A buffer that holds whole numbers too is one of words.
    const isOfWords = value !== "value";
    const wrong = stored.replaceAll("old", isOfWords ? `bitcast<f32>(${place})` : place);
    return `${head}${place} = ${isOfWords ? `bitcast<u32>(${wrong})` : wrong};`;
  });
  if (broken === code) throw new Error(`${kernel}: expected a function that stores results, got\n${code}`);
  return broken;
}

/** What the self-test of a model says of a GPU, in English. */
export async function faultOn(
  gpu: GPU,
  model: ModelDescription,
  dataset: Dataset,
  store: DeviceStore = memoryStore(),
): Promise<string | undefined> {
  const backend = await createWebGpuBackend({ gpu });
  try {
    const fault = await findFault(backend, model, dataset, store);
    return fault && english(fault);
  } finally {
    backend.dispose();
  }
}
