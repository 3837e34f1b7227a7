/** What a kernel is given and what it gives back, for each kind of backend. Types only: no device, no memory. */
import type { Attrs, Each, Operands, TensorType } from "./type";

/** The arrays the CPU computes on. f32 tensors are `Float64Array`s when the backend runs in float64. */
export type NumericArray = Float32Array | Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** Everything a CPU kernel may touch. Arrays stay the same for the life of the plan. */
export interface CpuArgs<A extends Attrs = Attrs, In extends Operands = Operands, Out extends Operands = Operands> {
  readonly inputs: Each<In, NumericArray>;
  readonly outputs: Each<Out, NumericArray>;
  readonly inputTypes: Each<In, TensorType>;
  readonly outputTypes: Each<Out, TensorType>;
  readonly attrs: A;
  /** Working memory in the backend's precision, made once when the kernel is bound. */
  readonly scratch: (length: number) => Float32Array | Float64Array;
}

/** A bound kernel: runs once per call, reading its inputs and overwriting its outputs entirely. */
export type CpuKernel = () => void;

/** What a WGSL kernel is generated from. */
export interface WgslArgs<A extends Attrs = Attrs, In extends Operands = Operands, Out extends Operands = Operands> {
  readonly inputTypes: Each<In, TensorType>;
  readonly outputTypes: Each<Out, TensorType>;
  readonly attrs: A;
  readonly gemm: ChooseGemm;
  /** On software adapters a barrier anywhere in a launch slows all of it, several times over. */
  readonly dearBarriers?: boolean;
  /** How many threads share a row, for kernels that walk rows; what suits their length when left out. A power of two. */
  readonly lanes?: number;
  /** Threads that a workgroup may have at most; 256, WebGPU's own limit, unless given. */
  readonly mostThreads?: number;
}

/** The variants of the matrix product on a GPU; the files `src/shaders/gemm_*.wgsl` say what each is good for. */
export type GemmVariant =
  | "tiled"
  | "tiled64"
  | "tiled128"
  | "registers"
  | "quads16x4"
  | "quads16x8"
  | "quads32x8"
  | "quads32x16"
  | "reduce"
  | "reduceQuads";

/** How to compute a product. */
export type ChooseGemm = (product: Gemm) => GemmVariant;

/** A piece of shader text with the name that compile errors should show for it. */
export interface ShaderPart {
  readonly file: string;
  readonly text: string;
  /** Functions that depend on nothing else: kernels combined into one have them once. */
  readonly shared?: boolean;
}

/** An operand as the shader sees it, whatever memory it lies in: an input is `fn NAME(i: u32)`, which reads element i
 *  (f32, or u32 for u32 and u8), an output `fn set_NAME(i: u32, value)`. Elements are in row-major order. */
export interface Binding {
  readonly name: string;
  /** What elements are read or written as. Defaults to the tensor's own type; `"u32"` moves a float's bits. */
  readonly element?: "f32" | "u32";
  /** For f32 inputs of a multiple of four elements: defines `fn NAME_four(i: u32) -> vec4<f32>` too, elements i to
   *  i + 3, with i a multiple of 4. One load where the memory allows it. */
  readonly vector?: boolean;
  /** For inputs that are read sample by sample: the elements of a sample. Defines `fn NAME_start(n: u32) -> u32`, where
   *  sample n starts; its element j must be read as `NAME(NAME_start(n) + j)`. */
  readonly sample?: number;
}

/** The part of a shader that computes one element of its only output: its parts define `fn element(i: u32)`. */
export type WgslElement = Pick<WgslProgram, "inputs" | "constants" | "parts">;

/** A shader as data: text parts in order, constants baked in as text, and the size of its launch. */
export interface WgslProgram {
  /** Bindings for the inputs, then the outputs, in the kernel's order. */
  readonly inputs: readonly Binding[];
  readonly outputs: readonly Binding[];
  /** Emitted as `const NAME: u32 = value;` or, when not a whole-number type, as given text. */
  readonly constants: Readonly<Record<string, number | string>>;
  /** Definitions of functions, among them `fn run(workgroup: u32, lane: u32)`, which all threads of a workgroup call. */
  readonly parts: readonly ShaderPart[];
  /** Workgroups in all. `run` may be called for a few more. */
  readonly workgroups: number;
  /** Threads per workgroup, 64 unless given. */
  readonly threads?: number;
  /** Extensions of WGSL that the text uses. The device must have them. */
  readonly enables?: readonly string[];
  /** How many threads share a row, of kernels that walk rows. */
  readonly lanes?: number;
}

