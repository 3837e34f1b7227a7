/** Element-wise programs as records for `src/wasm/pointwise.ts`. */
import { Instruction, Kernel, Mode, PROGRAM_BLOCK } from "../../../../wasm/codes";
import type { PointwiseRule, Program } from "../../../graph/kernel";
import type { Node } from "../../../graph/node";
import { isPacked, type Attrs } from "../../../graph/type";
import type { PointwiseName } from "../../../ops/pointwise";
import { offsetTable } from "../../../ops/program";
import type { Shape } from "../../../shape";
import { broadcastStrides, sameShape, sizeOf } from "../../../shape";
import type { AddressOf } from "./records";
import type { WasmLaunch, Records } from "./records";
import { floatWord } from "./records";

/** An instruction, and the two numbers it takes. */
interface Entry {
  readonly code: Instruction;
  readonly constants?: (attrs: Attrs) => readonly [number, number?];
}

const named =
  (first: string, second?: string) =>
  (attrs: Attrs): readonly [number, number?] =>
    second === undefined ? [Number(attrs[first])] : [Number(attrs[first]), Number(attrs[second])];

/** The instruction of each element-wise op. A row of `ops/pointwise.ts` without an entry does not compile. */
const entries: Readonly<Record<PointwiseName | "constant", Entry>> = {
  constant: { code: Instruction.constant, constants: named("value") },
  add: { code: Instruction.add },
  sub: { code: Instruction.sub },
  mul: { code: Instruction.mul },
  div: { code: Instruction.div },
  neg: { code: Instruction.neg },
  abs: { code: Instruction.abs },
  exp: { code: Instruction.exp },
  log: { code: Instruction.log },
  sqrt: { code: Instruction.sqrt },
  square: { code: Instruction.square },
  // The exponent as two floats, whose sum has twice the digits.
  pow: {
    code: Instruction.pow,
    constants: ({ exponent }) => [Number(exponent), Number(exponent) - Math.fround(Number(exponent))],
  },
  maximum: { code: Instruction.maximum },
  minimum: { code: Instruction.minimum },
  clip: { code: Instruction.clip, constants: named("low", "high") },
  relu: { code: Instruction.relu },
  leakyRelu: { code: Instruction.leakyRelu, constants: named("slope") },
  elu: { code: Instruction.elu, constants: named("alpha") },
  sigmoid: { code: Instruction.sigmoid },
  tanh: { code: Instruction.tanh },
  softplus: { code: Instruction.softplus },
  erf: { code: Instruction.erf },
  gelu: { code: Instruction.gelu },
  geluSlope: { code: Instruction.geluSlope },
  sign: { code: Instruction.sign },
  greater: { code: Instruction.greater },
  greaterEqual: { code: Instruction.greaterEqual },
  equal: { code: Instruction.equal },
};

const entryOf = ({ name }: PointwiseRule): Entry | undefined =>
  Object.hasOwn(entries, name) ? entries[name as keyof typeof entries] : undefined;

/** One launch, or undefined when the program has an instruction the kernel does not know. */
export function lowerProgram(
  { inputCount, instructions: list, outputs: values }: Program,
  inputs: readonly Node[],
  outputs: readonly Node[],
  addressOf: AddressOf,
  records: Records,
): WasmLaunch[] | undefined {
  const shape = outputs[0]?.shape ?? [];
  const known = list.map(({ rule }) => entryOf(rule));
  if (known.some((entry) => entry === undefined) || inputs.some(({ dtype }) => isPacked(dtype))) return undefined;
  const targets = outputs.map(addressOf);
  const size = sizeOf(shape);
  const instructionWords = list.flatMap(({ attrs, args }, i) => {
    const output = values.indexOf(inputCount + i);
    // Written straight to its place, unless an input is there that is still to be read.
    const later = new Set(list.slice(i + 1).flatMap((next) => next.args));
    const isReadLater = inputs.some((input, at) => addressOf(input) === targets[output] && later.has(at));
    const [first = 0, second = 0] = known[i]?.constants?.(attrs) ?? [];
    return [
      known[i]?.code ?? Instruction.constant,
      args[0] ?? 0,
      args[1] ?? 0,
      floatWord(first),
      floatWord(second),
      isReadLater ? 0 : (targets[output] ?? 0),
    ];
  });
  const valueCount = inputCount + list.length;
  const pointerBytes = Math.ceil(valueCount / 16) * 64;
  const scratchBytes = pointerBytes + valueCount * PROGRAM_BLOCK * 4;
  const record = records.words([
    size,
    inputs.length,
    // An input that is also a result is copied before anything is written.
    records.words(inputs.flatMap((input, i) => inputWords(input, values.includes(i), shape, addressOf, records))),
    list.length,
    records.words(instructionWords),
    outputs.length,
    records.words(targets.flatMap((target, i) => [values[i] ?? 0, target])),
    records.room(scratchBytes * records.threads),
    scratchBytes,
    pointerBytes,
  ]);
  return [{ kernel: Kernel.program, record, units: Math.ceil(size / PROGRAM_BLOCK) }];
}

/** Mode, address, period, table. */
function inputWords(input: Node, isResult: boolean, target: Shape, addressOf: AddressOf, records: Records): number[] {
  const whole = input.dtype === "u32" ? Mode.whole : 0;
  const length = sizeOf(input.shape);
  const address = addressOf(input);
  if (length === sizeOf(target)) return [isResult || whole ? Mode.copied + whole : Mode.same, address, 0, 0];
  if (length === 1) return [Mode.one + whole, address, 0, 0];
  if (sameShape(input.shape, target.slice(target.length - input.shape.length))) {
    return [Mode.periodic + whole, address, length, 0];
  }
  const table = records.offsets(offsetTable(target, broadcastStrides(input.shape, target)));
  return [Mode.table + whole, address, 0, table];
}
