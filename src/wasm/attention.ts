// Attention: a head of a sample is a piece of work. Its rows are copied to that thread's scratch, padded to whole vectors, keys and
// values turned as well, so that a step meets four others at a time. The record is laid out by `backend/cpu/wasm/lowerAttention.ts`.
import { exp4, log1p4 } from "./math";
import { fourOf, madd, putFour } from "./simd";

const STEPS: usize = 0;
const WIDTH: usize = 4;
const DEPTH: usize = 8;
const HEADS: usize = 12;
const CAUSAL: usize = 16;
const SCALE: usize = 20;
const QUERY: usize = 24;
const KEY: usize = 28;
const VALUE: usize = 32;
/** What was read, and the logarithms of the rows' sums. */
const READ: usize = 36;
const LOGS: usize = 40;
/** Room of each thread, and its bytes. */
const SCRATCH: usize = 44;
const SCRATCH_BYTES: usize = 48;
/** Going back: the gradient of what was read, and where those of queries, keys and values go. */
const DY: usize = 52;
const QUERY_SLOPES: usize = 56;
const KEY_SLOPES: usize = 60;
const VALUE_SLOPES: usize = 64;

/** Bytes of so many floats, rounded up to whole vectors. */
function padded(count: i32): usize {
  return (<usize>((count + 3) & ~3)) << 2;
}

/** Where the first row of a unit's head is in an array [N, T, width]. */
function headAt(record: usize, array: usize, unit: i32): usize {
  const heads = load<i32>(record, HEADS);
  const rows = (unit / heads) * load<i32>(record, STEPS) * load<i32>(record, WIDTH);
  return load<u32>(record + array) + ((<usize>(rows + (unit % heads) * load<i32>(record, DEPTH))) << 2);
}

/** Rows of a head, side by side and padded with zeros. */
function gather(record: usize, from: usize, to: usize): void {
  const depth = load<i32>(record, DEPTH);
  const stride = (<usize>load<i32>(record, WIDTH)) << 2;
  const bytes = padded(depth);
  for (let t = 0; t < load<i32>(record, STEPS); t++, from += stride, to += bytes) {
    for (let d = 0; d < depth; d += 4) v128.store(to + ((<usize>d) << 2), fourOf(from + ((<usize>d) << 2), depth - d));
  }
}

/** Back from there. */
function scatter(record: usize, from: usize, to: usize): void {
  const depth = load<i32>(record, DEPTH);
  const stride = (<usize>load<i32>(record, WIDTH)) << 2;
  const bytes = padded(depth);
  for (let t = 0; t < load<i32>(record, STEPS); t++, to += stride, from += bytes) {
    for (let d = 0; d < depth; d += 4) putFour(to + ((<usize>d) << 2), depth - d, v128.load(from + ((<usize>d) << 2)));
  }
}

/** Rows of a head turned: number d of all steps side by side, then number d + 1. */
function turn(record: usize, from: usize, to: usize): void {
  const steps = load<i32>(record, STEPS);
  const stride = (<usize>load<i32>(record, WIDTH)) << 2;
  const bytes = padded(steps);
  for (let d = 0; d < load<i32>(record, DEPTH); d++, from += 4, to += bytes) {
    let at = from;
    for (let t = 0; t < steps; t++, at += stride) store<f32>(to + ((<usize>t) << 2), load<f32>(at));
    for (let t = steps; t < ((steps + 3) & ~3); t++) store<f32>(to + ((<usize>t) << 2), 0);
  }
}

