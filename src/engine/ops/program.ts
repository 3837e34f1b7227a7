/** Element-wise programs: a list of instructions evaluated for every element of the output. One op alone is a program
 *  of one instruction; a fused group is a longer one; the epilogue of a matrix product is one too. */
import pointwiseText from "../../shaders/pointwise.wgsl?raw";
import mathText from "../../shaders/lib/math.wgsl?raw";
import type {
  CpuArgs,
  CpuKernel,
  NumericArray,
  PointwiseRule,
  Program,
  WgslArgs,
  WgslElement,
  WgslProgram,
} from "../graph/kernel";
import type { Kernel } from "../graph/node";
import type { Attrs, TensorType } from "../graph/type";
import { broadcastStrides, sameShape, sizeOf, stridesOf } from "../shape";
import type { Shape } from "../shape";
import { libraryPart, mapKernel, nanPart, part, stridedIndex, workgroupsFor } from "./wgsl";

/** Functions that programs call. */
export const mathParts = [nanPart, libraryPart("lib/math.wgsl", mathText)] as const;

/** A kernel that evaluates the program its attributes give. */
export function programKernel<A extends Attrs>(name: string, programOf: (attrs: A) => Program): Kernel<A> {
  return {
    name,
    inPlace: "elementwise",
    cpu: (args) => bindProgram(programOf(args.attrs), args),
    wgsl: (args) => {
      const [type, ...others] = args.outputTypes;
      return type && others.length === 0
        ? mapKernel((of: WgslArgs<A>) => programElement(programOf(of.attrs), of)).wgsl({ ...args, outputTypes: [type] })
        : programShader(programOf(args.attrs), args);
    },
    element: (args) => programElement(programOf(args.attrs), args),
    form: (_, attrs) => ({ kind: "program", program: programOf(attrs) }),
  };
}

/** What a program computes, operation by operation; its constants are no work. */
export const operationNames = ({ instructions }: Program): string[] =>
  instructions.filter(({ rule }) => rule.arity > 0).map(({ rule }) => rule.name);

/** The part of a program that one of its outputs needs, with the numbers of the inputs that it reads. */
export function onlyOutputs(program: Program, outputs: readonly number[]): { program: Program; used: number[] } {
  const { inputCount, instructions } = program;
  const targets = outputs.map((output) => program.outputs[output]!);
  const needed = new Set(targets);
  for (let value = Math.max(...targets); value >= inputCount; value--) {
    if (needed.has(value)) for (const arg of instructions[value - inputCount]?.args ?? []) needed.add(arg);
  }
  const kept = [...needed].toSorted((a, b) => a - b);
  const numberOf = (value: number): number => kept.indexOf(value);
  const used = kept.filter((value) => value < inputCount);
  return {
    used,
    program: {
      inputCount: used.length,
      instructions: instructions
        .filter((_, i) => needed.has(inputCount + i))
        .map(({ rule, attrs, args }) => ({ rule, attrs, args: args.map(numberOf) })),
      outputs: targets.map(numberOf),
    },
  };
}

/** WGSL statements that compute a program for one element. `operands` are expressions for the inputs.
 *  @returns the statements and, for each output, the expression that holds it. */
export function emitProgram(program: Program, operands: readonly string[]): { body: string; results: string[] } {
  const names = [...operands];
  const lines = program.instructions.map(({ rule, attrs, args }, i) => {
    const [a = "", b = ""] = args.map((arg) => names[arg] ?? "");
    names.push(`t${i}`);
    return `  let t${i} = ${rule.wgsl(a, b, attrs)};\n`;
  });
  return { body: lines.join(""), results: program.outputs.map((value) => names[value] ?? "") };
}

/** WGSL for reading element `index` of `target` from the input `name`, whose shape broadcasts to it. */
export function loadExpression(name: string, type: TensorType, target: Shape, index: string): string {
  const at = sameShape(type.shape, target) ? index : stridedIndex(index, target, broadcastStrides(type.shape, target));
  return type.dtype === "f32" ? `${name}(${at})` : `f32(${name}(${at}))`;
}

/** Statements that load the operands of element i, and the statements and results of the program over them. */
function loadAndEmit<A extends Attrs>(program: Program, { inputTypes, outputTypes }: WgslArgs<A>) {
  const target = outputTypes[0]?.shape ?? [];
  const names = inputTypes.map((_, i) => `x${i}`);
  const loads = inputTypes.map((type, i) => `  let x${i} = ${loadExpression(`in${i}`, type, target, "i")};\n`);
  const { body, results } = emitProgram(program, names);
  return { inputs: inputTypes.map((_, i) => ({ name: `in${i}` })), text: loads.join("") + body, results };
}

