/** The graph: immutable nodes, each one op applied to inputs, with its shape known at construction.
 *  It holds no data and knows no op by name. */
import { checkShape } from "../shape";
import type {
  CpuArgs,
  CpuKernel,
  KernelCost,
  KernelForm,
  PointwiseRule,
  Program,
  WgslArgs,
  WgslElement,
  WgslProgram,
} from "./kernel";
import type { Attrs, Each, Operands, TensorType } from "./type";

/** What a backend needs to run something: an implementation for each. Ops are kernels, and so are fused groups.
 *
 *  A record knows its attributes and operands: `Kernel<ItsAttrs, ["logits", "labels"], ["loss"]>`. Compiler and backends know
 *  neither, and take every record for a plain `Kernel`. TypeScript allows that because these are methods, whose parameters it
 *  does not check strictly, so the rest is up to callers: an op gets what a node of its own has, as `apply` checked
 *  it, and a fused kernel what the pass that made it put into its launch. */
export interface Kernel<A extends Attrs = Attrs, In extends Operands = Operands, Out extends Operands = Operands> {
  readonly name: string;
  /** Binds the kernel to arrays once; the returned function runs it any number of times without allocating. */
  cpu(args: CpuArgs<A, In, Out>): CpuKernel;
  /** The shader for exactly these shapes. */
  wgsl(args: WgslArgs<A, In, Out>): WgslProgram;
  /** For kernels whose only output can be computed element by element from little: WGSL for one element, by which
   *  readers may compute what they read instead of loading it. Not to be called when there are several outputs. */
  element?(args: WgslArgs<A, In, Out>): WgslElement;
  /** For kernels whose output is rows of something: WGSL `start(n)`, where row n starts in it, and `value(i)`, its
   *  element i. Readers that walk along rows need not find the row anew for each element, as `element` would. */
  rows?(args: WgslArgs<A, In, Out>): WgslElement;
  /** Reads the elements of its inputs many times over, so that they had better be in memory. */
  readonly rereads?: true;
  /** Reads each element of its inputs about once, so that what is quickly computed need not be stored for it. */
  readonly readsOnce?: true;
  /** Whether each element of the output is one of an input that is smaller, or none: so it is quickly computed again. */
  isSpread?(inputTypes: Each<In, TensorType>, attrs: A): boolean;
  /** Present on kernels that read each element of input 0 in one thread only: the kernel whose last output is that input, which may
   *  then be computed where it is read and still be there for others. */
  storingInput?(): Kernel<A, In>;
  /** Present on kernels that walk rows: a workgroup makes whole rows of all outputs, 64 over its program's `lanes` of them one after
   *  the other. */
  walksRows?(inputTypes: Each<In, TensorType>, attrs: A): RowWalk;
  /** What it computes, for backends that have a way of their own to do that. */
  form?(inputTypes: Each<In, TensorType>, attrs: A): KernelForm;
  /** What a launch costs, where that does not follow from `form` or, failing that, from one operation for each element
   *  written and all of its tensors being moved. */
  cost?(inputTypes: Each<In, TensorType>, outputTypes: Each<Out, TensorType>, attrs: A): Partial<KernelCost>;
  /** `"elementwise"`: output element i depends on input elements i only, so an output may share an input's memory.
   *  A number: the output always takes over the memory of that input, which keeps what the kernel does not write. */
  readonly inPlace?: "elementwise" | number;
}

/** The rows that a kernel walks. */
export interface RowWalk {
  /** How many there are. */
  readonly rows: number;
  /** For each input, whether only the same row of it is read to make a row. */
  readonly inRows: readonly boolean[];
}

/** Where the values of an op without a kernel live. */
export type Storage =
  | "leaf" // bound by the caller: inputs, state, step scalars
  | "view" // the same bytes as input 0, seen with another shape or from `attrs.offset`
  | "pack"; // memory of its own, in which each input occupies the range from `attrs.offsets[i]`

/** A vector-Jacobian product: from `dy` (shaped like `node`) to one gradient per input, `null` where there is none.
 *  (Taken from a method so that an op that knows its operands is an `Op`, as kernels are.) */
export type Gradient<A extends Attrs = Attrs, In extends Operands = Operands> = {
  rule(node: Node<A, In>, dy: Node): Each<In, Node | null>;
}["rule"];

/** One record per op: shape rule, gradient rule, and a kernel for each backend. */
export interface Op<A extends Attrs = Attrs, In extends Operands = Operands> extends Kernel<A, In, ["result"]> {
  /** The result's type. @throws ShapeError or ArgumentError when the inputs or attributes do not fit. */
  type(inputs: Each<In, TensorType>, attrs: A): TensorType;
  /** `"none"` is for ops that are constant almost everywhere, have integer results, or exist for a gradient only. */
  readonly gradient: "none" | Gradient<A, In>;
  readonly storage?: Storage;
  /** Present on views that exist for their gradient rule: the compiler puts input 0 in their place. */
  readonly isTransparent?: true;
  /** Present on element-wise ops, which the compiler may fuse. */
  readonly pointwise?: PointwiseRule;
  /** Present on ops whose kernel can finish each result with an element-wise program: value 0 is the result, values
   *  1 and on are further inputs after the op's own, broadcast to the output. The program has one output. */
  withEpilogue?(program: Program): Kernel<A>;
  /** Present on ops that can share a pass with another of the same attributes, whose inputs are the first of theirs: its name,
   *  and the kernel that takes this op's inputs and gives the other's result, then this one's. */
  readonly sharesPass?: { readonly with: string; readonly kernel: Kernel<A> };
  /** Present on matrix products: the kernel whose second output is the sums of the columns of its operand B, `[n]`. */
  withColumnSums?(): Kernel<A> & Pick<Op<A>, "splitK">;
  /** Present on ops that sum over a long axis: the kernel of `parts` sums over a part of it each, `[parts, ...shape]` for
   *  every output, for reduction afterwards. Some parts may be empty, and are zero. */
  splitK?(parts: number): Kernel<A>;
}

/** One value in the graph. */
export interface Node<A extends Attrs = Attrs, In extends Operands = Operands> extends TensorType {
  readonly id: number;
  readonly op: Op<A, In>;
  readonly inputs: Each<In, Node>;
  readonly attrs: A;
  /** The layer this node was built for, after `grad` on the way back, for profiles and error messages; empty outside layers. */
  readonly label: string;
}

let nextId = 0;
let currentLabel = "";

/** Applies an op. The only way to make a node. @throws whatever the op's shape rule throws. */
export function apply<A extends Attrs, In extends Operands>(op: Op<A, In>, inputs: Each<In, Node>, attrs: A): Node {
  const { shape, dtype } = op.type(inputs, attrs);
  checkShape(op.name, shape);
  const node: Node<A, In> = { id: nextId++, op, inputs, attrs, shape, dtype, label: currentLabel };
  return node as Node;
}

/** Labels every node made while `build` runs, for instance with the layer's name. */
export function labelled<T>(label: string, build: () => T): T {
  const outer = currentLabel;
  currentLabel = label;
  try {
    return build();
  } finally {
    currentLabel = outer;
  }
}

/** What labels of the way back begin with. A word, since not every machine has a glyph for nabla. */
const BACK = "grad ";

/** `grad dense`: the label of what is computed for the layer `dense` on the way back. */
export const goingBack = (label: string): string =>
  label === "" || label.startsWith(BACK) ? label : `${BACK}${label}`;

/** The layer of a label, whichever way it goes. */
export const layerOf = (label: string): string => (label.startsWith(BACK) ? label.slice(BACK.length) : label);
