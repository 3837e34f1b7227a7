/** The CPU backend: runs plans with the ops' own TypeScript kernels, in float32 or, as the reference of all gradient
 *  checks, in float64. Its hook for faster kernels is `bindStep`. */
import type { LaunchDetail } from "../../compile/explain";
import type { Plan, Launch } from "../../compile/plan";
import { ArgumentError, BackendError, REPORT_BUG } from "../../errors";
import type { CpuKernel, NumericArray } from "../../graph/kernel";
import type { Node } from "../../graph/node";
import { arrayTypes, type TensorType } from "../../graph/type";
import { leafName } from "../../ops/leaf";
import { showShape, sizeOf } from "../../shape";
import type { Backend, Executable, Profile, StepRow, Tensor, TensorData } from "../backend";
import { refuseUnbound } from "../backend";
import type { MemoryLimits } from "../memory";
import { findShortage, refuseShortage } from "../memory";
import { pulse } from "../pulse";
import { longestMs } from "./longestMs";
import { profileOnHost } from "./profile";

/** The precision of f32 tensors and of all arithmetic between them. */
export type CpuPrecision = "float32" | "float64";

/** Arrays may be larger, but a tab that takes more is more likely to be killed than to finish. */
const LIMITS: MemoryLimits = { valueBytes: Infinity, blockBytes: Infinity, totalBytes: 2 ** 31 };

/** Makes a CPU backend. It needs nothing and never fails. */
export function createCpuBackend(precision: CpuPrecision = "float32"): Backend {
  const floatBytes = precision === "float32" ? 4 : 8;
  return {
    kind: "cpu",
    adapter: precision === "float32" ? "CPU (JavaScript)" : "CPU (JavaScript, float64)",
    asynchronous: false,
    createTensor: (type, data) => new CpuTensor(type, precision, data),
    shortage: (plan, heldBytes = 0) => findShortage(plan, LIMITS, heldBytes, { floatBytes }),
    prepare: async (plan, leaves) => {
      refuseShortage("CPU", findShortage(plan, LIMITS, 0, { floatBytes }));
      return new CpuExecutable(plan, leaves, precision);
    },
    idle: async () => {},
    lost: new Promise(() => {}),
    dispose: () => {},
  };
}

class CpuTensor implements Tensor {
  readonly shape: readonly number[];
  readonly dtype: TensorType["dtype"];
  readonly data: NumericArray;

  constructor({ shape, dtype }: TensorType, precision: CpuPrecision, data?: TensorData) {
    this.shape = shape;
    this.dtype = dtype;
    this.data = allocate(dtype, sizeOf(shape), precision);
    if (data) this.write(data);
  }

  write(data: TensorData, offset = 0): void {
    if (offset + data.length > this.data.length) {
      throw new ArgumentError(
        `write: expected at most ${this.data.length} elements for ${showShape(this.shape)}, ` +
          `got ${data.length} from ${offset} on.`,
      );
    }
    this.data.set(data, offset);
  }

  async read(): Promise<TensorData> {
    return this.data.slice();
  }

  dispose(): void {}
}

class CpuExecutable implements Executable {
  readonly launchesPerRow: number;
  readonly memoryBytes: number;
  readonly launches: readonly LaunchDetail[];
  readonly #plan: Plan;
  readonly #arrayOf: (node: Node) => NumericArray;
  readonly #kernels: readonly CpuKernel[];
  readonly #longestMs: readonly number[];
  readonly #scalars: readonly { readonly name: string; readonly cell: NumericArray }[];

