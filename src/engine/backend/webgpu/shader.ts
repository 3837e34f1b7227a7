/** Puts a kernel's shader text together and compiles it. A failure names the file, line and column of the source part,
 *  not of the assembled text. */
import { KernelError } from "../../errors";
import type { Binding, ShaderPart, WgslProgram } from "../../graph/kernel";
import type { TensorType } from "../../graph/node";

/** What is known of each input when the shader is put together. */
export interface InputSource {
  readonly type: TensorType;
  /** The output whose memory it shares; such an input has no binding. */
  readonly sharedWith: number | undefined;
  /** The cell of the step table that holds it; such an input has no binding either. */
  readonly tableCell: number | undefined;
}

/** Assembled text with the way back to its parts. */
export interface ShaderSource {
  readonly code: string;
  readonly parts: readonly ShaderPart[];
  /** Binding numbers of the inputs (undefined where there is none) and of the outputs. */
  readonly inputBindings: readonly (number | undefined)[];
  readonly outputBindings: readonly number[];
  readonly usesTable: boolean;
}

/** Rows of the step table are bound as one uniform of this many 32-bit cells. */
export const TABLE_CELLS = 16;

/** Puts constants, bindings and parts in order. Identical inputs give identical text, which browsers cache by. */
export function assembleShader(
  program: WgslProgram,
  inputs: readonly InputSource[],
  outputTypes: readonly TensorType[],
): ShaderSource {
  let next = 0;
  const declarations: string[] = [];
  const inputBindings = inputs.map(({ type, sharedWith, tableCell }, i) => {
    const binding = program.inputs[i];
    if (!binding || sharedWith !== undefined) return undefined;
    if (tableCell !== undefined) {
      declarations.push(scalarFunction(binding.name, type, tableValue(tableCell, type)));
      return undefined;
    }
    const number = next++;
    const name = binding.scalar ? `${binding.name}_cell` : binding.name;
    declarations.push(storage(number, "read", name, elementOf(binding, type)));
    if (binding.scalar) declarations.push(scalarFunction(binding.name, type, `${name}[0]`));
    return number;
  });
  const outputBindings = program.outputs.map((binding, i) => {
    const number = next++;
    declarations.push(storage(number, "read_write", binding.name, elementOf(binding, outputTypes[i]!)));
    return number;
  });
  const usesTable = inputs.some(({ tableCell }) => tableCell !== undefined);
  if (usesTable) {
    declarations.unshift(`@group(1) @binding(0) var<uniform> step_row: array<vec4<u32>, ${TABLE_CELLS / 4}>;\n`);
  }
  const constants = Object.entries(program.constants).map(([name, value]) =>
    typeof value === "number" ? `const ${name}: u32 = ${value}u;\n` : `const ${name} = ${value};\n`,
  );
  const parts: ShaderPart[] = [
    { file: "(constants)", text: constants.join("") },
    { file: "(bindings)", text: declarations.join("") },
    ...program.parts,
  ].map(({ file, text }) => ({ file, text: text.endsWith("\n") ? text : `${text}\n` }));
  return { code: parts.map(({ text }) => text).join(""), parts, inputBindings, outputBindings, usesTable };
}

function elementOf({ element }: Binding, { dtype }: TensorType): string {
  return element ?? (dtype === "f32" ? "f32" : "u32");
}

const storage = (binding: number, access: "read" | "read_write", name: string, element: string): string =>
  `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${element}>;\n`;

const scalarFunction = (name: string, { dtype }: TensorType, value: string): string =>
  `fn ${name}() -> ${dtype === "f32" ? "f32" : "u32"} { return ${value}; }\n`;

function tableValue(cell: number, { dtype }: TensorType): string {
  const word = `step_row[${Math.floor(cell / 4)}][${cell % 4}]`;
  return dtype === "f32" ? `bitcast<f32>(${word})` : word;
}

/** Compiles the text. @throws KernelError with every message, located in its source part. */
export async function compileShader(device: GPUDevice, name: string, source: ShaderSource): Promise<GPUShaderModule> {
  const module = device.createShaderModule({ label: name, code: source.code });
  const { messages } = await module.getCompilationInfo();
  const errors = messages.filter(({ type }) => type === "error");
  if (errors.length > 0) {
    const list = errors.map(
      ({ message, lineNum, linePos }) => `${locate(source.parts, lineNum)}:${linePos}: ${message}`,
    );
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
