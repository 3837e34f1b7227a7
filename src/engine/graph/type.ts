/** What is known of a value before it is computed, and of an op beside its inputs. Types only. */
import type { Shape } from "../shape";

/** `f32` is computed with; `u32` holds indices and labels; `u8` is storage for datasets, read only by gathers. */
export type DType = "f32" | "u32" | "u8";

/** What is known of a tensor before it has values. */
export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Of indices that name something: how many names there are, which each index is less than. Told of columns only. */
  readonly below?: number;
}

/** The names of operands, in their order: `["x", "kernel"]`, or `["x", ...string[]]` where others may follow. In a record's type
 *  they say how many there are. */
export type Operands = readonly string[];

/** A T for each of the operands: their types, their arrays, or the nodes they are. */
export type Each<Names extends Operands, T> = { readonly [K in keyof Names]: T };

/** Plain data that parameterises an op (strides, axes, a constant). JSON, so that equal attributes compare equal. */
export type Attrs = { readonly [key: string]: unknown };
