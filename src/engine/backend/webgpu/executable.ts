/** A plan on a GPU: every buffer, pipeline and bind group is made here, once; running only encodes and submits. */
import type { LaunchDetail } from "../../compile/explain";
import type { Plan, Step } from "../../compile/plan";
import { ArgumentError, BackendError, KernelError, REPORT_BUG } from "../../errors";
import type { WgslArgs } from "../../graph/kernel";
import type { Node } from "../../graph/node";
import { leafName } from "../../ops/leaf";
import { WORKGROUP_SIZE } from "../../ops/wgsl";
import { showShape, sizeOf } from "../../shape";
import type { Executable, Profile, StepRow, Tensor, TensorData } from "../backend";
import { MAX_ROWS, refuseUnbound } from "../backend";
import { profileOnDevice } from "./profile";
import type { Operand, Range, ShaderSource } from "./shader";
import { assembleShader, compileShader, TABLE_CELLS } from "./shader";
import type { StagingPool } from "./staging";
import { asElements, byteLengthOf, createBuffer, WebGpuTensor } from "./tensor";

/** Uniform offsets must be multiples of this, so each row of the step table takes as much. */
const ROW_BYTES = 256;

/** WebGPU's limit on workgroups per dimension. */
export const MAX_WORKGROUPS = 65_535;

/** What kernels need to know of the adapter. */
export type KernelChoices = Pick<WgslArgs, "gemm" | "dearBarriers" | "mostThreads">;

/** What a plan is made with. */
export interface DeviceParts {
  readonly device: GPUDevice;
  readonly staging: StagingPool;
  readonly choices: KernelChoices;
}

/** One recorded launch. */
interface Launch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly usesTable: boolean;
  readonly x: number;
  readonly y: number;
  readonly detail: LaunchDetail;
}

/** Folds a number of workgroups into two dimensions; `lib/dispatch.wgsl` unfolds it. */
export function foldWorkgroups(count: number): { x: number; y: number } {
  const y = Math.ceil(count / MAX_WORKGROUPS);
  return { x: Math.ceil(count / y), y };
}

/** An {@link Executable} whose run is one compute pass in one submission, however many rows it takes: they differ only in
 *  where in the step table the launches look. It frees what it made; tensors bound to leaves stay the caller's. */
export class WebGpuExecutable implements Executable {
  readonly launchesPerRow: number;
  readonly memoryBytes: number;
  readonly launches: readonly LaunchDetail[];
  readonly #plan: Plan;
  readonly #device: GPUDevice;
  readonly #staging: StagingPool;
  readonly #launches: readonly Launch[];
  readonly #owned: readonly GPUBuffer[];
  readonly #rangeOf: (node: Node) => Range<GPUBuffer>;
  readonly #table: GPUBuffer;
  readonly #tableGroup: GPUBindGroup;
  readonly #rows = new ArrayBuffer(MAX_ROWS * ROW_BYTES);
  readonly #scalars: readonly Node[];

