// Recurrence: walks of sequences, a few samples a piece of work, whose states stay in that thread's scratch. Each step is a product
// of the states with a packed kernel, then the cell, on four units at a time. What cells compute is told in
// `ops/recurrentCells.ts`; the record is laid out by `backend/cpu/wasm/lowerRecurrent.ts`.
import { Cell, Squash } from "./codes";
import { multiplyRows } from "./gemm";
import { max4, sigmoid4, tanh4 } from "./math";

const SAMPLES: usize = 0;
const STEPS: usize = 4;
const UNITS: usize = 8;
const GATES: usize = 12;
const KEPT: usize = 16;
const CELL: usize = 20;
const TELL: usize = 24;
const GATE: usize = 28;
const REVERSE: usize = 32;
/** Samples of a piece of work. */
const ROWS: usize = 36;
/** The kernel in panels of eight columns: as it is going forward, transposed going back. */
const PANELS: usize = 40;
/** Offsets of rows and columns of what a step multiplies, and of what that gives. */
const A_ROWS: usize = 44;
const A_STEPS: usize = 48;
const C_ROWS: usize = 52;
const C_COLUMNS: usize = 56;
/** Room of each thread, and its bytes. */
const SCRATCH: usize = 60;
const SCRATCH_BYTES: usize = 64;
/** Places of results: states and what is kept of all steps, and the last states, or 0 where all are wanted. */
const STATES: usize = 68;
const KEPT_AT: usize = 72;
const LAST: usize = 76;
/** Going forward: the input's sums, and what is added to the state's, or 0. */
const X: usize = 80;
const BIAS: usize = 84;
/** Going back: gradients of the states that are wanted, slopes of the input's sums, and those of a sum of the state that differ. */
const DY: usize = 80;
const SLOPES: usize = 84;
const OWN_SLOPES: usize = 88;

/** Bytes of so many floats. */
function word(count: i32): usize {
  return (<usize>count) << 2;
}

/** Four neighbours, or as many as there are, and zeros. */
function four(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  let values = v128.load32_zero(from);
  if (count > 1) values = v128.load_lane<f32>(from + 4, values, 1);
  if (count > 2) values = v128.load_lane<f32>(from + 8, values, 2);
  return values;
}

function put(to: usize, count: i32, values: v128): void {
  if (count >= 4) {
    v128.store(to, values);
    return;
  }
  v128.store_lane<f32>(to, values, 0);
  if (count > 1) v128.store_lane<f32>(to + 4, values, 1);
  if (count > 2) v128.store_lane<f32>(to + 8, values, 2);
}

function squash(kind: i32, x: v128): v128 {
  if (kind == Squash.tanh) return tanh4(x);
  if (kind == Squash.sigmoid) return sigmoid4(x);
  return kind == Squash.relu ? max4(x, f32x4.splat(0)) : x;
}

/** The slope where the result is y. */
function slope(kind: i32, y: v128): v128 {
  const one = f32x4.splat(1);
  if (kind == Squash.tanh) return f32x4.sub(one, f32x4.mul(y, y));
  if (kind == Squash.sigmoid) return f32x4.mul(y, f32x4.sub(one, y));
  return kind == Squash.relu ? v128.and(one, f32x4.gt(y, f32x4.splat(0))) : one;
}

/** The step that is taken as the s-th. */
function timeOf(record: usize, s: i32): i32 {
  return load<i32>(record, REVERSE) ? load<i32>(record, STEPS) - 1 - s : s;
}

/** Walks the samples of units `begin` to `end - 1`. */
export function recurrent(record: usize, begin: i32, end: i32, thread: i32): void {
  const units = load<i32>(record, UNITS);
  const gates = load<i32>(record, GATES);
  const size = load<i32>(record, ROWS);
  const steps = load<i32>(record, STEPS);
  const states = load<u32>(record, SCRATCH) + <usize>thread * load<u32>(record, SCRATCH_BYTES);
  const sums = states + word(size * units);
  for (let unit = begin; unit < end; unit++) {
    const first = unit * size;
    const rows = min(size, load<i32>(record, SAMPLES) - first);
    // States are zero at first.
    memory.fill(sums, 0, word(rows * gates * units));
    memory.fill(states, 0, word(rows * units));
    for (let s = 0; s < steps; s++) {
      if (s > 0) product(record, states, sums, rows, gates * units, units);
      for (let r = 0; r < rows; r++) {
        stepRow(record, first + r, s, states + word(r * units), sums + word(r * gates * units));
      }
    }
  }
}

