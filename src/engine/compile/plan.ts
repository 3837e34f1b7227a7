/** The plan: what a backend is given to run. Data only; every decision has been taken by the passes before. */
import { REPORT_BUG } from "../errors";
import type { GemmSize } from "../graph/kernel";
import type { Kernel, Node } from "../graph/node";
import type { Attrs } from "../graph/type";

/** WebGPU's default limit on storage buffers that a launch may bind, for which everything is planned but what says otherwise. */
export const MAX_BINDINGS = 8;

/** What to compute: nodes to read afterwards, and state to replace. */
export interface Computation {
  readonly outputs: readonly Node[];
  /** Each state node takes the value of another node at the end of the run. */
  readonly updates?: readonly { readonly state: Node; readonly value: Node }[];
}

/** One kernel launch. */
export interface Launch {
  readonly kernel: Kernel;
  readonly attrs: Attrs;
  readonly inputs: readonly Node[];
  readonly outputs: readonly Node[];
  /** The layer it works for. */
  readonly label: string;
  /** The launches this one is merged from: its operands are theirs, end to end. */
  readonly members?: readonly Launch[];
  /** The launches whose work it does in one kernel, where it stands for several: what they make for each other only never
   *  gets to memory. */
  readonly fuses?: readonly Launch[];
}

/** What a launch makes, or makes first: every launch makes something. */
export function resultOf({ kernel, outputs }: Launch): Node {
  const [result] = outputs;
  if (!result) throw new Error(`${kernel.name}: expected a launch with an output, got none. ${REPORT_BUG}`);
  return result;
}

/** Where a value's elements are: in a tensor bound to a leaf, or in one of the plan's arenas. Offsets in elements. */
export type Placement =
  | { readonly kind: "leaf"; readonly leaf: Node; readonly offset: number }
  | { readonly kind: "arena"; readonly arena: number; readonly offset: number };

/** Launches in order, with a place for every value they touch. */
export interface Plan {
  readonly launches: readonly Launch[];
  /** Leaves that must be bound to tensors. */
  readonly leaves: readonly Node[];
  /** Leaves read from the table of step scalars. */
  readonly scalars: readonly Node[];
  readonly placements: ReadonlyMap<Node, Placement>;
  /** Sizes of the arenas in elements of four bytes. No launch reads and writes the same arena, because WebGPU tracks
   *  use by whole buffer. */
  readonly arenas: readonly number[];
  readonly outputs: readonly Node[];
}

/** Into how many parts to split the K of a product, by its key; by its size where undefined. */
export type ChooseParts = (key: string) => number | undefined;

/** How to compile. */
export interface CompileOptions {
  /** One kernel per op, nothing simplified: the debugger, and what the fused plan must equal. */
  readonly fuse: boolean;
  /** Also merge launches, as the backend has it. */
  readonly merging?: Merging | undefined;
  /** How the products that merging may split are split. */
  readonly parts?: ChooseParts | undefined;
  /** Into how many parts a product is worth splitting by its size, where its reader can add them up as the optimizer does. */
  readonly packedParts?: ((size: GemmSize) => number) | undefined;
  /** Whether what is packed is all made by launches of its own, although its reader could compute some of it. It is too where that
   *  reader would bind too many buffers. */
  readonly storesPacked?: boolean | undefined;
  /** How many buffers a launch may bind if that saves one, {@link MAX_BINDINGS} when left out. */
  readonly bindings?: number | undefined;
}

/** The passes that merge launches: for machines on which launches cost, which `merging.ts` has, and for others, in `mergeWalks.ts`. */
export interface Merging {
  /** Whether a launch may bind only so many buffers on these machines. */
  readonly limitsBuffers: boolean;
  /** In place of `simplify.ts` alone. */
  simplify(computation: Computation): Required<Computation>;
  /** The launches of a simplified computation, merged. */
  mergeLaunches(computation: Computation, launches: readonly Launch[], options: MergeOptions): Launch[];
}

/** How to merge launches. */
export type MergeOptions = Pick<CompileOptions, "parts" | "packedParts" | "storesPacked" | "bindings">;
