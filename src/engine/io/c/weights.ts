/** Weights as C arrays: floats, or whole numbers of 8 bits with a factor for each output channel. */
import { sizeOf } from "../../shape";
import type { OpName, Program, Step } from "../portable/program";
import type { NamedArray } from "../safetensors";

/** The largest of 8 bits that has a negative of the same size. */
const MOST = 127;

/** An array in whole numbers, `values[i] * scales[i % scales.length]`. */
export interface Rounded {
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

/** Each column by its largest: symmetric, so that 0 stays 0. */
export function rounded(data: Float32Array, columns: number): Rounded {
  const scales = new Float32Array(columns);
  data.forEach((value, i) => (scales[i % columns] = Math.max(scales[i % columns]!, Math.abs(value))));
  for (let c = 0; c < columns; c++) scales[c] = scales[c]! / MOST;
  const values = Int8Array.from(data, (value, i) =>
    scales[i % columns]! > 0 ? Math.round(value / scales[i % columns]!) : 0,
  );
  return { values, scales };
}

/** What the rounded array stands for. */
export const restored = ({ values, scales }: Rounded): Float32Array<ArrayBuffer> =>
  Float32Array.from(values, (value, i) => value * scales[i % scales.length]!);

/** The weights of a step that are multiplied with, and how many columns each has; all others are few, and stay as they are. */
const matrices: { readonly [K in OpName]?: (step: Extract<Step, { op: K }>) => readonly string[] } = {
  dense: ({ kernel }) => [kernel],
  conv: ({ kernel }) => [kernel],
  depthwise: ({ kernel }) => [kernel],
  convTranspose: ({ kernel }) => [kernel],
  recurrent: ({ kernel, recurrent }) => [kernel, recurrent],
  embedding: ({ table }) => [table],
  offset: ({ offset }) => [offset],
  attention: ({ kernels }) => kernels,
};

/** How many columns a step's matrix has: its output channels. */
function columnsOf(step: Step, key: string, { shape }: NamedArray): number {
  if (step.op === "depthwise") return sizeOf(shape.slice(-2));
  if (step.op === "attention" && key !== step.kernels[3]) return sizeOf(shape.slice(-2));
  return shape.at(-1) ?? 1;
}

/** The matrices of a program by key, with their numbers of columns, those of inner programs included. */
export function matricesOf({ steps, weights }: Program): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const visit = (list: readonly Step[]): void => {
    for (const step of list) {
      if (step.op === "each") visit(step.body.steps);
      const keys = (matrices[step.op] as ((of: Step) => readonly string[]) | undefined)?.(step) ?? [];
      for (const key of keys) {
        const array = weights[key];
        if (array) found.set(key, columnsOf(step, key, array));
      }
    }
  };
  visit(steps);
  return found;
}

/** A program whose matrices are what is left of them in 8 bits. */
export function withRoundedWeights(program: Program): Program {
  const columns = matricesOf(program);
  const weights = Object.entries(program.weights).map(([key, array]): [string, NamedArray] => {
    const count = columns.get(key);
    return [key, count === undefined ? array : { ...array, data: restored(rounded(array.data, count)) }];
  });
  return { ...program, weights: Object.fromEntries(weights) };
}

/** A number as C reads it back to the bit. */
export function literal(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? "INFINITY" : single < 0 ? "-INFINITY" : "NAN";
  let text = "";
  for (let digits = 6; digits <= 9; digits++) {
    text = Object.is(single, -0) ? "-0" : String(Number(single.toPrecision(digits)));
    if (Math.fround(Number(text)) === single) break;
  }
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
}

const PER_LINE = 16;

/** The definition of an array. */
export function arrayText(type: string, name: string, values: readonly string[]): string {
  const lines: string[] = [];
  for (let i = 0; i < values.length; i += PER_LINE) lines.push(`  ${values.slice(i, i + PER_LINE).join(", ")},`);
  return `static const ${type} ${name}[${Math.max(values.length, 1)}] = {\n${lines.join("\n") || "  0"}\n};`;
}
