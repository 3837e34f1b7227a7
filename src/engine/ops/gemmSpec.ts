/** A matrix product as its op describes it: sizes, and how operands are read on either kind of backend. Types only. */
import type { CpuKernel, GemmOperands, GemmSize, NumericArray, ShaderPart } from "../graph/kernel";
import type { Each } from "../graph/type";

/** The operands of a product: A and B, then those that a computed operand reads, then those of an epilogue. */
export type GemmInputs = ["a", "b", ...string[]];

/** What a product makes: its results, and the sums of columns where it has them. */
export type GemmOutputs = ["c", ...string[]];

/** One product, for particular shapes. Made when a kernel is bound, so tables are built once per plan. */
export interface GemmSpec {
  readonly size: GemmSize;
  /** That of the product that a processor adds up instead, where it does. */
  readonly sumSize?: GemmSize;
  /** Makes tables as long as the sides of the product. */
  readonly cpu: () => GemmOperands;
  readonly computed?: ComputedOperand;
  readonly wgsl: GemmShader;
}

/** An operand that is no tensor, but computed where it is read: on the GPU by the loaders, on the CPU beforehand. */
interface ComputedOperand {
  readonly operand: 0 | 1;
  /** What the shader calls the inputs that it takes besides the one in the operand's place; they follow input 1. */
  readonly names: readonly string[];
  /** Elements of the tensor that it stands for, which `cpu` describes. */
  readonly length: number;
  /** Binds what fills in that tensor. */
  readonly bind: (inputs: Each<GemmInputs, NumericArray>, into: NumericArray) => CpuKernel;
}

/** How a shader reads the operands, from the buffers `a` and `b` and those that a computed operand takes besides. */
export interface GemmShader {
  /** Parts that define six functions, called with indices inside the matrices only. `a_row(batch, row)` finds a row of A and
   *  `a_step(k)` a place along K, each once for many elements; `load_a(row, step)` reads the element where they cross.
   *  `b_column(batch, column)`, `b_step(k)` and `load_b(column, step)` do the same for columns of B. */
  readonly loaders: readonly ShaderPart[];
  /** What these parts use. */
  readonly constants: Readonly<Record<string, number | string>>;
  /** Elements of a sample of A, where its lines are found by `a_start`. */
  readonly sample?: number;
  /** Where A lies in fours: the loader defines `load_a_four(row, step)` by `a_four`. */
  readonly foursOfA?: Fours;
  /** Where B lies in fours: the loader defines `load_b_four(column, step)` by `b_four`. */
  readonly foursOfB?: Fours;
}

/** An operand lies in fours if four neighbouring elements of it, the first at a multiple of 4, are four neighbouring
 *  elements of its tensor, the first at a multiple of 4: neighbouring k of a line, or lines (rows of A, columns of B) at
 *  one k. There are whole fours only. */
interface Fours {
  readonly along: Along;
  /** Defines a function that reads one, given where its first element is. */
  readonly loader: ShaderPart;
}

/** What the elements of a four are neighbours along. */
export type Along = "k" | "lines";
