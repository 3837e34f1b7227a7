/** The kernel of all reductions over axes: a workgroup's tree for long ones, side by side where results are neighbours in memory;
 *  one thread's loop for short ones. */
import acrossText from "../../shaders/reduce_across.wgsl?raw";
import longText from "../../shaders/reduce_long.wgsl?raw";
import shortText from "../../shaders/reduce_short.wgsl?raw";
import type { CpuArgs, CpuKernel, WgslArgs, WgslProgram } from "../graph/kernel";
import type { Kernel } from "../graph/node";
import type { Attrs } from "../graph/type";
import type { Shape } from "../shape";
import { sizeOf, stridesOf } from "../shape";
import { offsetTable } from "./program";
import { f32Literal, nanPart, part, stridedIndex, workgroupsFor } from "./wgsl";

/** An associative, commutative way to combine two numbers, with its neutral element. */
export interface Combine {
  readonly identity: number;
  readonly js: (a: number, b: number) => number;
  /** An expression in `a` and `b`. */
  readonly wgsl: string;
}

/** From this many elements on, the threads of a workgroup share one reduction, */
const LONG = 32;
/** unless there are so many results that threads have one each to do, and not too much to do for it. */
const MANY = 32;
const MAX_ALONE = 128;
/** Neighbours that a workgroup reduces side by side: a cache line of them. */
const NEIGHBOURS = 16;
/** So much is done alone, however few the results, where sharing costs more. */
const MAX_WITHOUT_BARRIERS = 4096;

/** A kernel that combines all elements of input 0 along `attrs.axes` (sorted, distinct). */
export function reductionKernel<A extends Attrs & { readonly axes: readonly number[] }>(
  name: "sum" | "max",
  combine: Combine,
): Kernel<A, ["x"], ["result"]> {
  return {
    name,
    cpu: (args) => bindReduction(combine, args),
    wgsl: (args) => reductionShader(combine, args),
    form: (_, { axes }) => ({ kind: "reduction", combine: name, axes }),
  };
}

/** Splits a shape into what is kept and what is reduced, with the strides of each in the input. */
export function splitAxes(
  shape: Shape,
  axes: readonly number[],
): Record<"kept" | "reduced", { shape: number[]; strides: number[] }> {
  const strides = stridesOf(shape);
  const pick = (wanted: boolean): { shape: number[]; strides: number[] } => {
    const isPicked = (_: number, axis: number): boolean => axes.includes(axis) === wanted;
    return { shape: shape.filter(isPicked), strides: strides.filter(isPicked) };
  };
  return { kept: pick(false), reduced: pick(true) };
}

function bindReduction<A extends Attrs & { readonly axes: readonly number[] }>(
  { identity, js }: Combine,
  { inputs: [x], outputs: [out], inputTypes: [{ shape }], attrs }: CpuArgs<A, ["x"], ["result"]>,
): CpuKernel {
  const { kept, reduced } = splitAxes(shape, attrs.axes);
  const bases = offsetTable(kept.shape, kept.strides);
  const steps = offsetTable(reduced.shape, reduced.strides);
  const totals = new Float64Array(bases.length);
  // Whichever walks memory in smaller strides is the inner loop.
  const rowsOutside = (reduced.strides.at(-1) ?? 0) > (kept.strides.at(-1) ?? 0);
  return () => {
    totals.fill(identity);
    if (rowsOutside) {
      for (let r = 0; r < steps.length; r++) {
        const step = steps[r]!;
        for (let o = 0; o < bases.length; o++) totals[o] = js(totals[o]!, x[bases[o]! + step]!);
      }
    } else {
      for (let o = 0; o < bases.length; o++) {
        const base = bases[o]!;
        let total = identity;
        for (let r = 0; r < steps.length; r++) total = js(total, x[base + steps[r]!]!);
        totals[o] = total;
      }
    }
    out.set(totals);
  };
}

function reductionShader<A extends Attrs & { readonly axes: readonly number[] }>(
  { identity, wgsl }: Combine,
  { inputTypes, outputTypes, attrs, dearBarriers = false }: WgslArgs<A, ["x"], ["result"]>,
): WgslProgram {
  const { kept, reduced } = splitAxes(inputTypes[0].shape, attrs.axes);
  const size = sizeOf(outputTypes[0].shape);
  const length = sizeOf(reduced.shape);
  // Neighbouring threads then read neighbouring elements.
  const isAcross = (kept.strides.at(-1) ?? 0) < (reduced.strides.at(-1) ?? 0);
  const isAlone = (isAcross && size >= MANY && length <= MAX_ALONE) || (dearBarriers && length <= MAX_WITHOUT_BARRIERS);
  const long = length >= LONG && !isAlone;
  const columns = long && isAcross ? 2 ** Math.floor(Math.log2(Math.min(NEIGHBOURS, size))) : 1;
  const slots =
    `fn base_of(o: u32) -> u32 { return ${stridedIndex("o", kept.shape, kept.strides)}; }\n` +
    `fn step_of(r: u32) -> u32 { return ${stridedIndex("r", reduced.shape, reduced.strides)}; }\n` +
    `fn combine(a: f32, b: f32) -> f32 { return ${wgsl}; }\n`;
  return {
    inputs: [{ name: "x" }],
    outputs: [{ name: "out" }],
    constants: {
      SIZE: size,
      LENGTH: length,
      IDENTITY: f32Literal(identity),
      ...(columns > 1 && { COLUMNS: columns }),
    },
    parts: [
      nanPart,
      part("(generated reduction)", slots),
      columns > 1
        ? part("reduce_across.wgsl", acrossText)
        : long
          ? part("reduce_long.wgsl", longText)
          : part("reduce_short.wgsl", shortText),
    ],
    workgroups: long ? Math.ceil(size / columns) : workgroupsFor(size),
  };
}
