// Attention: a head of a sample is a piece of work. Its rows are copied to that thread's scratch, padded to whole vectors, keys and
// values turned as well. Four steps at a time meet four others, so that what is loaded serves several products; steps that fill the
// last four are zeros, and what comes of them is not stored. The record is laid out by `backend/cpu/wasm/lowerAttention.ts`.
import { ATTENTION_ROWS } from "./codes";
import { exp4, log1p4, max4 } from "./math";
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
  const steps = load<i32>(record, STEPS);
  const stride = (<usize>load<i32>(record, WIDTH)) << 2;
  const bytes = padded(depth);
  for (let t = 0; t < steps; t++, from += stride, to += bytes) {
    for (let d = 0; d < depth; d += 4) v128.store(to + ((<usize>d) << 2), fourOf(from + ((<usize>d) << 2), depth - d));
  }
  memory.fill(to, 0, <usize>(-steps & (ATTENTION_ROWS - 1)) * bytes);
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

/** Four times two vectors: sums of so many rows of them, each row times a factor, and all times another.
 *  @param apart bytes between factors of one sum and of the next  @param stride bytes between rows
 *  @param second bytes from a row's first vector to its second; 0 where there is none
 *  @param to where they go, `next` bytes from one sum to the next */
function fourSums(
  factors: usize,
  apart: usize,
  count: i32,
  rows: usize,
  stride: usize,
  second: usize,
  scale: f32,
  to: usize,
  next: usize,
): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  for (const end = factors + ((<usize>count) << 2); factors < end; factors += 4, rows += stride) {
    const low = v128.load(rows);
    const high = v128.load(rows + second);
    const a = v128.load_splat<f32>(factors);
    a0 = madd(a, low, a0);
    a1 = madd(a, high, a1);
    const b = v128.load_splat<f32>(factors + apart);
    b0 = madd(b, low, b0);
    b1 = madd(b, high, b1);
    const c = v128.load_splat<f32>(factors + 2 * apart);
    c0 = madd(c, low, c0);
    c1 = madd(c, high, c1);
    const d = v128.load_splat<f32>(factors + 3 * apart);
    d0 = madd(d, low, d0);
    d1 = madd(d, high, d1);
  }
  const times = f32x4.splat(scale);
  putTwo(to, second, f32x4.mul(a0, times), f32x4.mul(a1, times));
  putTwo(to + next, second, f32x4.mul(b0, times), f32x4.mul(b1, times));
  putTwo(to + 2 * next, second, f32x4.mul(c0, times), f32x4.mul(c1, times));
  putTwo(to + 3 * next, second, f32x4.mul(d0, times), f32x4.mul(d1, times));
}

/** The first last, which is all there is where the second is in its place. */
function putTwo(to: usize, second: usize, first: v128, other: v128): void {
  v128.store(to + second, other);
  v128.store(to, first);
}

/** Products of four rows with the first `seen` rows of a turned head, and of those that fill the last two vectors.
 *  @param apart bytes between results of one row and of the next */
function products(record: usize, rows: usize, turned: usize, seen: i32, scale: f32, to: usize, apart: usize): void {
  const depth = load<i32>(record, DEPTH);
  const bytes = padded(load<i32>(record, STEPS));
  for (let s: usize = 0; s < (<usize>seen) << 2; s += 32) {
    fourSums(rows, padded(depth), depth, turned + s, bytes, 16, scale, to + s, apart);
  }
}

/** Four sums of the first `seen` rows, each row times its factor. @param apart bytes between factors of one sum and of the next */
function mix(factors: usize, apart: usize, seen: i32, rows: usize, bytes: usize, to: usize): void {
  for (let from: usize = 0; from < bytes; from += 32) {
    const second: usize = from + 16 < bytes ? 16 : 0;
    fourSums(factors, apart, seen, rows + from, bytes, second, 1, to + from, bytes);
  }
}

