/** Puts a kernel's shader text together and compiles it. A failure names the file, line and column of the source part,
 *  not of the assembled text. */
import dispatchText from "../../../shaders/lib/dispatch.wgsl?raw";
import { KernelError, REPORT_BUG } from "../../errors";
import type { Binding, ShaderPart, WgslProgram } from "../../graph/kernel";
import { elementBytes, isPacked, type TensorType } from "../../graph/type";
import { part } from "../../ops/wgsl";

/** Bytes of a buffer of whatever kind. */
export interface Range<B> {
  readonly buffer: B;
  readonly offset: number;
  readonly size: number;
}

/** A tensor that a kernel reads or writes, and where it is: in a buffer, or in a cell of the step table. */
export interface Operand<B> {
  readonly type: TensorType;
  readonly place: Range<B> | { readonly tableCell: number };
}

/** One buffer binding of a shader. Tensors that lie in one buffer share it, since devices allow few. */
export interface BufferBinding<B> extends Range<B> {
  readonly access: "read" | "read_write";
}

/** Assembled text with the way back to its parts. Bindings are numbered in order. */
export interface ShaderSource<B> {
  readonly code: string;
  readonly parts: readonly ShaderPart[];
  readonly bindings: readonly BufferBinding<B>[];
  readonly usesTable: boolean;
}

/** Rows of the step table are bound as one uniform of this many 32-bit cells. */
export const TABLE_CELLS = 16;

/** Threads per workgroup of kernels that do not say otherwise. */
const THREADS = 64;

type Element = "f32" | "u32" | "vec4<f32>";

/** A binding while tensors are being assigned to it. */
interface Slot<B> {
  readonly access: "read" | "read_write";
  readonly buffer: B;
  start: number;
  end: number;
  readonly elements: Set<"f32" | "u32">;
  /** Whether a kernel reads it four elements at a time. */
  vector: boolean;
}

/** Puts constants, accessors and parts in order. Identical inputs give identical text, which browsers cache by.
 *  @param most the device's limit on the bytes of one binding; a longer stretch of a buffer is bound in pieces */
export function assembleShader<B>(
  program: WgslProgram,
  inputs: readonly Operand<B>[],
  outputs: readonly Operand<B>[],
  most = Number.MAX_SAFE_INTEGER,
): ShaderSource<B> {
  const slots: Slot<B>[] = [];
  const assign = (binding: Binding, { type, place }: Operand<B>, access: Slot<B>["access"]): Slot<B> | undefined => {
    if ("tableCell" in place) return undefined;
    const { buffer, offset } = place;
    const end = offset + place.size;
    // What is written is read through the same binding: WebGPU allows no second one.
    const written = slots.find((slot) => slot.buffer === buffer && slot.access === "read_write");
    const fits = (slot: Slot<B>): boolean =>
      slot.buffer === buffer && Math.max(slot.end, end) - Math.min(slot.start, offset) <= most;
    let slot = written ?? slots.find((other) => other.access === access && fits(other));
    if (!slot || (access === "read_write" && !fits(slot))) {
      slot = { access, buffer, start: offset, end, elements: new Set(), vector: false };
      slots.push(slot);
    }
    slot.start = Math.min(slot.start, offset);
    slot.end = Math.max(slot.end, end);
    slot.elements.add(elementOf(binding, type));
    slot.vector ||= binding.vector === true;
    return slot;
  };
  const outputSlots = outputs.map((output, i) => assign(program.outputs[i]!, output, "read_write"));
  const inputSlots = inputs.map((input, i) => assign(program.inputs[i]!, input, "read"));
  const nameOf = (slot: Slot<B>): string => `buffer${slots.indexOf(slot)}`;

  const accessors = [
    ...program.inputs.map(({ name, sample }) =>
      sample === undefined ? "" : `fn ${name}_start(n: u32) -> u32 { return n * ${sample}u; }\n`,
    ),
    ...inputs.map((input, i) => reader(program.inputs[i]!, input, inputSlots[i], nameOf)),
    ...outputs.map((output, i) => writer(program.outputs[i]!, output, outputSlots[i], nameOf)),
  ];
  // Arrays of known length: whatever keeps indices inside them needs no division to learn where they end.
  const declarations = slots.map((slot, i) => {
    const stored = storedAs(slot);
    const length = Math.floor((slot.end - slot.start) / (stored === "vec4<f32>" ? 16 : 4));
    return `@group(0) @binding(${i}) var<storage, ${slot.access}> ${nameOf(slot)}: array<${stored}, ${length}>;\n`;
  });
  const usesTable = inputs.some(({ place }) => "tableCell" in place);
  if (usesTable) {
    declarations.push(`@group(1) @binding(0) var<uniform> step_row: array<vec4<u32>, ${TABLE_CELLS / 4}>;\n`);
  }
  const constants = Object.entries({ THREADS: program.threads ?? THREADS, ...program.constants }).map(([name, value]) =>
    typeof value === "number" ? `const ${name}: u32 = ${value}u;\n` : `const ${name} = ${value};\n`,
  );
  const enables = (program.enables ?? []).map((name) => `enable ${name};\n`);
  const parts: ShaderPart[] = [
    ...(enables.length > 0 ? [{ file: "(extensions)", text: enables.join("") }] : []),
    { file: "(constants)", text: constants.join("") },
    { file: "(bindings)", text: [...declarations, ...accessors].join("") },
    ...program.parts,
    part("lib/dispatch.wgsl", dispatchText),
  ].map(({ file, text }) => ({ file, text: text.endsWith("\n") ? text : `${text}\n` }));
  return {
    code: parts.map(({ text }) => text).join(""),
    parts,
    bindings: slots.map(({ access, buffer, start, end }) => ({ access, buffer, offset: start, size: end - start })),
    usesTable,
  };
}