  constructor(plan: Plan, leaves: ReadonlyMap<Node, Tensor>, precision: CpuPrecision) {
    this.#plan = plan;
    this.launches = plan.launches.map(() => ({ variant: "JavaScript" }));
    const elementBytes = precision === "float32" ? 4 : 8;
    const arenas = plan.arenas.map((size) => new ArrayBuffer(size * elementBytes));
    this.memoryBytes = arenas.reduce((total, { byteLength }) => total + byteLength, 0);
    const bound = new Map(plan.leaves.map((leaf) => [leaf, boundArray(leaf, leaves)]));
    const cells = new Map(plan.scalars.map((leaf) => [leaf, allocate(leaf.dtype, 1, precision)]));
    this.#scalars = [...cells].map(([leaf, cell]) => ({ name: leafName(leaf), cell }));

    const arrays = new Map<Node, NumericArray>();
    this.#arrayOf = (node) => {
      const known = arrays.get(node) ?? cells.get(node);
      if (known) return known;
      const place = plan.placements.get(node);
      if (!place) throw new BackendError(`cpu: expected a place for ${node.op.name}, got none. ${REPORT_BUG}`);
      const array =
        place.kind === "arena"
          ? view(node.dtype, arenas[place.arena]!, place.offset * elementBytes, sizeOf(node.shape), precision)
          : bound.get(place.leaf)!.subarray(place.offset, place.offset + sizeOf(node.shape));
      arrays.set(node, array);
      return array;
    };
    this.#kernels = plan.launches.map((step) => bindStep(step, this.#arrayOf, precision));
    this.#longestMs = plan.launches.map((launch) => longestMs(launch, "JavaScript"));
    this.launchesPerRow = this.#kernels.length;
  }

  run(rows: readonly StepRow[]): void {
    for (const row of rows) {
      this.#setScalars(row);
      for (const [i, kernel] of this.#kernels.entries()) {
        pulse(this.#longestMs[i]);
        kernel();
      }
      pulse();
    }
  }

  profile(row: StepRow, onStep: (index: number) => Promise<void>): Promise<Profile> {
    return profileOnHost(this.#plan, this.#arrayOf, onStep, (index, repeats) => {
      this.#setScalars(row);
      for (let i = 0; i < repeats; i++) {
        pulse(this.#longestMs[index]);
        this.#kernels[index]?.();
      }
    });
  }

  async read(output: Node): Promise<TensorData> {
    return this.#arrayOf(output).slice();
  }

  dispose(): void {}

  #setScalars(row: StepRow): void {
    for (const { name, cell } of this.#scalars) cell[0] = row[name] ?? 0;
  }
}

/** Binds one launch to its arrays. Faster implementations of a kernel are chosen here. */
function bindStep(
  { kernel, attrs, inputs, outputs }: Launch,
  arrayOf: (node: Node) => NumericArray,
  precision: CpuPrecision,
): CpuKernel {
  return kernel.cpu({
    inputs: inputs.map(arrayOf),
    outputs: outputs.map(arrayOf),
    inputTypes: inputs,
    outputTypes: outputs,
    attrs,
    scratch: (length) => (precision === "float32" ? new Float32Array(length) : new Float64Array(length)),
  });
}

function boundArray(leaf: Node, leaves: ReadonlyMap<Node, Tensor>): NumericArray {
  const tensor = leaves.get(leaf);
  if (!tensor) refuseUnbound(leaf);
  if (!(tensor instanceof CpuTensor) || tensor.dtype !== leaf.dtype || sizeOf(tensor.shape) !== sizeOf(leaf.shape)) {
    throw new ArgumentError(
      `prepare: expected a CPU tensor of ${leaf.dtype} ${showShape(leaf.shape)} for "${leafName(leaf)}", ` +
        `got ${tensor.dtype} ${showShape(tensor.shape)}. Make one with this backend's createTensor.`,
    );
  }
  return tensor.data;
}

function allocate(dtype: TensorType["dtype"], length: number, precision: CpuPrecision): NumericArray {
  return dtype === "f32" && precision === "float64" ? new Float64Array(length) : new arrayTypes[dtype](length);
}

function view(
  dtype: TensorType["dtype"],
  buffer: ArrayBuffer,
  byteOffset: number,
  length: number,
  precision: CpuPrecision,
): NumericArray {
  if (dtype === "u32") return new Uint32Array(buffer, byteOffset, length);
  return precision === "float32"
    ? new Float32Array(buffer, byteOffset, length)
    : new Float64Array(buffer, byteOffset, length);
}