  private constructor(
    device: GPUDevice,
    staging: StagingPool,
    plan: Plan,
    launches: readonly Launch[],
    owned: readonly GPUBuffer[],
    rangeOf: (node: Node) => Range<GPUBuffer>,
    table: { buffer: GPUBuffer; layout: GPUBindGroupLayout },
  ) {
    this.#device = device;
    this.#staging = staging;
    this.#launches = launches;
    this.#owned = owned;
    this.#rangeOf = rangeOf;
    this.#scalars = plan.scalars;
    this.#plan = plan;
    this.launches = launches.map(({ detail }) => detail);
    this.#table = table.buffer;
    this.#tableGroup = device.createBindGroup({
      layout: table.layout,
      entries: [{ binding: 0, resource: { buffer: table.buffer, size: TABLE_CELLS * 4 } }],
    });
    this.launchesPerRow = launches.length;
    this.memoryBytes = owned.reduce((total, { size }) => total + size, 0);
  }

  /** Makes everything the plan needs. @throws KernelError, BackendError or ArgumentError as {@link Backend.prepare}. */
  static async create(
    { device, staging, choices }: DeviceParts,
    plan: Plan,
    leaves: ReadonlyMap<Node, Tensor>,
  ): Promise<WebGpuExecutable> {
    if (plan.scalars.length > TABLE_CELLS) {
      throw new BackendError(
        `WebGPU: expected at most ${TABLE_CELLS} step scalars, got ${plan.scalars.length}. ` +
          `Make constants of those that never change, and compute others from what is there.`,
      );
    }
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("validation");
    const owned: GPUBuffer[] = [];
    const own = (label: string, byteLength: number): GPUBuffer => {
      const buffer = createBuffer(device, label, byteLength);
      owned.push(buffer);
      return buffer;
    };
    try {
      const arenas = plan.arenas.map((size, i) => own(`arena ${i}`, size * 4));
      const bound = new Map(plan.leaves.map((leaf) => [leaf, boundBuffer(leaf, leaves)]));
      const rangeOf = (node: Node): Range<GPUBuffer> => {
        const place = plan.placements.get(node);
        const buffer = place?.kind === "arena" ? arenas[place.arena] : place && bound.get(place.leaf);
        if (!place || !buffer)
          throw new BackendError(`WebGPU: expected a place for ${node.op.name}, got none. ${REPORT_BUG}`);
        return { buffer, offset: place.offset * 4, size: byteLengthOf(node) };
      };
      const table = {
        buffer: device.createBuffer({
          label: "step table",
          size: MAX_ROWS * ROW_BYTES,
          usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
        }),
        layout: device.createBindGroupLayout({
          entries: [
            {
              binding: 0,
              visibility: GPUShaderStage.COMPUTE,
              buffer: { type: "uniform", hasDynamicOffset: true, minBindingSize: TABLE_CELLS * 4 },
            },
          ],
        }),
      };
      owned.push(table.buffer);
      const cache = new Map<string, Promise<PipelineParts>>();
      const launches = await Promise.all(
        plan.steps.map((step) => makeLaunch(device, choices, plan, step, rangeOf, table.layout, cache)),
      );
      await closeScopes(device);
      return new WebGpuExecutable(device, staging, plan, launches, owned, rangeOf, table);
    } catch (error) {
      await closeScopes(device).catch(() => {});
      for (const buffer of owned) buffer.destroy();
      throw error;
    }
  }

  run(rows: readonly StepRow[]): void {
    if (rows.length > MAX_ROWS) {
      throw new ArgumentError(
        `run: expected at most ${MAX_ROWS} rows, got ${rows.length}. Spread them over several runs.`,
      );
    }
    if (this.#scalars.length > 0) this.#writeTable(rows);
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    let pipeline: GPUComputePipeline | undefined;
    for (let row = 0; row < rows.length; row++) {
      for (const launch of this.#launches) {
        if (launch.pipeline !== pipeline) pass.setPipeline((pipeline = launch.pipeline));
        pass.setBindGroup(0, launch.bindGroup);
        if (launch.usesTable) pass.setBindGroup(1, this.#tableGroup, [row * ROW_BYTES]);
        pass.dispatchWorkgroups(launch.x, launch.y);
      }
    }
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
  }

  profile(row: StepRow, onStep: (index: number) => Promise<void>): Promise<Profile> {
    if (this.#scalars.length > 0) this.#writeTable([row]);
    const { steps, placements } = this.#plan;
    const timed = this.#launches.map((launch, i) => ({
      state: (steps[i]?.outputs ?? [])
        .filter((output) => placements.get(output)?.kind === "leaf")
        .map((output) => this.#rangeOf(output)),
      encode: (pass: GPUComputePassEncoder) => {
        pass.setPipeline(launch.pipeline);
        pass.setBindGroup(0, launch.bindGroup);
        if (launch.usesTable) pass.setBindGroup(1, this.#tableGroup, [0]);
        pass.dispatchWorkgroups(launch.x, launch.y);
      },
    }));
    return profileOnDevice(this.#device, this.#staging, timed, onStep);
  }

  async read(output: Node): Promise<TensorData> {
    const { buffer, offset } = this.#rangeOf(output);
    const bytes = await this.#staging.read(buffer, offset, byteLengthOf(output));
    return asElements(output.dtype, bytes, sizeOf(output.shape));
  }

  dispose(): void {
    for (const buffer of this.#owned) buffer.destroy();
  }

  /** The whole submission's scalars, in one upload. */
  #writeTable(rows: readonly StepRow[]): void {
    const view = new DataView(this.#rows);
    rows.forEach((row, r) => {
      this.#scalars.forEach((leaf, cell) => {
        const value = row[leafName(leaf)] ?? 0;
        const at = r * ROW_BYTES + cell * 4;
        if (leaf.dtype === "f32") view.setFloat32(at, value, true);
        else view.setUint32(at, value, true);
      });
    });
    this.#device.queue.writeBuffer(this.#table, 0, this.#rows, 0, rows.length * ROW_BYTES);
  }
}

function boundBuffer(leaf: Node, leaves: ReadonlyMap<Node, Tensor>): GPUBuffer {
  const tensor = leaves.get(leaf);
  if (!tensor) refuseUnbound(leaf);
  if (!(tensor instanceof WebGpuTensor) || tensor.dtype !== leaf.dtype || sizeOf(tensor.shape) !== sizeOf(leaf.shape)) {
    throw new ArgumentError(
      `prepare: expected a WebGPU tensor of ${leaf.dtype} ${showShape(leaf.shape)} for "${leafName(leaf)}", ` +
        `got ${tensor.dtype} ${showShape(tensor.shape)}. Make one with this backend's createTensor.`,
    );
  }
  return tensor.buffer;
}

interface PipelineParts {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

async function makeLaunch(
  device: GPUDevice,
  choices: KernelChoices,
  plan: Plan,
  step: Step,
  rangeOf: (node: Node) => Range<GPUBuffer>,
  tableLayout: GPUBindGroupLayout,
  cache: Map<string, Promise<PipelineParts>>,
): Promise<Launch> {
  const operand = (node: Node): Operand<GPUBuffer> => {
    const tableCell = plan.scalars.indexOf(node);
    return { type: node, place: tableCell >= 0 ? { tableCell } : rangeOf(node) };
  };
  const { kernel, attrs, inputs, outputs } = step;
  const program = kernel.wgsl({ inputTypes: inputs, outputTypes: outputs, attrs, ...choices });
  const most = device.limits.maxStorageBufferBindingSize;
  const source = assembleShader(program, inputs.map(operand), outputs.map(operand), most);
  const known = cache.get(source.code) ?? makePipeline(device, step, source, tableLayout);
  cache.set(source.code, known);
  const { pipeline, layout } = await known;
  const bindGroup = device.createBindGroup({
    label: kernel.name,
    layout,
    entries: source.bindings.map(({ buffer, offset, size }, binding) => ({
      binding,
      resource: { buffer, offset, size },
    })),
  });
  // What members are depends on the workgroups that they came to share.
  const names = shaderNames(step, { ...choices, mostThreads: program.threads ?? WORKGROUP_SIZE });
  const detail = { variant: names.join(" + "), workgroups: program.workgroups };
  return { pipeline, bindGroup, usesTable: source.usesTable, ...foldWorkgroups(program.workgroups), detail };
}

/** The shaders of a step or of those it is made of, by the files they are in: `gemm_tiled`. */
function shaderNames({ kernel, attrs, inputs, outputs, members }: Step, choices: KernelChoices): string[] {
  if (members) return [...new Set(members.flatMap((member) => shaderNames(member, choices)))];
  const { parts } = kernel.wgsl({ inputTypes: inputs, outputTypes: outputs, attrs, ...choices });
  return [parts.at(-1)?.file.replace(/\.wgsl.*$/, "") ?? ""];
}

async function makePipeline(
  device: GPUDevice,
  { kernel, label }: Step,
  source: ShaderSource<GPUBuffer>,
  tableLayout: GPUBindGroupLayout,
): Promise<PipelineParts> {
  const name = label ? `${kernel.name} (${label})` : kernel.name;
  const layout = device.createBindGroupLayout({
    label: name,
    entries: source.bindings.map(({ access }, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: access === "read" ? "read-only-storage" : "storage" },
    })),
  });
  const module = await compileShader(device, name, source);
  try {
    const pipeline = await device.createComputePipelineAsync({
      label: name,
      layout: device.createPipelineLayout({
        bindGroupLayouts: source.usesTable ? [layout, tableLayout] : [layout],
      }),
      compute: { module, entryPoint: "main" },
    });
    return { pipeline, layout };
  } catch (error) {
    throw new KernelError(`Kernel ${name}: expected a valid pipeline, got ${String(error)}`, { cause: error });
  }
}

/** Ends the error scopes of {@link WebGpuExecutable.create}. */
async function closeScopes(device: GPUDevice): Promise<void> {
  // Both at once, so that no plan made meanwhile comes between them.
  const [validation, memory] = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
  if (memory) {
    throw new BackendError(
      `WebGPU: expected enough GPU memory, got "${memory.message}". Use a smaller batch or model.`,
    );
  }
  if (validation) throw new KernelError(`WebGPU: expected a valid plan, got "${validation.message}". ${REPORT_BUG}`);
}
