/** The interface between plans and machines: what every backend can do. */
import type { LaunchDetail } from "../compile/explain";
import type { Merging, Plan } from "../compile/plan";
import { ArgumentError } from "../errors";
import type { ChooseGemm, GemmSize, GemmVariant } from "../graph/kernel";
import type { Node } from "../graph/node";
import type { TensorType } from "../graph/type";
import { leafName } from "../ops/leaf";
import { showShape } from "../shape";
import type { Shortage } from "./memory";

/** What tensors hold, on the host's side. f32 tensors of a float64 backend are Float64Arrays. */
export type TensorData = Float32Array | Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** Memory of a backend that outlives plans: parameters, datasets, metrics. */
export interface Tensor extends TensorType {
  /** Overwrites elements from `offset` on. Ordered with runs: what was submitted before sees the old values.
   *  @throws ArgumentError when the data do not fit. */
  write(data: TensorData, offset?: number): void;
  /** The values once everything submitted so far is done. Does not hold up what is submitted later. */
  read(): Promise<TensorData>;
  dispose(): void;
}

/** The scalars of one step, by leaf name. */
export type StepRow = Readonly<Record<string, number>>;

/** A plan made ready to run. */
export interface Executable {
  /** Runs the plan once for each row, in order, in one submission. Returns at once on backends that run elsewhere.
   *  At most {@link MAX_ROWS} rows. */
  run(rows: readonly StepRow[]): void;
  /** The values of one of the plan's outputs, as {@link Tensor.read}. */
  read(output: Node): Promise<TensorData>;
  /** Times every step of the plan by itself, one after another, each on what those before it have made. State holds
   *  afterwards, to the bit, what it held before, and who reads it meanwhile never sees another value.
   *  Nothing else should run meanwhile, or it is timed too.
   *  @param row as for one run  @param onStep awaited after each step; when it rejects, so does this, and no more is run */
  profile(row: StepRow, onStep: (index: number) => Promise<void>): Promise<Profile>;
  /** How each step of the plan is run, in order. */
  readonly launches: readonly LaunchDetail[];
  /** Kernel launches per row. */
  readonly launchesPerRow: number;
  /** Bytes of working memory, tensors bound to leaves not counted. */
  readonly memoryBytes: number;
  dispose(): void;
}

/** What each step of a plan takes. */
export interface Profile {
  /** The device's own clock, or the host's, which also sees the way to the device and back, shared by many repeats. */
  readonly clock: "device" | "host";
  /** Milliseconds of each step, in the plan's order. */
  readonly stepMs: readonly number[];
}

/** The most steps that one submission may hold. */
export const MAX_ROWS = 256;

/** A variant of the kernel of matrix products. */
export interface GemmChoice {
  readonly variant: GemmVariant;
  /** How many parts K is split into, where it may be split. */
  readonly parts: number;
}

/** The variants in which a backend can compute a matrix product. */
export interface GemmVariants {
  /** The variants worth trying, the likeliest first: that one is taken unless another is preferred. */
  candidates(size: GemmSize): readonly GemmVariant[];
  /** Into how many parts a product is worth splitting where its reader adds them up, unless another number is preferred. */
  packedParts(size: GemmSize): number;
  /** Whether all that is packed had better be made before it is read: programs that stand in for a card compute for every element of
   *  a pack what its reader computes for any. */
  readonly storesPacked: boolean;
  /** By estimate, how long the likeliest variant takes for a product, in a unit of the backend's own. */
  costOf(size: GemmSize): number;
  /** How many variants may be made ready while another is timed: 0 where they would take from it what is timed. */
  readonly ahead: number;
  /** What to take instead, by the key of the product, in plans that are compiled and prepared from now on. What is no
   *  candidate for a product is not taken. */
  readonly preferred: Map<string, GemmChoice>;
  /** As {@link Backend.prepare}, with every product of the plan computed as chosen, whatever is preferred. */
  prepareWith(choose: ChooseGemm, plan: Plan, leaves: ReadonlyMap<Node, Tensor>): Promise<Executable>;
}

/** What is preferred for a product, where it is a candidate; the likeliest variant otherwise. */
export function choiceOf({ candidates, preferred }: Pick<GemmVariants, "candidates" | "preferred">): ChooseGemm {
  return (product) => {
    const variants = candidates(product);
    const preferredVariant = preferred.get(product.key)?.variant;
    return variants.find((variant) => variant === preferredVariant) ?? variants[0] ?? "tiled";
  };
}

/** A machine to run plans on. */
export interface Backend {
  readonly kind: "cpu" | "webgpu";
  /** The hardware, in words. */
  readonly adapter: string;
  /** Whether `run` returns before the work is done, so that callers must pace themselves with `idle`. */
  readonly asynchronous: boolean;
  /** How launches are merged, where that saves something. */
  readonly merging?: Merging;
  /** The buffers that a launch may bind, where there is a limit to them. */
  readonly bindings?: number;
  createTensor(type: TensorType, data?: TensorData): Tensor;
  /** Why `prepare` would find no room for the plan and its leaves; undefined where it would. Allocates nothing.
   *  @param heldBytes what the caller holds beside them */
  shortage(plan: Plan, heldBytes?: number): Shortage | undefined;
  /** Compiles the plan's kernels and binds its leaves.
   *  @throws KernelError when a shader does not compile
   *  @throws BackendError when memory or limits do not suffice, with nothing left allocated
   *  @throws ArgumentError for a leaf without a tensor, or with one that does not fit */
  prepare(plan: Plan, leaves: ReadonlyMap<Node, Tensor>): Promise<Executable>;
  /** Where there is a choice of variants for products. */
  readonly gemm?: GemmVariants;
  /** Resolves when everything submitted so far is done. */
  idle(): Promise<void>;
  /** Resolves with the reason if the device is lost; never otherwise. */
  readonly lost: Promise<string>;
  dispose(): void;
}

/** Refuses to prepare a plan that reads a leaf without a tensor. @throws ArgumentError */
export function refuseUnbound(leaf: Node): never {
  throw new ArgumentError(
    `prepare: expected a tensor for "${leafName(leaf)}", ${leaf.dtype} ${showShape(leaf.shape)}, got none. ` +
      `Make one with createTensor and bind it.`,
  );
}