/** Products of a row with the first `seen` rows of a turned head, and of those that fill the last vector. */
function products(record: usize, row: usize, turned: usize, seen: i32, scale: f32, to: usize): void {
  const depth = load<i32>(record, DEPTH);
  const bytes = padded(load<i32>(record, STEPS));
  const factor = f32x4.splat(scale);
  let s = 0;
  // Eight at a time, so that an addition need not wait for the one before.
  for (; s + 4 < seen; s += 8) {
    let at = turned + ((<usize>s) << 2);
    let low = f32x4.splat(0);
    let high = f32x4.splat(0);
    for (let d = 0; d < depth; d++, at += bytes) {
      const own = v128.load_splat<f32>(row + ((<usize>d) << 2));
      low = madd(own, v128.load(at), low);
      high = madd(own, v128.load(at, 16), high);
    }
    v128.store(to + ((<usize>s) << 2), f32x4.mul(low, factor));
    v128.store(to + ((<usize>s) << 2), f32x4.mul(high, factor), 16);
  }
  for (; s < seen; s += 4) {
    let at = turned + ((<usize>s) << 2);
    let sums = f32x4.splat(0);
    for (let d = 0; d < depth; d++, at += bytes) {
      sums = madd(v128.load_splat<f32>(row + ((<usize>d) << 2)), v128.load(at), sums);
    }
    v128.store(to + ((<usize>s) << 2), f32x4.mul(sums, factor));
  }
}

/** The sum of the first `seen` rows, each times its factor. */
function mix(factors: usize, seen: i32, rows: usize, bytes: usize, to: usize): void {
  let from: usize = 0;
  for (; from + 64 <= bytes; from += 64) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let row = rows + from;
    for (let s = 0; s < seen; s++, row += bytes) {
      const factor = v128.load_splat<f32>(factors + ((<usize>s) << 2));
      a = madd(factor, v128.load(row), a);
      b = madd(factor, v128.load(row, 16), b);
      c = madd(factor, v128.load(row, 32), c);
      d = madd(factor, v128.load(row, 48), d);
    }
    v128.store(to + from, a);
    v128.store(to + from, b, 16);
    v128.store(to + from, c, 32);
    v128.store(to + from, d, 48);
  }
  for (; from < bytes; from += 16) {
    let sums = f32x4.splat(0);
    let row = rows + from;
    for (let s = 0; s < seen; s++, row += bytes) {
      sums = madd(v128.load_splat<f32>(factors + ((<usize>s) << 2)), v128.load(row), sums);
    }
    v128.store(to + from, sums);
  }
}

function seenBy(record: usize, t: i32): i32 {
  return load<i32>(record, CAUSAL) ? t + 1 : load<i32>(record, STEPS);
}

/** Logits become weights, and those behind the last 0. @returns the logarithm of the sum of exponentials */
function weigh(logits: usize, seen: i32): f32 {
  let top = load<f32>(logits);
  for (let s = 1; s < seen; s++) {
    const logit = load<f32>(logits + ((<usize>s) << 2));
    // A NaN stays.
    if (!(logit <= top)) top = logit;
  }
  for (let s = seen; s < ((seen + 3) & ~3); s++) store<f32>(logits + ((<usize>s) << 2), f32.MIN_VALUE);
  let sum: f64 = 0;
  for (let s = 0; s < seen; s += 4) {
    const at = logits + ((<usize>s) << 2);
    const values = exp4(f32x4.sub(v128.load(at), f32x4.splat(top)));
    v128.store(at, values);
    for (let i = s; i < min(s + 4, seen); i++) sum += <f64>load<f32>(logits + ((<usize>i) << 2));
  }
  const factor = f32x4.splat(<f32>(1 / sum));
  for (let s = 0; s < seen; s += 4) {
    const at = logits + ((<usize>s) << 2);
    v128.store(at, f32x4.mul(v128.load(at), factor));
  }
  // All terms but the largest, which is 1.
  return top + f32x4.extract_lane(log1p4(f32x4.splat(<f32>(sum - 1))), 0);
}

/** Heads `begin` to `end - 1`. */
export function attention(record: usize, begin: i32, end: i32, thread: i32): void {
  const steps = load<i32>(record, STEPS);
  const bytes = padded(load<i32>(record, DEPTH));
  const turned = load<u32>(record, SCRATCH) + <usize>thread * load<u32>(record, SCRATCH_BYTES);
  const values = turned + padded(steps) * <usize>load<i32>(record, DEPTH);
  const read = values + <usize>steps * bytes;
  const logits = read + <usize>steps * bytes;
  const stride = (<usize>load<i32>(record, WIDTH)) << 2;
  for (let unit = begin; unit < end; unit++) {
    turn(record, headAt(record, KEY, unit), turned);
    gather(record, headAt(record, VALUE, unit), values);
    let query = headAt(record, QUERY, unit);
    const logs = load<u32>(record, LOGS) + ((<usize>(unit * steps)) << 2);
    for (let t = 0; t < steps; t++, query += stride) {
      const seen = seenBy(record, t);
      products(record, query, turned, seen, load<f32>(record, SCALE), logits);
      store<f32>(logs + ((<usize>t) << 2), weigh(logits, seen));
      mix(logits, seen, values, bytes, read + <usize>t * bytes);
    }
    scatter(record, read, headAt(record, READ, unit));
  }
}

