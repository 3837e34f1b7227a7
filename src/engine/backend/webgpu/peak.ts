/** The most arithmetic that an adapter can do, found by doing it: kernels of multiply-adds and nothing else. What a matrix
 *  product could reach if moving data cost nothing. */
import { BackendError } from "../../errors";
import { promptly, workDone } from "./completion";
import { defaultGpu, describeAdapter, findAdapter, type WebGpuSource } from "./adapter";

/** A thread's chains of multiply-adds, which do not wait for each other. */
interface Form {
  readonly type: "f32" | "vec4<f32>";
  readonly variables: number;
  /** Links of one chain in a row, before the next chain's turn. */
  readonly inARow: number;
}

/** A GPU does both equally fast. SwiftShader keeps numbers in registers, and stores a vector after each operation, so that it
 *  multiplies single numbers three times as fast. There our products reach some 0.6 of the peak of vectors, which is the bar, and
 *  a quarter of that of single numbers: larger blocks a thread would reach a third, but take four seconds to compile. */
const forms = {
  vectors: { type: "vec4<f32>", variables: 8, inARow: 16 },
  scalars: { type: "f32", variables: 12, inARow: 1 },
} as const satisfies Record<string, Form>;

/** What the multiply-adds work on: vectors of four numbers, or single ones. */
export type PeakForm = keyof typeof forms;

const threads = 256;
/** Of each chain. */
const links = 1024;
/** Of each chain, from one test of the loop to the next. */
const unrolled = 16;
const factor = 0.999;
const summand = 0.002;

/** Every workgroup stores its sums in the same place: there is no need for more memory, only for none to be left out. */
function peakText({ type, variables, inARow }: Form): string {
  const names = Array.from({ length: variables }, (_, i) => `x${i}`);
  const turns = names.map((x) => `    ${x} = fma(${x}, a, b);\n`.repeat(inARow)).join("");
  const total = names.join(" + ");
  return `
// Read, so that no compiler knows them.
@group(0) @binding(0) var<uniform> factors: vec2<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) thread: u32) {
  let a = ${type}(factors.x);
  let b = ${type}(factors.y);
${names.map((x, i) => `  var ${x} = ${type}(f32(thread) + ${i}.0);\n`).join("")}\
  for (var link = 0u; link < ${links}u; link += ${unrolled}u) {
${turns.repeat(unrolled / inARow)}\
  }
  sums[thread] = ${type === "f32" ? total : `dot(${total}, ${type}(1.0))`};
}
`;
}

/** Few enough for a software adapter, to begin with. */
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

const widthOf = ({ type }: Form): number => (type === "f32" ? 1 : 4);

/** What {@link PeakKernel.read} gives where every multiply-add was done: `x -> a x + b`, 1,024 times, from 0, 1, 2 and so on,
 *  each in a chain, or in four where they are vectors, summed. The closed form is
 *  `x_n = b / (1 - a) + a^n (x_0 - b / (1 - a))`. */
export function expectedPeakSum(form: PeakForm): number {
  const { variables } = forms[form];
  const limit = summand / (1 - factor);
  const starts = Array.from({ length: variables }, (_, i) => i);
  const sum = starts.reduce((total, start) => total + limit + factor ** links * (start - limit), 0);
  return widthOf(forms[form]) * sum;
}

/** Opens a device and doubles the work of a launch until it takes long enough to be timed.
 *  @throws BackendError when there is no WebGPU or no adapter */
export async function openPeakKernel(form: PeakForm, gpu: WebGpuSource = defaultGpu()): Promise<PeakKernel> {
  const adapter = await findAdapter(gpu, 10_000);
  if (adapter === "none" || adapter === "late") {
    throw new BackendError(
      `WebGPU: expected a GPU adapter to measure, got ${adapter === "none" ? "none" : "no answer within 10 s"}.`,
    );
  }
  const device = await adapter.requestDevice();
  const module = device.createShaderModule({ label: "peak", code: peakText(forms[form]) });
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
    await workDone(device.queue);
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
    adapter: (await describeAdapter(adapter)).description,
    flopsPerLaunch: 2 * links * widthOf(forms[form]) * forms[form].variables * threads * workgroups,
    run,
    async read() {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(sums, 0, staging, 0, 4);
      device.queue.submit([encoder.finish()]);
      await promptly(device.queue, staging.mapAsync(GPUMapMode.READ));
      const value = new Float32Array(staging.getMappedRange())[0] ?? NaN;
      staging.unmap();
      return value;
    },
    dispose: () => device.destroy(),
  };
}
