// Element-wise programs: a block of elements at a time, instruction by instruction, so that intermediate values stay in
// the first-level cache. The records are written by `backend/cpu/wasm/lowerProgram.ts`.
import { Instruction, Mode, PROGRAM_BLOCK } from "./codes";
import { elu4, erf4, exp4, gelu4, geluSlope4, log4, max4, min4, pow4, sigmoid4, softplus4, tanh4 } from "./math";

const SIZE: usize = 0;
const INPUT_COUNT: usize = 4;
const INPUTS: usize = 8;
const INSTRUCTION_COUNT: usize = 12;
const INSTRUCTIONS: usize = 16;
const OUTPUT_COUNT: usize = 20;
const OUTPUTS: usize = 24;
/** For each thread: a pointer for each value, and then room for a block of each. */
const SCRATCH: usize = 28;
const SCRATCH_STRIDE: usize = 32;
const SLOTS: usize = 36;

/** Evaluates blocks `begin` to `end - 1`. */
export function runProgram(record: usize, begin: i32, end: i32, thread: i32): void {
  runElements(record, begin * PROGRAM_BLOCK, min(end * PROGRAM_BLOCK, load<i32>(record, SIZE)), thread);
}

/** Evaluates elements `from` to `to - 1`. */
export function runElements(record: usize, from: i32, to: i32, thread: i32): void {
  let isFirst = true;
  for (; from < to; from += PROGRAM_BLOCK) {
    const count = min(PROGRAM_BLOCK, to - from);
    const whole = count & ~3;
    if (whole > 0) evaluate(record, from, whole, thread, true, isFirst);
    // Instructions work on four elements; where fewer are left they must not write straight to an output.
    if (whole < count) evaluate(record, from + whole, count - whole, thread, false, true);
    isFirst = false;
  }
}

/** Evaluates at most a block. @param direct whether results may go straight to the outputs
 *  @param isFirst whether this block's slots hold nothing yet that an earlier block can have left there */
function evaluate(record: usize, from: i32, count: i32, thread: i32, direct: bool, isFirst: bool): void {
  const pointers = load<u32>(record, SCRATCH) + <usize>thread * load<u32>(record, SCRATCH_STRIDE);
  const slots = pointers + load<u32>(record, SLOTS);
  const inputCount = load<i32>(record, INPUT_COUNT);
  const offset = (<usize>from) << 2;
  let input = load<u32>(record, INPUTS);
  for (let i = 0; i < inputCount; i++, input += 16) {
    const isSame = load<i32>(input) == Mode.same;
    const at = isSame ? load<u32>(input, 4) + offset : slot(slots, i);
    if (!isSame) loadInput(input, from, count, at, isFirst);
    store<u32>(pointers + ((<usize>i) << 2), <u32>at);
  }
  const instructionCount = load<i32>(record, INSTRUCTION_COUNT);
  let instruction = load<u32>(record, INSTRUCTIONS);
  for (let i = inputCount; i < inputCount + instructionCount; i++, instruction += 24) {
    const output = load<u32>(instruction, 20);
    const to = direct && output ? output + offset : slot(slots, i);
    store<u32>(pointers + ((<usize>i) << 2), <u32>to);
    const code = load<i32>(instruction);
    // A constant is still there from the block before.
    if (code == Instruction.constant && !isFirst && !output) continue;
    operate(
      code,
      load<u32>(pointers + ((<usize>load<u32>(instruction, 4)) << 2)),
      load<u32>(pointers + ((<usize>load<u32>(instruction, 8)) << 2)),
      to,
      f32x4.splat(load<f32>(instruction, 12)),
      f32x4.splat(load<f32>(instruction, 16)),
      count,
    );
  }
  const outputCount = load<i32>(record, OUTPUT_COUNT);
  let output = load<u32>(record, OUTPUTS);
  for (let i = 0; i < outputCount; i++, output += 8) {
    const value = load<u32>(pointers + ((<usize>load<u32>(output)) << 2));
    const to = load<u32>(output, 4) + offset;
    if (value != to) memory.copy(to, value, (<usize>count) << 2);
  }
}

function slot(slots: usize, index: i32): usize {
  return slots + <usize>index * ((<usize>PROGRAM_BLOCK) << 2);
}

function loadInput(input: usize, from: i32, count: i32, into: usize, isFirst: bool): void {
  const how = load<i32>(input);
  const mode = how & (Mode.whole - 1);
  const source = <usize>load<u32>(input, 4);
  const end = into + ((<usize>count) << 2);
  if (mode == Mode.copied) {
    memory.copy(into, source + ((<usize>from) << 2), (<usize>count) << 2);
  } else if (mode == Mode.one) {
    if (!isFirst) return;
    const value = v128.load_splat<u32>(source);
    for (let at = into; at < end; at += 16) v128.store(at, value);
  } else if (mode == Mode.periodic) {
    const period = load<i32>(input, 8);
    if (!isFirst && PROGRAM_BLOCK % period == 0) return;
    repeat(source, period, from % period, into, end);
  } else {
    const table = load<u32>(input, 12) + ((<usize>from) << 2);
    for (let k = 0; k < count; k++) {
      store<u32>(into + ((<usize>k) << 2), load<u32>(source + load<u32>(table + ((<usize>k) << 2))));
    }
  }
  if (how & Mode.whole) {
    for (let at = into; at < end; at += 16) v128.store(at, f32x4.convert_i32x4_u(v128.load(at)));
  }
}

