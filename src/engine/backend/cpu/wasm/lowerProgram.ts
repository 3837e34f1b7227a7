/** Element-wise programs as records for `src/wasm/pointwise.ts`. */
import type { Program } from "../../../graph/kernel";
import type { Attrs, Node } from "../../../graph/node";
import { offsetTable } from "../../../ops/program";
import type { Shape } from "../../../shape";
import { broadcastStrides, sameShape, sizeOf } from "../../../shape";
import type { AddressOf } from "./lower";
import type { Launch, Records } from "./records";
import { floatWord, KERNEL } from "./records";

/** Elements of a piece of work. */
const BLOCK = 256;

/** The number of each instruction, and the constants it takes. An op that is not here is computed by the host. */
const instructions: Readonly<Record<string, { code: number; constants?: readonly string[] }>> = {
  constant: { code: 0, constants: ["value"] },
  add: { code: 1 },
  sub: { code: 2 },
  mul: { code: 3 },
  div: { code: 4 },
  neg: { code: 5 },
  abs: { code: 6 },
  exp: { code: 7 },
  log: { code: 8 },
  sqrt: { code: 9 },
  square: { code: 10 },
  maximum: { code: 11 },
  minimum: { code: 12 },
  clip: { code: 13, constants: ["low", "high"] },
  relu: { code: 14 },
  leakyRelu: { code: 15, constants: ["slope"] },
  elu: { code: 16, constants: ["alpha"] },
  sigmoid: { code: 17 },
  tanh: { code: 18 },
  softplus: { code: 19 },
  erf: { code: 20 },
  gelu: { code: 21 },
  sign: { code: 22 },
  greater: { code: 23 },
  greaterEqual: { code: 24 },
  equal: { code: 25 },
};

/** How an input is read; see `src/wasm/pointwise.ts`. */
const MODE = { same: 0, copied: 1, one: 2, periodic: 3, table: 4, whole: 8 } as const;

/** One launch, or undefined when the program has an instruction the kernel does not know. */
export function lowerProgram(
  { inputCount, instructions: list, outputs: values }: Program,
  inputs: readonly Node[],
  outputs: readonly Node[],
  addressOf: AddressOf,
  records: Records,
): Launch[] | undefined {
  const shape = outputs[0]?.shape ?? [];
  const known = list.map(({ rule }) => instructions[rule.name]);
  if (known.some((entry) => entry === undefined) || inputs.some(({ dtype }) => dtype === "u8")) return undefined;
  const targets = outputs.map(addressOf);
  const size = sizeOf(shape);
  const instructionWords = list.flatMap(({ attrs, args }, i) => {
    const output = values.indexOf(inputCount + i);
    // Written straight to its place, unless an input is there that is still to be read.
    const later = new Set(list.slice(i + 1).flatMap((next) => next.args));
    const isReadLater = inputs.some((input, at) => addressOf(input) === targets[output] && later.has(at));
    return [
      known[i]?.code ?? 0,
      args[0] ?? 0,
      args[1] ?? 0,
      ...constantWords(attrs, known[i]?.constants ?? []),
      isReadLater ? 0 : (targets[output] ?? 0),
    ];
  });
  const valueCount = inputCount + list.length;
  const pointerBytes = Math.ceil(valueCount / 16) * 64;
  const scratchBytes = pointerBytes + valueCount * BLOCK * 4;
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
  return [{ kernel: KERNEL.program, record, units: Math.ceil(size / BLOCK) }];
}

function constantWords(attrs: Attrs, names: readonly string[]): [number, number] {
  const [first, second] = names.map((name) => floatWord(Number(attrs[name])));
  return [first ?? 0, second ?? 0];
}

/** Mode, address, period, table. */
function inputWords(input: Node, isResult: boolean, target: Shape, addressOf: AddressOf, records: Records): number[] {
  const whole = input.dtype === "u32" ? MODE.whole : 0;
  const length = sizeOf(input.shape);
  const address = addressOf(input);
  if (length === sizeOf(target)) return [isResult || whole ? MODE.copied + whole : MODE.same, address, 0, 0];
  if (length === 1) return [MODE.one + whole, address, 0, 0];
  if (sameShape(input.shape, target.slice(target.length - input.shape.length))) {
    return [MODE.periodic + whole, address, length, 0];
  }
  const table = records.offsets(offsetTable(target, broadcastStrides(input.shape, target)));
  return [MODE.table + whole, address, 0, table];
}