/** Adds four rows to each of the first `seen` rows, each times its factor. @param apart as in {@link mix} */
function spread(factors: usize, apart: usize, seen: i32, rows: usize, bytes: usize, to: usize): void {
  for (const end = factors + ((<usize>seen) << 2); factors < end; factors += 4) {
    const a = v128.load_splat<f32>(factors);
    const b = v128.load_splat<f32>(factors + apart);
    const c = v128.load_splat<f32>(factors + 2 * apart);
    const d = v128.load_splat<f32>(factors + 3 * apart);
    for (let row = rows; row < rows + bytes; row += 16, to += 16) {
      let sums = madd(a, v128.load(row), v128.load(to));
      sums = madd(b, v128.load(row + bytes), sums);
      sums = madd(c, v128.load(row + 2 * bytes), sums);
      v128.store(to, madd(d, v128.load(row + 3 * bytes), sums));
    }
  }
}

function seenBy(record: usize, t: i32): i32 {
  return load<i32>(record, CAUSAL) ? t + 1 : load<i32>(record, STEPS);
}

/** Adds one row times a factor to another. */
function addRow(factor: usize, row: usize, bytes: usize, to: usize): void {
  const own = v128.load_splat<f32>(factor);
  for (let d: usize = 0; d < bytes; d += 16) v128.store(to + d, madd(own, v128.load(row + d), v128.load(to + d)));
}

/** Logits become weights, and those behind the last 0. @returns the logarithm of the sum of exponentials */
function weigh(logits: usize, seen: i32): f32 {
  const end = logits + padded(seen);
  for (let at = logits + ((<usize>seen) << 2); at < end; at += 4) store<f32>(at, -Infinity);
  let most = v128.load(logits);
  for (let at = logits + 16; at < end; at += 16) most = max4(most, v128.load(at));
  most = max4(most, v128.shuffle<f64>(most, most, 1, 0));
  most = max4(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2));
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let at = logits; at < end; at += 16) {
    const values = exp4(f32x4.sub(v128.load(at), most));
    v128.store(at, values);
    low = f64x2.add(low, f64x2.promote_low_f32x4(values));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f64>(values, values, 1, 1)));
  }
  const both = f64x2.add(low, high);
  const sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  const factor = f32x4.splat(<f32>(1 / sum));
  for (let at = logits; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), factor));
  // All terms but the largest, which is 1.
  return f32x4.extract_lane(f32x4.add(most, log1p4(f32x4.splat(<f32>(sum - 1)))), 0);
}

/** Bytes of rows of a head: whole fours of them. */
function rowBytes(record: usize): usize {
  return <usize>((load<i32>(record, STEPS) + ATTENTION_ROWS - 1) & -ATTENTION_ROWS) * padded(load<i32>(record, DEPTH));
}

/** Heads `begin` to `end - 1`. */
export function attention(record: usize, begin: i32, end: i32, thread: i32): void {
  const steps = load<i32>(record, STEPS);
  const bytes = padded(load<i32>(record, DEPTH));
  const rows = rowBytes(record);
  const turned = load<u32>(record, SCRATCH) + <usize>thread * load<u32>(record, SCRATCH_BYTES);
  const queries = turned + padded(steps) * <usize>load<i32>(record, DEPTH);
  const values = queries + rows;
  const read = values + rows;
  const logits = read + rows;
  const apart = padded(steps) + 16;
  for (let unit = begin; unit < end; unit++) {
    turn(record, headAt(record, KEY, unit), turned);
    gather(record, headAt(record, QUERY, unit), queries);
    gather(record, headAt(record, VALUE, unit), values);
    const logs = load<u32>(record, LOGS) + ((<usize>(unit * steps)) << 2);
    for (let t = 0; t < steps; t += ATTENTION_ROWS) {
      const last = min(t + ATTENTION_ROWS, steps) - 1;
      const at = <usize>t * bytes;
      products(record, queries + at, turned, seenBy(record, last), load<f32>(record, SCALE), logits, apart);
      for (let row = t, own = logits; row <= last; row++, own += apart) {
        store<f32>(logs + ((<usize>row) << 2), weigh(own, seenBy(record, row)));
      }
      const shared = seenBy(record, t);
      mix(logits, apart, shared, values, bytes, read + at);
      // What only some of the four see is no factor of 0 to the others, which NaN would pass.
      for (let row = t + 1; row <= last; row++) {
        const own = <usize>(row - t);
        for (let s = shared; s < seenBy(record, row); s++) {
          const factor = logits + own * apart + ((<usize>s) << 2);
          addRow(factor, values + <usize>s * bytes, bytes, read + at + own * bytes);
        }
      }
    }
    scatter(record, read, headAt(record, READ, unit));
  }
}

