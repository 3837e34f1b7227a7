/** The most arithmetic that an adapter can do, found by doing it: a kernel of multiply-adds in registers. What a matrix
 *  product could reach if moving data cost nothing. */
import peakText from "../../../shaders/peak.wgsl?raw";
import { BackendError } from "../../errors";
import { defaultGpu, describeAdapter, findAdapter, type WebGpuSource } from "./webgpuBackend";

/** As `peak.wgsl` has it. */
const threads = 256;
const chains = 32;
const links = 64 * 16;
const factor = 0.999;
const summand = 0.002;

/** Few enough for a program posing as a GPU, to begin with. */
const fewestWorkgroups = 64;
/** Below WebGPU's limit for one dimension, and a few milliseconds on the largest GPUs. */
const mostWorkgroups = 32_768;
/** Long enough that starting a launch, and the last workgroups of one, weigh little. */
const launchMs = 50;

/** A kernel of pure arithmetic, sized for the adapter. */
export interface PeakKernel {
  /** The hardware, in words. */
  readonly adapter: string;
  /** Floating-point operations of a launch, a multiply-add counting as two. */
  readonly flopsPerLaunch: number;
  /** Does so many launches; resolves when they are done. */
  run(launches: number): Promise<void>;
  /** What the first thread of the last launch got. */
  read(): Promise<number>;
  dispose(): void;
}

/** What {@link PeakKernel.read} gives where every multiply-add was done: `x -> a x + b`, 1,024 times, from 0 to 7 in four
 *  chains each, summed. The closed form is `x_n = b / (1 - a) + a^n (x_0 - b / (1 - a))`. */
export function expectedPeakSum(): number {
  const limit = summand / (1 - factor);
  const starts = Array.from({ length: chains }, (_, i) => Math.floor(i / 4));
  return starts.reduce((sum, start) => sum + limit + factor ** links * (start - limit), 0);
}

/** Opens a device and doubles the work of a launch until it takes long enough to be timed.
 *  @throws BackendError when there is no WebGPU or no adapter */
export async function openPeakKernel(gpu: WebGpuSource = defaultGpu()): Promise<PeakKernel> {
  const adapter = await findAdapter(gpu, 10_000);
  if (!adapter) throw new BackendError("WebGPU: expected a GPU adapter to measure, got none.");
  const device = await adapter.requestDevice();
  const module = device.createShaderModule({ label: "peak", code: peakText });
  const pipeline = await device.createComputePipelineAsync({ label: "peak", layout: "auto", compute: { module } });
  const factors = device.createBuffer({ size: 8, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  const sums = device.createBuffer({ size: threads * 4, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const staging = device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(factors, 0, Float32Array.of(factor, summand));
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [
      { binding: 0, resource: { buffer: factors } },
      { binding: 1, resource: { buffer: sums } },
    ],
  });

  let workgroups = fewestWorkgroups;
  const run = async (launches: number): Promise<void> => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    for (let i = 0; i < launches; i++) pass.dispatchWorkgroups(workgroups);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  };

  // The first launch of all is slow for other reasons.
  await run(1);
  while (workgroups < mostWorkgroups) {
    const startedMs = performance.now();
    await run(1);
    if (performance.now() - startedMs >= launchMs) break;
    workgroups *= 2;
  }
  return {
    adapter: describeAdapter(adapter).description,
    flopsPerLaunch: 2 * links * chains * threads * workgroups,
    run,
    async read() {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(sums, 0, staging, 0, 4);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      const value = new Float32Array(staging.getMappedRange())[0] ?? NaN;
      staging.unmap();
      return value;
    },
    dispose: () => device.destroy(),
  };
}
