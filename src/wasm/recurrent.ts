// Recurrence: walks of sequences, a few samples a piece of work, whose states stay in that thread's scratch. Each step is a product
// of the states with a packed kernel, then the cell, gate by gate and four units at a time. What cells compute is told in
// `ops/recurrentCells.ts`; the record is laid out by `backend/cpu/wasm/lowerRecurrent.ts`.
import { Cell, Squash } from "./codes";
import { multiplyRows } from "./gemm";
import { word } from "./gemmTiles";
import { madd } from "./simd";
import { four, put, squashRow } from "./squash";

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
/** Offsets of rows of what a step multiplies, and of rows and columns of what that gives. */
const A_ROWS: usize = 44;
const C_ROWS: usize = 48;
const COLUMNS: usize = 52;
/** Room of each thread, and its bytes. */
const SCRATCH: usize = 56;
const SCRATCH_BYTES: usize = 60;
/** Places of results: states and what is kept of all steps, and the last states, or 0 where all are wanted. */
const STATES: usize = 64;
const KEPT_AT: usize = 68;
const LAST: usize = 72;
/** Going forward: the input's sums, and what is added to the state's, or 0. Where the input has channels it is itself, and each step
 *  multiplies it with the state by both kernels, one below the other. */
const X: usize = 76;
const BIAS: usize = 80;
const CHANNELS: usize = 84;
/** Going back: gradients of the states that are wanted, slopes of the input's sums, and those of a sum of the state that differ. */
const DY: usize = 76;
const SLOPES: usize = 80;
const OWN_SLOPES: usize = 84;

