/** A plan on a GPU: every buffer, pipeline and bind group is made here, once; running only encodes and submits. */
import type { LaunchDetail } from "../../compile/explain";
import type { Plan, Launch } from "../../compile/plan";
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
import { GPU_SILENCE_MS, whileAnswering } from "../../within";
import { say } from "../../words/said";

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
interface BoundLaunch {
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
  readonly #launches: readonly BoundLaunch[];
  readonly #owned: readonly GPUBuffer[];
  readonly #rangeOf: RangeOf;
  readonly #table: GPUBuffer;
  readonly #tableGroup: GPUBindGroup;
  readonly #rows = new ArrayBuffer(MAX_ROWS * ROW_BYTES);
  readonly #scalars: readonly Node[];

  private constructor({ device, staging }: DeviceParts, plan: Plan, { launches, owned, rangeOf, table }: BoundPlan) {
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

  /** Makes everything the plan needs. @throws KernelError, BackendError or ArgumentError as {@link Backend.prepare}.
   *  @throws LateError when the driver goes silent while it compiles */
  static async create(parts: DeviceParts, plan: Plan, leaves: ReadonlyMap<Node, Tensor>): Promise<WebGpuExecutable> {
    const { device, choices } = parts;
    if (plan.scalars.length > TABLE_CELLS) {
      throw new BackendError(
        `WebGPU: expected at most ${TABLE_CELLS} step scalars, got ${plan.scalars.length}. ` +
          `Make constants of those that never change, and compute others from what is there.`,
      );
    }
    const owned: GPUBuffer[] = [];
    try {
      const begun = scoped(device, () => beginPlan(device, choices, plan, leaves, owned));
      const { table, rangeOf } = begun.made;
      // What is wrong with a shader says more than that the plan is not valid.
      const compiling = begun.made.launches.map(({ pipeline }) => pipeline);
      const pipelines = await whileAnswering(compiling, GPU_SILENCE_MS, "Compiling kernels");
      await begun.closed;
      const bound = scoped(device, () => {
        const launches = begun.made.launches.map((launch, i) => bindLaunch(device, launch, pipelines[i]!));
        return new WebGpuExecutable(parts, plan, { launches, owned, rangeOf, table });
      });
      await bound.closed;
      return bound.made;
    } catch (error) {
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
    const { launches: steps, placements } = this.#plan;
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

/** Where a value lies. */
type RangeOf = (node: Node) => Range<GPUBuffer>;

/** A plan with everything that it needs on the device. */
interface BoundPlan {
  readonly launches: readonly BoundLaunch[];
  /** Buffers to destroy with the plan. */
  readonly owned: readonly GPUBuffer[];
  readonly rangeOf: RangeOf;
  readonly table: Table;
}

/** The table of step scalars, and how it is bound. */
interface Table {
  readonly buffer: GPUBuffer;
  readonly layout: GPUBindGroupLayout;
}

/** A launch whose pipeline is on its way. */
interface BegunLaunch {
  readonly name: string;
  readonly source: ShaderSource<GPUBuffer>;
  readonly layout: GPUBindGroupLayout;
  readonly pipeline: Promise<GPUComputePipeline>;
  readonly workgroups: number;
  readonly detail: LaunchDetail;
}

/** Makes all buffers of a plan, and has its pipelines made. @param owned gets what is to be destroyed with the plan */
function beginPlan(
  device: GPUDevice,
  choices: KernelChoices,
  plan: Plan,
  leaves: ReadonlyMap<Node, Tensor>,
  owned: GPUBuffer[],
) {
  const own = (label: string, byteLength: number): GPUBuffer => {
    const buffer = createBuffer(device, label, byteLength);
    owned.push(buffer);
    return buffer;
  };
  const arenas = plan.arenas.map((size, i) => own(`arena ${i}`, size * 4));
  const bound = new Map(plan.leaves.map((leaf) => [leaf, boundBuffer(leaf, leaves)]));
  const rangeOf: RangeOf = (node) => {
    const place = plan.placements.get(node);
    const buffer = place?.kind === "arena" ? arenas[place.arena] : place && bound.get(place.leaf);
    if (!place || !buffer)
      throw new BackendError(`WebGPU: expected a place for ${node.op.name}, got none. ${REPORT_BUG}`);
    return { buffer, offset: place.offset * 4, size: byteLengthOf(node) };
  };
  const table: Table = {
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
  const known = new Map<string, PipelineParts>();
  const launches = plan.launches.map((step) => beginLaunch(step, { device, choices, plan, rangeOf, table, known }));
  return { table, rangeOf, launches };
}

type PipelineParts = Pick<BegunLaunch, "layout" | "pipeline">;

/** What all launches of a plan are begun with. */
interface PlanParts {
  readonly device: GPUDevice;
  readonly choices: KernelChoices;
  readonly plan: Plan;
  readonly rangeOf: RangeOf;
  readonly table: Table;
  /** Pipelines by their code, so that equal launches share one. */
  readonly known: Map<string, PipelineParts>;
}

function beginLaunch(step: Launch, { device, choices, plan, rangeOf, table, known }: PlanParts): BegunLaunch {
  const operand = (node: Node): Operand<GPUBuffer> => {
    const tableCell = plan.scalars.indexOf(node);
    return { type: node, place: tableCell >= 0 ? { tableCell } : rangeOf(node) };
  };
  const { kernel, attrs, inputs, outputs } = step;
  const program = kernel.wgsl({ inputTypes: inputs, outputTypes: outputs, attrs, ...choices });
  const most = device.limits.maxStorageBufferBindingSize;
  const source = assembleShader(program, inputs.map(operand), outputs.map(operand), most);
  const parts = known.get(source.code) ?? beginPipeline(device, step, source, table);
  known.set(source.code, parts);
  // What members are depends on the workgroups that they came to share.
  const names = shaderNames(step, { ...choices, mostThreads: program.threads ?? WORKGROUP_SIZE });
  const { workgroups } = program;
  return { name: kernel.name, source, ...parts, workgroups, detail: { variant: names.join(" + "), workgroups } };
}

function bindLaunch(
  device: GPUDevice,
  { name, source, layout, workgroups, detail }: BegunLaunch,
  pipeline: GPUComputePipeline,
): BoundLaunch {
  const bindGroup = device.createBindGroup({
    label: name,
    layout,
    entries: source.bindings.map(({ buffer, offset, size }, binding) => ({
      binding,
      resource: { buffer, offset, size },
    })),
  });
  return { pipeline, bindGroup, usesTable: source.usesTable, ...foldWorkgroups(workgroups), detail };
}

/** The shaders of a step or of those it is made of, by the files they are in: `gemm_tiled`. */
function shaderNames({ kernel, attrs, inputs, outputs, members }: Launch, choices: KernelChoices): string[] {
  if (members) return [...new Set(members.flatMap((member) => shaderNames(member, choices)))];
  const { parts } = kernel.wgsl({ inputTypes: inputs, outputTypes: outputs, attrs, ...choices });
  return [parts.at(-1)?.file.replace(/\.wgsl.*$/, "") ?? ""];
}

function beginPipeline(
  device: GPUDevice,
  { kernel, label }: Launch,
  source: ShaderSource<GPUBuffer>,
  table: Table,
): PipelineParts {
  const name = label ? `${kernel.name} (${label})` : kernel.name;
  const layout = device.createBindGroupLayout({
    label: name,
    entries: source.bindings.map(({ access }, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: access === "read" ? "read-only-storage" : "storage" },
    })),
  });
  const whole = device.createPipelineLayout({ bindGroupLayouts: source.usesTable ? [layout, table.layout] : [layout] });
  const pipeline = makePipeline(device, name, whole, compileShader(device, name, source));
  // If another launch of the plan fails first, this promise is never awaited.
  pipeline.catch(() => {});
  return { layout, pipeline };
}

async function makePipeline(
  device: GPUDevice,
  label: string,
  layout: GPUPipelineLayout,
  compiled: Promise<GPUShaderModule>,
): Promise<GPUComputePipeline> {
  const module = await compiled;
  try {
    return await device.createComputePipelineAsync({ label, layout, compute: { module, entryPoint: "main" } });
  } catch (error) {
    throw new KernelError(`Kernel ${label}: expected a valid pipeline, got ${String(error)}`, { cause: error });
  }
}

/** Makes something within error scopes, which hear of no call but those of `make`: they are open for as long as it takes, and
 *  nothing else runs meanwhile. So several plans can be made at once.
 *  @returns `closed` rejects with a BackendError or KernelError when something was wrong */
function scoped<T>(device: GPUDevice, make: () => T): { readonly made: T; readonly closed: Promise<void> } {
  device.pushErrorScope("out-of-memory");
  device.pushErrorScope("validation");
  const close = (): Promise<void> => {
    const closed = refuseErrors(device.popErrorScope(), device.popErrorScope());
    // The caller may not await this promise yet when it rejects.
    closed.catch(() => {});
    return closed;
  };
  let made: T;
  try {
    made = make();
  } catch (error) {
    void close();
    throw error;
  }
  return { made, closed: close() };
}

async function refuseErrors(...popped: readonly Promise<GPUError | null>[]): Promise<void> {
  const [validation, memory] = await Promise.all(popped);
  if (memory) {
    throw new BackendError(say("memory.gpu", { reason: memory.message }));
  }
  if (validation) throw new KernelError(`WebGPU: expected a valid plan, got "${validation.message}". ${REPORT_BUG}`);
}
