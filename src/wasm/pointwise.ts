// Element-wise programs: a block of elements at a time, instruction by instruction, so that intermediate values stay in
// the first-level cache. The records are written by `backend/cpu/wasm/program.ts`.
import { elu4, erf4, exp4, gelu4, log4, sigmoid4, softplus4, tanh4 } from "./math";

/** Elements evaluated before moving on. */
export const BLOCK: i32 = 512;

const SIZE: usize = 0;
const INPUT_COUNT: usize = 4;
const INPUTS: usize = 8;
const INSTRUCTION_COUNT: usize = 12;
const INSTRUCTIONS: usize = 16;
const OUTPUT_COUNT: usize = 20;
const OUTPUTS: usize = 24;
const SCRATCH: usize = 28;
/** Bytes of scratch for each thread. */
const SCRATCH_STRIDE: usize = 32;

/** Evaluates blocks `begin` to `end - 1`. */
export function runProgram(record: usize, begin: i32, end: i32, thread: i32): void {
  const size = load<i32>(record, SIZE);
  for (let unit = begin; unit < end; unit++) {
    evaluate(record, unit * BLOCK, min(unit * BLOCK + BLOCK, size), thread);
  }
}

/** Evaluates elements `from` to `to - 1`, at most a block of them. */
function evaluate(record: usize, from: i32, to: i32, thread: i32): void {
  const scratch = load<u32>(record, SCRATCH) + <usize>thread * load<u32>(record, SCRATCH_STRIDE);
  const count = to - from;
  const inputCount = load<i32>(record, INPUT_COUNT);
  const inputs = load<u32>(record, INPUTS);
  for (let i = 0; i < inputCount; i++) {
    loadInput(inputs + ((<usize>i) << 4), from, count, slot(scratch, i));
  }
  const instructions = load<u32>(record, INSTRUCTIONS);
  const instructionCount = load<i32>(record, INSTRUCTION_COUNT);
  for (let i = 0; i < instructionCount; i++) {
    const at = instructions + <usize>i * 20;
    operate(
      load<i32>(at),
      slot(scratch, load<i32>(at, 4)),
      slot(scratch, load<i32>(at, 8)),
      slot(scratch, inputCount + i),
      f32x4.splat(load<f32>(at, 12)),
      f32x4.splat(load<f32>(at, 16)),
      count,
    );
  }
  const outputs = load<u32>(record, OUTPUTS);
  const outputCount = load<i32>(record, OUTPUT_COUNT);
  for (let i = 0; i < outputCount; i++) {
    const at = outputs + ((<usize>i) << 3);
    memory.copy(load<u32>(at, 4) + ((<usize>from) << 2), slot(scratch, load<i32>(at)), (<usize>count) << 2);
  }
}

function slot(scratch: usize, index: i32): usize {
  return scratch + <usize>index * ((<usize>BLOCK) << 2);
}

/** How an input is read: element by element, one value for all, over and over, or through a table. */
const SAME: i32 = 0;
const ONE: i32 = 1;
const PERIODIC: i32 = 2;
/** Added for u32 values, which are converted. */
const WHOLE: i32 = 4;

function loadInput(input: usize, from: i32, count: i32, into: usize): void {
  const how = load<i32>(input);
  const mode = how & 3;
  const source = <usize>load<u32>(input, 4);
  if (mode == SAME) {
    memory.copy(into, source + ((<usize>from) << 2), (<usize>count) << 2);
  } else if (mode == ONE) {
    const value = v128.load_splat<u32>(source);
    for (let k = 0; k < count; k += 4) v128.store(into + ((<usize>k) << 2), value);
  } else if (mode == PERIODIC) {
    const period = load<i32>(input, 8);
    let at = from % period;
    for (let k = 0; k < count;) {
      const run = min(period - at, count - k);
      memory.copy(into + ((<usize>k) << 2), source + ((<usize>at) << 2), (<usize>run) << 2);
      k += run;
      at = 0;
    }
  } else {
    const table = load<u32>(input, 12) + ((<usize>from) << 2);
    for (let k = 0; k < count; k++) {
      store<u32>(into + ((<usize>k) << 2), load<u32>(source + load<u32>(table + ((<usize>k) << 2))));
    }
  }
  if (how & WHOLE) {
    for (let k = 0; k < count; k += 4) {
      const at = into + ((<usize>k) << 2);
      v128.store(at, f32x4.convert_i32x4_u(v128.load(at)));
    }
  }
}