function putBoth<T>(a: usize, b: usize, at: usize, count: i32, values: v128): void {
  put<T>(a + at, count, values);
  put<T>(b + at, count, values);
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

/** Where a row is, of so many floats each, of the array that a word of the record names. */
function rowAt(record: usize, array: usize, index: i32, width: i32): usize {
  return load<u32>(record + array) + word(index * width);
}

/** Walks the samples of units `begin` to `end - 1`. */
export function recurrent(record: usize, begin: i32, end: i32, thread: i32): void {
  const units = load<i32>(record, UNITS);
  const width = load<i32>(record, GATES) * units;
  const size = load<i32>(record, ROWS);
  const steps = load<i32>(record, STEPS);
  const channels = load<i32>(record, CHANNELS);
  // Rows of the input's channels and the state.
  const depth = channels + units;
  const read = load<u32>(record, SCRATCH) + <usize>thread * load<u32>(record, SCRATCH_BYTES);
  const sums = read + word(size * depth);
  const whole = units & ~3;
  for (let unit = begin; unit < end; unit++) {
    const first = unit * size;
    const rows = min(size, load<i32>(record, SAMPLES) - first);
    // States are zero at first.
    memory.fill(sums, 0, word(rows * width));
    memory.fill(read, 0, word(rows * depth));
    for (let s = 0; s < steps; s++) {
      for (let r = 0; r < rows; r++) {
        const place = (first + r) * steps + timeOf(record, s);
        copyRow(read + word(r * depth), rowAt(record, X, place, channels), channels);
      }
      const known = s > 0 ? depth : channels;
      if (known > 0) product(record, read, sums, rows, width, known, depth);
      for (let r = 0; r < rows; r++) {
        const n = first + r;
        const state = read + word(r * depth + channels);
        stepUnits<i32>(record, n, s, state, sums + word(r * width), 0, whole);
        if (whole < units) stepUnits<f32>(record, n, s, state, sums + word(r * width), whole, units);
        // Where only the last states are wanted, they are beside all.
        if (s == steps - 1 && load<u32>(record, LAST)) memory.copy(rowAt(record, LAST, n, units), state, word(units));
      }
    }
  }
}

/** Copies a short row: a call of the browser's own takes longer. */
function copyRow(to: usize, from: usize, count: i32): void {
  const whole = count & ~3;
  for (let j = 0; j < whole; j += 4) v128.store(to + word(j), v128.load(from + word(j)));
  for (let j = whole; j < count; j++) store<f32>(to + word(j), load<f32>(from + word(j)));
}

function product(record: usize, a: usize, c: usize, rows: i32, n: i32, k: i32, panelSteps: i32): void {
  const panels = load<u32>(record, PANELS);
  const aRows = load<u32>(record, A_ROWS);
  const cRows = load<u32>(record, C_ROWS);
  multiplyRows(a, aRows, panels, c, cRows, load<u32>(record, COLUMNS), rows, n, k, panelSteps);
}

/** A place in a row, where there is one. */
function shifted(row: usize, at: usize): usize {
  return row ? row + at : 0;
}

/** One step of units `from` to `to - 1` of sample n. @param state of the sample, which is replaced  @param z the state's sums */
function stepUnits<T>(record: usize, n: i32, s: i32, state: usize, z: usize, from: i32, to: i32): void {
  const units = load<i32>(record, UNITS);
  const kept = load<i32>(record, KEPT);
  const steps = load<i32>(record, STEPS);
  const cell = load<i32>(record, CELL);
  const tell = load<i32>(record, TELL);
  const gate = load<i32>(record, GATE);
  const bias = load<u32>(record, BIAS);
  const place = n * steps + timeOf(record, s);
  const x = load<i32>(record, CHANNELS) ? 0 : rowAt(record, X, place, load<i32>(record, GATES) * units);
  const states = rowAt(record, STATES, place, units);
  const keptAt = rowAt(record, KEPT_AT, place * kept, units);
  // The memory of the step before: the last number that it kept.
  const memoryAt = rowAt(record, KEPT_AT, (n * steps + timeOf(record, max(s - 1, 0)) + 1) * kept - 1, units);
  const stride = word(units);
  const own = word(from);
  const length = to - from;
  if (cell == Cell.lstm) {
    for (let g = 0; g < 4; g++) {
      const at = own + <usize>g * stride;
      squashRow<T>(g == 2 ? tell : gate, keptAt + at, z + at, shifted(x, at), shifted(bias, at), length);
    }
    for (let j = from; j < to; j += 4) {
      const at = word(j);
      const count = to - j;
      let c = f32x4.mul(four<T>(keptAt + at, count), four<T>(keptAt + at + 2 * stride, count));
      if (s > 0) c = madd(four<T>(keptAt + at + stride, count), four<T>(memoryAt + at, count), c);
      put<T>(keptAt + at + 4 * stride, count, c);
    }
    squashRow<T>(tell, state + own, keptAt + own + 4 * stride, 0, 0, length);
    for (let j = from; j < to; j += 4) {
      const at = word(j);
      const count = to - j;
      const o = four<T>(keptAt + at + 3 * stride, count);
      putBoth<T>(states, state, at, count, f32x4.mul(o, four<T>(state + at, count)));
    }
  } else if (cell == Cell.gru) {
    for (let g = 0; g < 2; g++) {
      const at = own + <usize>g * stride;
      squashRow<T>(gate, keptAt + at, z + at, shifted(x, at), shifted(bias, at), length);
    }
    for (let j = from; j < to; j += 4) {
      const at = word(j);
      const count = to - j;
      let q = four<T>(z + at + 2 * stride, count);
      if (bias) q = f32x4.add(q, four<T>(bias + at + 2 * stride, count));
      put<T>(keptAt + at + 3 * stride, count, q);
      const reset = four<T>(keptAt + at + stride, count);
      put<T>(z + at + 2 * stride, count, madd(reset, q, four<T>(x + at + 2 * stride, count)));
    }
    squashRow<T>(tell, keptAt + own + 2 * stride, z + own + 2 * stride, 0, 0, length);
    for (let j = from; j < to; j += 4) {
      const at = word(j);
      const count = to - j;
      const update = four<T>(keptAt + at, count);
      const old = f32x4.mul(update, four<T>(state + at, count));
      const g = four<T>(keptAt + at + 2 * stride, count);
      putBoth<T>(states, state, at, count, madd(f32x4.sub(f32x4.splat(1), update), g, old));
    }
  } else {
    squashRow<T>(tell, state + own, z + own, shifted(x, own), shifted(bias, own), length);
    copyRow(states + own, state + own, length);
  }
}

/** Walks the samples of units `begin` to `end - 1` back. */
export function recurrentGrad(record: usize, begin: i32, end: i32, thread: i32): void {
  const units = load<i32>(record, UNITS);
  const width = load<i32>(record, GATES) * units;
  const size = load<i32>(record, ROWS);
  // What comes back to states through the kernel, and beside it; to memories; and the slopes that the kernel multiplies.
  const passed = load<u32>(record, SCRATCH) + <usize>thread * load<u32>(record, SCRATCH_BYTES);
  const beside = word(size * units);
  const slopes = passed + 3 * beside;
  const whole = units & ~3;
  for (let unit = begin; unit < end; unit++) {
    const first = unit * size;
    const rows = min(size, load<i32>(record, SAMPLES) - first);
    memory.fill(passed, 0, 3 * beside);
    for (let s = load<i32>(record, STEPS) - 1; s >= 0; s--) {
      for (let r = 0; r < rows; r++) {
        const row = passed + word(r * units);
        const own = slopes + word(r * width);
        backUnits<i32>(record, first + r, s, row, beside, own, 0, whole);
        if (whole < units) backUnits<f32>(record, first + r, s, row, beside, own, whole, units);
      }
      if (s > 0) product(record, slopes, passed, rows, units, width, width);
    }
  }
}

/** One step back of units `from` to `to - 1` of sample n.
 *  @param passed what comes back to its state through the kernel; `beside` bytes on, what comes to it otherwise, and as far again
 *  what comes to its memory  @param own where the slopes of the state's sums go */
function backUnits<T>(
  record: usize,
  n: i32,
  s: i32,
  passed: usize,
  beside: usize,
  own: usize,
  from: i32,
  to: i32,
): void {
  const units = load<i32>(record, UNITS);
  const kept = load<i32>(record, KEPT);
  const steps = load<i32>(record, STEPS);
  const cell = load<i32>(record, CELL);
  const tell = load<i32>(record, TELL);
  const gate = load<i32>(record, GATE);
  const place = n * steps + timeOf(record, s);
  const before = n * steps + timeOf(record, max(s - 1, 0));
  const state = rowAt(record, STATES, place, units);
  const stateBefore = rowAt(record, STATES, before, units);
  const keptAt = rowAt(record, KEPT_AT, place * kept, units);
  const memoryAt = rowAt(record, KEPT_AT, (before + 1) * kept - 1, units);
  const slopes = rowAt(record, SLOPES, place, load<i32>(record, GATES) * units);
  const ownSlopes = rowAt(record, OWN_SLOPES, place, units);
  const onlyLast = load<u32>(record, LAST) != 0;
  const dy = rowAt(record, DY, onlyLast ? n : place, units);
  const isTold = !onlyLast || s == steps - 1;
  const stride = word(units);
  const one = f32x4.splat(1);
  // What the memory told lies where the slope of the last gate goes.
  const told = own + 3 * stride;
  if (cell == Cell.lstm) squashRow<T>(tell, told + word(from), keptAt + word(from) + 4 * stride, 0, 0, to - from);
  for (let j = from; j < to; j += 4) {
    const at = word(j);
    const count = to - j;
    let d = four<T>(passed + at, count);
    if (isTold) d = f32x4.add(four<T>(dy + at, count), d);
    if (cell == Cell.lstm) {
      const memories = passed + 2 * beside + at;
      const i = four<T>(keptAt + at, count);
      const f = four<T>(keptAt + at + stride, count);
      const g = four<T>(keptAt + at + 2 * stride, count);
      const o = four<T>(keptAt + at + 3 * stride, count);
      const y = four<T>(told + at, count);
      const dc = madd(f32x4.mul(d, o), slope(tell, y), four<T>(memories, count));
      const old = s > 0 ? four<T>(memoryAt + at, count) : f32x4.splat(0);
      putBoth<T>(slopes, own, at, count, f32x4.mul(f32x4.mul(dc, g), slope(gate, i)));
      putBoth<T>(slopes, own, at + stride, count, f32x4.mul(f32x4.mul(dc, old), slope(gate, f)));
      putBoth<T>(slopes, own, at + 2 * stride, count, f32x4.mul(f32x4.mul(dc, i), slope(tell, g)));
      putBoth<T>(slopes, own, at + 3 * stride, count, f32x4.mul(f32x4.mul(d, y), slope(gate, o)));
      put<T>(memories, count, f32x4.mul(dc, f));
    } else if (cell == Cell.gru) {
      const others = passed + beside + at;
      const update = four<T>(keptAt + at, count);
      const reset = four<T>(keptAt + at + stride, count);
      const g = four<T>(keptAt + at + 2 * stride, count);
      const q = four<T>(keptAt + at + 3 * stride, count);
      const old = s > 0 ? four<T>(stateBefore + at, count) : f32x4.splat(0);
      d = f32x4.add(d, four<T>(others, count));
      const dg = f32x4.mul(f32x4.mul(d, f32x4.sub(one, update)), slope(tell, g));
      putBoth<T>(slopes, own, at, count, f32x4.mul(f32x4.mul(d, f32x4.sub(old, g)), slope(gate, update)));
      putBoth<T>(slopes, own, at + stride, count, f32x4.mul(f32x4.mul(dg, q), slope(gate, reset)));
      put<T>(slopes + at + 2 * stride, count, dg);
      putBoth<T>(own + 2 * stride, ownSlopes, at, count, f32x4.mul(dg, reset));
      put<T>(others, count, f32x4.mul(d, update));
    } else {
      putBoth<T>(slopes, own, at, count, f32x4.mul(d, slope(tell, four<T>(state + at, count))));
    }
  }
}