/** The way back of heads `begin` to `end - 1`. */
export function attentionGrad(record: usize, begin: i32, end: i32, thread: i32): void {
  const steps = load<i32>(record, STEPS);
  const depth = load<i32>(record, DEPTH);
  const bytes = padded(depth);
  const rows = rowBytes(record);
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
  const apart = padded(steps) + 16;
  const slopes = weights + ATTENTION_ROWS * apart;
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
    for (let t = 0; t < steps; t += ATTENTION_ROWS) {
      const at = <usize>t * bytes;
      const last = min(t + ATTENTION_ROWS, steps) - 1;
      const shared = seenBy(record, t);
      products(record, queries + at, turnedKeys, seenBy(record, last), scale, weights, apart);
      products(record, told + at, turnedValues, seenBy(record, last), 1, slopes, apart);
      for (let r = 0; r < ATTENTION_ROWS; r++) {
        const place = <usize>r * apart;
        if (t + r > last) {
          memory.fill(weights + place, 0, apart);
          memory.fill(slopes + place, 0, apart);
          continue;
        }
        const own = at + <usize>r * bytes;
        const log = load<f32>(logs + ((<usize>(t + r)) << 2));
        toSlopes(
          weights + place,
          slopes + place,
          seenBy(record, t + r),
          log,
          dot(told + own, read + own, bytes),
          scale,
        );
      }
      mix(slopes, apart, shared, keys, bytes, querySlopes + at);
      spread(slopes, apart, shared, queries + at, bytes, keySlopes);
      spread(weights, apart, shared, told + at, bytes, valueSlopes);
      for (let row = t + 1; row <= last; row++) {
        const own = at + <usize>(row - t) * bytes;
        for (let s = shared; s < seenBy(record, row); s++) {
          const place = <usize>(row - t) * apart + ((<usize>s) << 2);
          const other = <usize>s * bytes;
          addRow(slopes + place, keys + other, bytes, querySlopes + own);
          addRow(slopes + place, queries + own, bytes, keySlopes + other);
          addRow(weights + place, told + own, bytes, valueSlopes + other);
        }
      }
    }
    scatter(record, querySlopes, headAt(record, QUERY_SLOPES, unit));
    scatter(record, keySlopes, headAt(record, KEY_SLOPES, unit));
    scatter(record, valueSlopes, headAt(record, VALUE_SLOPES, unit));
  }
}

function dot(a: usize, b: usize, bytes: usize): f32 {
  let sums = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) sums = madd(v128.load(a + at), v128.load(b + at), sums);
  const pairs = f32x4.add(sums, v128.shuffle<f64>(sums, sums, 1, 0));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Logits of a row become weights again, and gradients of weights those of logits. */
function toSlopes(weights: usize, slopes: usize, seen: i32, log: f32, worth: f32, scale: f32): void {
  const end = padded(seen);
  for (let at: usize = 0; at < end; at += 16) {
    const weight = exp4(f32x4.sub(v128.load(weights + at), f32x4.splat(log)));
    const slope = f32x4.mul(
      f32x4.mul(weight, f32x4.sub(v128.load(slopes + at), f32x4.splat(worth))),
      f32x4.splat(scale),
    );
    v128.store(weights + at, weight);
    v128.store(slopes + at, slope);
  }
}