/** How one element-wise operation computes one element, for each backend; `program.ts` runs these alone or fused. */
export interface PointwiseRule {
  readonly name: string;
  readonly arity: 0 | 1 | 2;
  /** The value in the backend's precision. */
  readonly js: (a: number, b: number, attrs: Attrs) => number;
  /** An f32 expression from operand expressions. It may call functions of `lib/math.wgsl`. */
  readonly wgsl: (a: string, b: string, attrs: Attrs) => string;
  /** The right operand that changes nothing. */
  readonly neutral?: number;
  /** Operands may change places. */
  readonly commutes?: true;
  /** Small results are no more exact than those around 1: WGSL promises no more, or they are what is left of larger numbers. */
  readonly isAbsolute?: true;
}

/** One operation on values, which are numbered: the inputs first, then the results of the instructions in order. */
export interface Instruction {
  readonly rule: PointwiseRule;
  readonly attrs: Attrs;
  readonly args: readonly number[];
}

/** An element-wise program, evaluated for every element of the output. Inputs are broadcast to the shape of the
 *  outputs, which all have one shape. */
export interface Program {
  readonly inputCount: number;
  readonly instructions: readonly Instruction[];
  /** The numbers of the values written out. */
  readonly outputs: readonly number[];
}

/** The sizes of a matrix product: `[batch, m, k] · [batch, k, n] -> [batch, m, n]`. */
export interface GemmSize {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** A product as a variant is chosen for it. One whose K is split counts as so many products of a part. */
export interface Gemm extends GemmSize {
  /** Different for products of different speed, the same however K is split: names the sizes of the whole product, and how
   *  the operands are read. */
  readonly key: string;
  /** How many parts K is split into. */
  readonly parts: number;
}

/** A matrix inside a flat array: element (i, j) of batch b is at `batches[b] + rows[i] + columns[j]`. */
export interface MatrixView {
  readonly batches: Uint32Array;
  readonly rows: Uint32Array;
  readonly columns: Uint32Array;
}

/** A rearrangement of a source into an array of zeros, such as an image into its padded form: runs of `runLength`
 *  elements, run i from `from[i]` to `to[i]`. */
export interface Arrangement {
  readonly length: number;
  readonly runLength: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

/** An array filled row by row from another: element i of row r is element `starts[r] + (i - first) stride` of the source
 *  where `first <= i < last`, and `fill` otherwise; rows that start at -1 are all `fill`. */
export interface RowCopies {
  readonly starts: Int32Array;
  readonly length: number;
  readonly stride: number;
  readonly first: number;
  readonly last: number;
  readonly fill: number;
}

/** A product that is added up rather than stored: element (i, j) goes to `rows[i] + columns[j]` of an array of zeros. */
export interface GemmSum {
  readonly size: GemmSize;
  readonly rows: Uint32Array;
  readonly columns: Uint32Array;
  /** Elements of the array. */
  readonly length: number;
  /** So many equal parts of the rows add to so many equal parts of the array, and never to another's. */
  readonly parts: number;
  /** From that array to the result, where they differ. */
  readonly arrange?: Arrangement;
}

/** How a processor reads the operands of a product, and where its results go. */
export interface GemmOperands {
  /** Of the array that `arrangeA` makes, where there is one. */
  readonly a: MatrixView;
  readonly b: MatrixView;
  readonly arrangeA?: Arrangement;
  /** Left out where results are stored row by row. */
  readonly sum?: GemmSum;
}

/** What one launch costs: arithmetic operations, and bytes moved if every value is moved once. */
export interface KernelCost {
  readonly flops: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** What a kernel computes, where it is one of the forms that a backend may have its own way of doing. */
export type KernelForm =
  | {
      readonly kind: "gemm";
      readonly size: GemmSize;
      readonly epilogue: Program | undefined;
      readonly parts: number;
      /** Made when asked for, since the tables are long. Undefined where views do not describe it: where the product has
       *  sums of columns beside its results, or an operand that is computed where it is read. */
      readonly operands: (() => GemmOperands) | undefined;
    }
  | { readonly kind: "program"; readonly program: Program }
  /** Made when asked for, since the table is long. */
  | { readonly kind: "copy"; readonly rows: () => RowCopies }
  | { readonly kind: "reduction"; readonly combine: "sum" | "max"; readonly axes: readonly number[] };
