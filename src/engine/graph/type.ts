/** What is known of a value before it is computed, and of an op beside its inputs. */
import type { Shape } from "../shape";

/** The arrays that hold values. `f32` is computed with; `u32` holds indices and labels; `u16` and `u8` are storage for datasets,
 *  read only by gathers. */
export const arrayTypes = { f32: Float32Array, u32: Uint32Array, u16: Uint16Array, u8: Uint8Array } as const;

export type DType = keyof typeof arrayTypes;

/** Bytes of an element. */
export const elementBytes = (dtype: DType): number => arrayTypes[dtype].BYTES_PER_ELEMENT;

/** The type of what an array holds. */
export function dtypeOf(values: ArrayBufferView): DType {
  const [found] = Object.entries(arrayTypes).find(([, type]) => values instanceof type) ?? ["f32"];
  return found as DType;
}

/** Whether several elements share a word, so that only gathers can read them. */
export const isPacked = (dtype: DType): boolean => elementBytes(dtype) < 4;

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