/** Writes `period` words over and over, from the one numbered `phase` on. */
function repeat(source: usize, period: i32, phase: i32, into: usize, end: usize): void {
  const once = min(into + ((<usize>period) << 2), end);
  let at = into;
  for (; at < once; at += 4) {
    store<u32>(at, load<u32>(source + ((<usize>phase) << 2)));
    if (++phase == period) phase = 0;
  }
  const back = at - into;
  if (period & 3) for (; at < end; at += 4) store<u32>(at, load<u32>(at - back));
  else for (; at < end; at += 16) v128.store(at, v128.load(at - back));
}

/** Runs one instruction over a block. Reading and writing whole vectors past the end is harmless: slots are whole. */
function operate(code: i32, a: usize, b: usize, to: usize, p: v128, q: v128, count: i32): void {
  const end = a + ((<usize>count) << 2);
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  switch (code) {
    case Instruction.constant:
      for (; a < end; a += 16, to += 16) v128.store(to, p);
      break;
    case Instruction.add:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, f32x4.add(v128.load(a), v128.load(b)));
      break;
    case Instruction.sub:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, f32x4.sub(v128.load(a), v128.load(b)));
      break;
    case Instruction.mul:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, f32x4.mul(v128.load(a), v128.load(b)));
      break;
    case Instruction.div:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, f32x4.div(v128.load(a), v128.load(b)));
      break;
    case Instruction.neg:
      for (; a < end; a += 16, to += 16) v128.store(to, f32x4.neg(v128.load(a)));
      break;
    case Instruction.abs:
      for (; a < end; a += 16, to += 16) v128.store(to, f32x4.abs(v128.load(a)));
      break;
    case Instruction.exp:
      for (; a < end; a += 16, to += 16) v128.store(to, exp4(v128.load(a)));
      break;
    case Instruction.log:
      for (; a < end; a += 16, to += 16) v128.store(to, log4(v128.load(a)));
      break;
    case Instruction.sqrt:
      for (; a < end; a += 16, to += 16) v128.store(to, f32x4.sqrt(v128.load(a)));
      break;
    case Instruction.square:
      for (; a < end; a += 16, to += 16) {
        const x = v128.load(a);
        v128.store(to, f32x4.mul(x, x));
      }
      break;
    case Instruction.pow:
      for (; a < end; a += 16, to += 16) {
        v128.store(to, pow4(v128.load(a), f32x4.extract_lane(p, 0), f32x4.extract_lane(q, 0)));
      }
      break;
    case Instruction.maximum:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, max4(v128.load(a), v128.load(b)));
      break;
    case Instruction.minimum:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, min4(v128.load(a), v128.load(b)));
      break;
    case Instruction.clip:
      for (; a < end; a += 16, to += 16) v128.store(to, f32x4.min(f32x4.max(v128.load(a), p), q));
      break;
    case Instruction.relu:
      // `x < 0 ? 0 : x`, which keeps NaN.
      for (; a < end; a += 16, to += 16) v128.store(to, f32x4.pmax(v128.load(a), zero));
      break;
    case Instruction.leakyRelu:
      for (; a < end; a += 16, to += 16) {
        const x = v128.load(a);
        v128.store(to, v128.bitselect(x, f32x4.mul(p, x), f32x4.gt(x, zero)));
      }
      break;
    case Instruction.elu:
      for (; a < end; a += 16, to += 16) v128.store(to, elu4(v128.load(a), p));
      break;
    case Instruction.sigmoid:
      for (; a < end; a += 16, to += 16) v128.store(to, sigmoid4(v128.load(a)));
      break;
    case Instruction.tanh:
      for (; a < end; a += 16, to += 16) v128.store(to, tanh4(v128.load(a)));
      break;
    case Instruction.softplus:
      for (; a < end; a += 16, to += 16) v128.store(to, softplus4(v128.load(a)));
      break;
    case Instruction.erf:
      for (; a < end; a += 16, to += 16) v128.store(to, erf4(v128.load(a)));
      break;
    case Instruction.gelu:
      for (; a < end; a += 16, to += 16) v128.store(to, gelu4(v128.load(a)));
      break;
    case Instruction.geluSlope:
      for (; a < end; a += 16, to += 16) v128.store(to, geluSlope4(v128.load(a)));
      break;
    case Instruction.sign:
      for (; a < end; a += 16, to += 16) {
        const x = v128.load(a);
        const above = v128.and(one, f32x4.gt(x, zero));
        const sign = f32x4.sub(above, v128.and(one, f32x4.lt(x, zero)));
        v128.store(to, v128.bitselect(sign, x, f32x4.eq(x, x)));
      }
      break;
    case Instruction.greater:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, v128.and(one, f32x4.gt(v128.load(a), v128.load(b))));
      break;
    case Instruction.greaterEqual:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, v128.and(one, f32x4.ge(v128.load(a), v128.load(b))));
      break;
    case Instruction.equal:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, v128.and(one, f32x4.eq(v128.load(a), v128.load(b))));
      break;
  }
}