function product(record: usize, a: usize, c: usize, rows: i32, n: i32, k: i32): void {
  multiplyRows(
    a,
    load<u32>(record, A_ROWS),
    load<u32>(record, A_STEPS),
    load<u32>(record, PANELS),
    c,
    load<u32>(record, C_ROWS),
    load<u32>(record, C_COLUMNS),
    rows,
    n,
    k,
  );
}

/** One step of one sample. @param state of the sample, which is replaced  @param z the state's sums */
function stepRow(record: usize, n: i32, s: i32, state: usize, z: usize): void {
  const units = load<i32>(record, UNITS);
  const gates = load<i32>(record, GATES);
  const kept = load<i32>(record, KEPT);
  const steps = load<i32>(record, STEPS);
  const cell = load<i32>(record, CELL);
  const tell = load<i32>(record, TELL);
  const gate = load<i32>(record, GATE);
  const bias = load<u32>(record, BIAS);
  const place = n * steps + timeOf(record, s);
  const x = load<u32>(record, X) + word(place * gates * units);
  const states = load<u32>(record, STATES) + word(place * units);
  const keptAt = load<u32>(record, KEPT_AT) + word(place * kept * units);
  // The memory of the step before: the last number that it kept.
  const before = n * steps + timeOf(record, max(s - 1, 0));
  const memoryAt = load<u32>(record, KEPT_AT) + word((before * kept + kept - 1) * units);
  const last = s == steps - 1 && load<u32>(record, LAST) ? load<u32>(record, LAST) + word(n * units) : 0;
  const stride = word(units);
  for (let j = 0; j < units; j += 4) {
    const at = word(j);
    const count = units - j;
    let made: v128;
    if (cell == Cell.lstm) {
      const i = squash(gate, gateSum(x, z, bias, at, count));
      const f = squash(gate, gateSum(x, z, bias, at + stride, count));
      const g = squash(tell, gateSum(x, z, bias, at + 2 * stride, count));
      const o = squash(gate, gateSum(x, z, bias, at + 3 * stride, count));
      let c = f32x4.mul(i, g);
      if (s > 0) c = f32x4.add(f32x4.mul(f, four(memoryAt + at, count)), c);
      made = f32x4.mul(o, squash(tell, c));
      put(keptAt + at, count, i);
      put(keptAt + at + stride, count, f);
      put(keptAt + at + 2 * stride, count, g);
      put(keptAt + at + 3 * stride, count, o);
      put(keptAt + at + 4 * stride, count, c);
    } else if (cell == Cell.gru) {
      const update = squash(gate, gateSum(x, z, bias, at, count));
      const reset = squash(gate, gateSum(x, z, bias, at + stride, count));
      let q = four(z + at + 2 * stride, count);
      if (bias) q = f32x4.add(q, four(bias + at + 2 * stride, count));
      const g = squash(tell, f32x4.add(four(x + at + 2 * stride, count), f32x4.mul(reset, q)));
      const old = f32x4.mul(update, four(state + at, count));
      made = f32x4.add(old, f32x4.mul(f32x4.sub(f32x4.splat(1), update), g));
      put(keptAt + at, count, update);
      put(keptAt + at + stride, count, reset);
      put(keptAt + at + 2 * stride, count, g);
      put(keptAt + at + 3 * stride, count, q);
    } else {
      made = squash(tell, gateSum(x, z, bias, at, count));
    }
    put(states + at, count, made);
    put(state + at, count, made);
    if (last) put(last + at, count, made);
  }
}

function gateSum(x: usize, z: usize, bias: usize, at: usize, count: i32): v128 {
  const sum = f32x4.add(four(x + at, count), four(z + at, count));
  return bias ? f32x4.add(sum, four(bias + at, count)) : sum;
}

/** Walks the samples of units `begin` to `end - 1` back. */
export function recurrentGrad(record: usize, begin: i32, end: i32, thread: i32): void {
  const units = load<i32>(record, UNITS);
  const gates = load<i32>(record, GATES);
  const size = load<i32>(record, ROWS);
  // What comes back to states through the kernel, and beside it; to memories; and the slopes that the kernel multiplies.
  const passed = load<u32>(record, SCRATCH) + <usize>thread * load<u32>(record, SCRATCH_BYTES);
  const beside = passed + word(size * units);
  const memories = beside + word(size * units);
  const slopes = memories + word(size * units);
  for (let unit = begin; unit < end; unit++) {
    const first = unit * size;
    const rows = min(size, load<i32>(record, SAMPLES) - first);
    memory.fill(passed, 0, slopes - passed);
    for (let s = load<i32>(record, STEPS) - 1; s >= 0; s--) {
      for (let r = 0; r < rows; r++) {
        const row = word(r * units);
        backRow(record, first + r, s, passed + row, beside + row, memories + row, slopes + word(r * gates * units));
      }
      if (s > 0) product(record, slopes, passed, rows, units, gates * units);
    }
  }
}