/** The way back of heads `begin` to `end - 1`. */
export function attentionGrad(record: usize, begin: i32, end: i32, thread: i32): void {
  const steps = load<i32>(record, STEPS);
  const depth = load<i32>(record, DEPTH);
  const bytes = padded(depth);
  const rows = <usize>steps * bytes;
  const turnedKeys = load<u32>(record, SCRATCH) + <usize>thread * load<u32>(record, SCRATCH_BYTES);
  const turnedValues = turnedKeys + padded(steps) * <usize>depth;
  const queries = turnedValues + padded(steps) * <usize>depth;
  const keys = queries + rows;
  const told = keys + rows;
  const read = told + rows;
  // Three arrays in a row.
  const querySlopes = read + rows;
  const keySlopes = querySlopes + rows;
  const valueSlopes = keySlopes + rows;
  const weights = valueSlopes + rows;
  const slopes = weights + padded(steps) + 16;
  const scale = load<f32>(record, SCALE);
  for (let unit = begin; unit < end; unit++) {
    turn(record, headAt(record, KEY, unit), turnedKeys);
    turn(record, headAt(record, VALUE, unit), turnedValues);
    gather(record, headAt(record, QUERY, unit), queries);
    gather(record, headAt(record, KEY, unit), keys);
    gather(record, headAt(record, DY, unit), told);
    gather(record, headAt(record, READ, unit), read);
    memory.fill(keySlopes, 0, 2 * rows);
    const logs = load<u32>(record, LOGS) + ((<usize>(unit * steps)) << 2);
    for (let t = 0; t < steps; t++) {
      const at = <usize>t * bytes;
      const seen = seenBy(record, t);
      let sums = f32x4.splat(0);
      for (let d: usize = 0; d < bytes; d += 16) sums = madd(v128.load(told + at + d), v128.load(read + at + d), sums);
      const pairs = f32x4.add(sums, v128.shuffle<f64>(sums, sums, 1, 0));
      const worth = f32x4.splat(f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1));
      products(record, queries + at, turnedKeys, seen, scale, weights);
      products(record, told + at, turnedValues, seen, 1, slopes);
      const log = v128.load_splat<f32>(logs + ((<usize>t) << 2));
      for (let s = 0; s < seen; s += 4) {
        const place = (<usize>s) << 2;
        const weight = exp4(f32x4.sub(v128.load(weights + place), log));
        const slope = f32x4.mul(f32x4.mul(weight, f32x4.sub(v128.load(slopes + place), worth)), f32x4.splat(scale));
        v128.store(weights + place, weight);
        v128.store(slopes + place, slope);
      }
      mix(slopes, seen, keys, bytes, querySlopes + at);
      for (let s = 0; s < seen; s++) {
        const other = <usize>s * bytes;
        const weight = v128.load_splat<f32>(weights + ((<usize>s) << 2));
        const slope = v128.load_splat<f32>(slopes + ((<usize>s) << 2));
        for (let d: usize = 0; d < bytes; d += 16) {
          const to = other + d;
          v128.store(keySlopes + to, madd(slope, v128.load(queries + at + d), v128.load(keySlopes + to)));
          v128.store(valueSlopes + to, madd(weight, v128.load(told + at + d), v128.load(valueSlopes + to)));
        }
      }
    }
    scatter(record, querySlopes, headAt(record, QUERY_SLOPES, unit));
    scatter(record, keySlopes, headAt(record, KEY_SLOPES, unit));
    scatter(record, valueSlopes, headAt(record, VALUE_SLOPES, unit));
  }
}