function programElement<A extends Attrs>(program: Program, args: WgslArgs<A>): WgslElement {
  const { inputs, text, results } = loadAndEmit(program, args);
  const element = `fn element(i: u32) -> f32 {\n${text}  return ${results[0]};\n}\n`;
  return { inputs, constants: {}, parts: [...mathParts, part("(generated element)", element)] };
}

function programShader<A extends Attrs>(program: Program, args: WgslArgs<A>): WgslProgram {
  const size = sizeOf(args.outputTypes[0]?.shape ?? []);
  // Loaded before anything is written, since an output may share an input's memory.
  const { inputs, text, results } = loadAndEmit(program, args);
  const stores = results.map((result, i) => `  set_out${i}(i, ${result});\n`).join("");
  return {
    inputs,
    outputs: args.outputTypes.map((_, i) => ({ name: `out${i}` })),
    constants: { SIZE: size },
    parts: [
      ...mathParts,
      part("(generated elements)", `fn elements(i: u32) {\n${text}${stores}}\n`),
      part("pointwise.wgsl", pointwiseText),
    ],
    workgroups: workgroupsFor(size),
  };
}

/** Elements evaluated instruction by instruction before moving on, so that intermediate values stay in cache. */
const BLOCK = 512;

/** Binds a program to arrays. Values are held in double precision within a block, as JavaScript computes anyway. */
export function bindProgram<A extends Attrs>(program: Program, args: CpuArgs<A>): CpuKernel {
  const target = args.outputTypes[0]?.shape ?? [];
  const size = sizeOf(target);
  const block = Math.min(BLOCK, size);
  const loaders = args.inputs.map((source, i) => bindLoader(source, args.inputTypes[i]?.shape ?? [], target));
  const values = Array.from(
    { length: program.inputCount + program.instructions.length },
    () => new Float64Array(block),
  );
  const at = (index: number): Float64Array => values[index] ?? new Float64Array(block);
  const operations = program.instructions.map(({ rule, attrs, args: operands }, i) =>
    bindInstruction(rule, attrs, at(operands[0] ?? 0), at(operands[1] ?? 0), at(program.inputCount + i)),
  );
  const stores = program.outputs.map((value, i) => ({ from: at(value), to: args.outputs[i] ?? new Float64Array() }));
  return () => {
    for (let start = 0; start < size; start += block) {
      const count = Math.min(block, size - start);
      for (let i = 0; i < loaders.length; i++) loaders[i]?.(start, count, at(i));
      for (const operate of operations) operate(count);
      for (const { from, to } of stores) for (let k = 0; k < count; k++) to[start + k] = from[k]!;
    }
  };
}

type Loader = (start: number, count: number, into: Float64Array) => void;

function bindLoader(source: NumericArray, shape: Shape, target: Shape): Loader {
  const length = sizeOf(shape);
  if (length === sizeOf(target)) {
    return (start, count, into) => {
      for (let k = 0; k < count; k++) into[k] = source[start + k]!;
    };
  }
  if (length === 1) return (_, count, into) => void into.fill(source[0]!, 0, count);
  if (sameShape(shape, target.slice(target.length - shape.length))) {
    return (start, count, into) => {
      let from = start % length;
      for (let k = 0; k < count; k++) {
        into[k] = source[from]!;
        if (++from === length) from = 0;
      }
    };
  }
  const table = offsetTable(target, broadcastStrides(shape, target));
  return (start, count, into) => {
    for (let k = 0; k < count; k++) into[k] = source[table[start + k]!]!;
  };
}

/** For every element of `shape` in order, its offset under other `strides`. `[size]` u32 */
export function offsetTable(shape: Shape, strides: readonly number[]): Uint32Array {
  const own = stridesOf(shape);
  return Uint32Array.from({ length: sizeOf(shape) }, (_, i) =>
    own.reduce((offset, stride, axis) => offset + (Math.floor(i / stride) % shape[axis]!) * (strides[axis] ?? 0), 0),
  );
}

function bindInstruction(
  { js, arity }: PointwiseRule,
  attrs: Attrs,
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
): (count: number) => void {
  if (arity === 0) {
    out.fill(js(0, 0, attrs));
    return () => {};
  }
  return (count) => {
    for (let k = 0; k < count; k++) out[k] = js(a[k]!, b[k]!, attrs);
  };
}