/** One step of one sample back. @param own where the slopes of the state's sums go */
function backRow(record: usize, n: i32, s: i32, passed: usize, beside: usize, memories: usize, own: usize): void {
  const units = load<i32>(record, UNITS);
  const gates = load<i32>(record, GATES);
  const kept = load<i32>(record, KEPT);
  const steps = load<i32>(record, STEPS);
  const cell = load<i32>(record, CELL);
  const tell = load<i32>(record, TELL);
  const gate = load<i32>(record, GATE);
  const place = n * steps + timeOf(record, s);
  const before = n * steps + timeOf(record, max(s - 1, 0));
  const state = load<u32>(record, STATES) + word(place * units);
  const stateBefore = load<u32>(record, STATES) + word(before * units);
  const keptAt = load<u32>(record, KEPT_AT) + word(place * kept * units);
  const memoryAt = load<u32>(record, KEPT_AT) + word((before * kept + kept - 1) * units);
  const slopes = load<u32>(record, SLOPES) + word(place * gates * units);
  const ownSlopes = load<u32>(record, OWN_SLOPES) + word(place * units);
  const onlyLast = load<u32>(record, LAST) != 0;
  const dy = load<u32>(record, DY) + word((onlyLast ? n : place) * units);
  const isTold = !onlyLast || s == steps - 1;
  const stride = word(units);
  const one = f32x4.splat(1);
  for (let j = 0; j < units; j += 4) {
    const at = word(j);
    const count = units - j;
    let d = f32x4.add(four(passed + at, count), four(beside + at, count));
    if (isTold) d = f32x4.add(four(dy + at, count), d);
    if (cell == Cell.lstm) {
      const i = four(keptAt + at, count);
      const f = four(keptAt + at + stride, count);
      const g = four(keptAt + at + 2 * stride, count);
      const o = four(keptAt + at + 3 * stride, count);
      const told = squash(tell, four(keptAt + at + 4 * stride, count));
      const dTold = f32x4.mul(f32x4.mul(d, o), slope(tell, told));
      const dc = f32x4.add(four(memories + at, count), dTold);
      const old = s > 0 ? four(memoryAt + at, count) : f32x4.splat(0);
      putBoth(slopes, own, at, count, f32x4.mul(f32x4.mul(dc, g), slope(gate, i)));
      putBoth(slopes, own, at + stride, count, f32x4.mul(f32x4.mul(dc, old), slope(gate, f)));
      putBoth(slopes, own, at + 2 * stride, count, f32x4.mul(f32x4.mul(dc, i), slope(tell, g)));
      putBoth(slopes, own, at + 3 * stride, count, f32x4.mul(f32x4.mul(d, told), slope(gate, o)));
      put(memories + at, count, f32x4.mul(dc, f));
    } else if (cell == Cell.gru) {
      const update = four(keptAt + at, count);
      const reset = four(keptAt + at + stride, count);
      const g = four(keptAt + at + 2 * stride, count);
      const q = four(keptAt + at + 3 * stride, count);
      const old = s > 0 ? four(stateBefore + at, count) : f32x4.splat(0);
      const dg = f32x4.mul(f32x4.mul(d, f32x4.sub(one, update)), slope(tell, g));
      putBoth(slopes, own, at, count, f32x4.mul(f32x4.mul(d, f32x4.sub(old, g)), slope(gate, update)));
      putBoth(slopes, own, at + stride, count, f32x4.mul(f32x4.mul(dg, q), slope(gate, reset)));
      put(slopes + at + 2 * stride, count, dg);
      const dq = f32x4.mul(dg, reset);
      put(own + at + 2 * stride, count, dq);
      put(ownSlopes + at, count, dq);
      put(beside + at, count, f32x4.mul(d, update));
    } else {
      putBoth(slopes, own, at, count, f32x4.mul(d, slope(tell, four(state + at, count))));
    }
  }
}

function putBoth(a: usize, b: usize, at: usize, count: i32, values: v128): void {
  put(a + at, count, values);
  put(b + at, count, values);
}