function elementOf({ element }: Binding, { dtype }: TensorType): "f32" | "u32" {
  return element ?? (dtype === "f32" ? "f32" : "u32");
}

/** A buffer that holds both floats and whole numbers is seen as words: as bits, every float survives. One of floats that
 *  somebody reads by fours is seen as vectors, if nobody writes to it and it has whole ones. */
function storedAs<B>({ access, start, end, elements, vector }: Slot<B>): Element {
  if (elements.size > 1 || !elements.has("f32")) return "u32";
  return vector && access === "read" && (end - start) % 16 === 0 ? "vec4<f32>" : "f32";
}

/** `fn NAME(i: u32)`, element i of an input, and for vectors `fn NAME_four(i: u32)`, elements i to i + 3. */
function reader<B>(
  binding: Binding,
  { type, place }: Operand<B>,
  slot: Slot<B> | undefined,
  nameOf: (slot: Slot<B>) => string,
): string {
  const element = elementOf(binding, type);
  const define = (value: string): string => `fn ${binding.name}(i: u32) -> ${element} { return ${value}; }\n`;
  if ("tableCell" in place || !slot) return define(tableValue("tableCell" in place ? place.tableCell : 0, element));
  const first = (place.offset - slot.start) / elementBytes(type.dtype);
  const at = first === 0 ? "i" : `i + ${first}u`;
  const name = nameOf(slot);
  if (isPacked(type.dtype)) {
    const bits = 8 * elementBytes(type.dtype);
    const inWord = 32 / bits;
    return define(`(${name}[(${at}) / ${inWord}u] >> (${bits}u * ((${at}) % ${inWord}u))) & ${2 ** bits - 1}u`);
  }
  const defineFour = (value: string): string =>
    binding.vector ? `fn ${binding.name}_four(i: u32) -> vec4<f32> { return ${value}; }\n` : "";
  const stored = storedAs(slot);
  if (stored === "vec4<f32>") {
    return define(`${name}[(${at}) / 4u][(${at}) % 4u]`) + defineFour(`${name}[(${at}) / 4u]`);
  }
  const load = (index: string): string =>
    stored === element ? `${name}[${index}]` : `bitcast<${element}>(${name}[${index}])`;
  const each = [0, 1, 2, 3].map((k) => load(`${at}${k === 0 ? "" : ` + ${k}u`}`)).join(", ");
  return define(load(at)) + defineFour(`vec4<f32>(${each})`);
}

/** `fn set_NAME(i: u32, value)`, which stores element i of an output. */
function writer<B>(
  binding: Binding,
  { type, place }: Operand<B>,
  slot: Slot<B> | undefined,
  nameOf: (slot: Slot<B>) => string,
): string {
  if ("tableCell" in place || !slot) {
    const came = "tableCell" in place ? "a step scalar" : "none";
    throw new KernelError(`Kernel output ${binding.name}: expected a buffer, got ${came}. ${REPORT_BUG}`);
  }
  const element = elementOf(binding, type);
  const first = (place.offset - slot.start) / elementBytes(type.dtype);
  const stored = storedAs(slot);
  const value = stored === element ? "value" : `bitcast<${stored}>(value)`;
  const at = first === 0 ? "i" : `i + ${first}u`;
  return `fn set_${binding.name}(i: u32, value: ${element}) { ${nameOf(slot)}[${at}] = ${value}; }\n`;
}

function tableValue(cell: number, element: "f32" | "u32"): string {
  const word = `step_row[${Math.floor(cell / 4)}][${cell % 4}]`;
  return element === "f32" ? `bitcast<f32>(${word})` : word;
}

/** Compiles the text. @throws KernelError with every message, located in its source part. */
export async function compileShader(
  device: GPUDevice,
  name: string,
  { code, parts }: Pick<ShaderSource<unknown>, "code" | "parts">,
): Promise<GPUShaderModule> {
  const module = device.createShaderModule({ label: name, code });
  const { messages } = await module.getCompilationInfo();
  const errors = messages.filter(({ type }) => type === "error");
  if (errors.length > 0) {
    const list = errors.map(({ message, lineNum, linePos }) => `${locate(parts, lineNum)}:${linePos}: ${message}`);
    throw new KernelError(`Kernel ${name}: expected valid WGSL, got ${list.join("; ")}`);
  }
  return module;
}

/** `file:line` of a line of the assembled text, both counted from 1. */
export function locate(parts: readonly ShaderPart[], line: number): string {
  let first = 1;
  for (const { file, text } of parts) {
    const count = text.split("\n").length - 1;
    if (line < first + count) return `${file}:${line - first + 1}`;
    first += count;
  }
  return `(end):${line}`;
}