/** Runs one instruction over a block. Reading and writing whole vectors past the end is harmless: slots are whole. */
function operate(code: i32, a: usize, b: usize, to: usize, p: v128, q: v128, count: i32): void {
  const end = a + ((<usize>count) << 2);
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  switch (code) {
    case 0:
      for (; a < end; a += 16, to += 16) v128.store(to, p);
      break;
    case 1:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, f32x4.add(v128.load(a), v128.load(b)));
      break;
    case 2:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, f32x4.sub(v128.load(a), v128.load(b)));
      break;
    case 3:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, f32x4.mul(v128.load(a), v128.load(b)));
      break;
    case 4:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, f32x4.div(v128.load(a), v128.load(b)));
      break;
    case 5:
      for (; a < end; a += 16, to += 16) v128.store(to, f32x4.neg(v128.load(a)));
      break;
    case 6:
      for (; a < end; a += 16, to += 16) v128.store(to, f32x4.abs(v128.load(a)));
      break;
    case 7:
      for (; a < end; a += 16, to += 16) v128.store(to, exp4(v128.load(a)));
      break;
    case 8:
      for (; a < end; a += 16, to += 16) v128.store(to, log4(v128.load(a)));
      break;
    case 9:
      for (; a < end; a += 16, to += 16) v128.store(to, f32x4.sqrt(v128.load(a)));
      break;
    case 10:
      for (; a < end; a += 16, to += 16) {
        const x = v128.load(a);
        v128.store(to, f32x4.mul(x, x));
      }
      break;
    case 11:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, f32x4.pmax(v128.load(b), v128.load(a)));
      break;
    case 12:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, f32x4.pmin(v128.load(b), v128.load(a)));
      break;
    case 13:
      for (; a < end; a += 16, to += 16) v128.store(to, f32x4.min(f32x4.max(v128.load(a), p), q));
      break;
    case 14:
      for (; a < end; a += 16, to += 16) v128.store(to, f32x4.pmax(zero, v128.load(a)));
      break;
    case 15:
      for (; a < end; a += 16, to += 16) {
        const x = v128.load(a);
        v128.store(to, v128.bitselect(x, f32x4.mul(p, x), f32x4.gt(x, zero)));
      }
      break;
    case 16:
      for (; a < end; a += 16, to += 16) v128.store(to, elu4(v128.load(a), p));
      break;
    case 17:
      for (; a < end; a += 16, to += 16) v128.store(to, sigmoid4(v128.load(a)));
      break;
    case 18:
      for (; a < end; a += 16, to += 16) v128.store(to, tanh4(v128.load(a)));
      break;
    case 19:
      for (; a < end; a += 16, to += 16) v128.store(to, softplus4(v128.load(a)));
      break;
    case 20:
      for (; a < end; a += 16, to += 16) v128.store(to, erf4(v128.load(a)));
      break;
    case 21:
      for (; a < end; a += 16, to += 16) v128.store(to, gelu4(v128.load(a)));
      break;
    case 22:
      for (; a < end; a += 16, to += 16) {
        const x = v128.load(a);
        const above = v128.and(one, f32x4.gt(x, zero));
        v128.store(to, f32x4.sub(above, v128.and(one, f32x4.lt(x, zero))));
      }
      break;
    case 23:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, v128.and(one, f32x4.gt(v128.load(a), v128.load(b))));
      break;
    case 24:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, v128.and(one, f32x4.ge(v128.load(a), v128.load(b))));
      break;
    case 25:
      for (; a < end; a += 16, b += 16, to += 16) v128.store(to, v128.and(one, f32x4.eq(v128.load(a), v128.load(b))));
      break;
  }
}
