// Sums and maxima over axes. Each result is combined in double precision, in a fixed order: by one thread, or, where that is
// long, in parts whose number does not depend on the threads, and which are combined afterwards.
import { REDUCE_UNIT } from "./codes";

const SOURCE: usize = 0;
const TARGET: usize = 4;
/** Byte offsets of the first element of each result, and from there of every element that goes into it. */
const BASES: usize = 8;
const STEPS: usize = 12;
const RESULTS: usize = 16;
const LENGTH: usize = 20;
/** Whether it is the maximum rather than the sum. */
const IS_MAX: usize = 24;
/** Room for the running totals of all results, in double precision, for each part. */
const TOTALS: usize = 28;
/** Whether neighbouring results are neighbours in the source, and neighbouring elements of one result are not. */
const ACROSS: usize = 32;
/** Parts of the elements, and how many of them each has. */
const PARTS: usize = 36;
const PART_LENGTH: usize = 40;

/** Units `begin` to `end - 1`: all results of the first part, of the second, and so on. */
export function reduce(record: usize, begin: i32, end: i32): void {
  const results = load<i32>(record, RESULTS);
  const groups = (results + REDUCE_UNIT - 1) / REDUCE_UNIT;
  const steps = load<u32>(record, STEPS);
  const length = load<i32>(record, LENGTH);
  const partLength = load<i32>(record, PART_LENGTH);
  for (let unit = begin; unit < end; unit++) {
    const part = unit / groups;
    const first = (unit % groups) * REDUCE_UNIT;
    const last = min(first + REDUCE_UNIT, results);
    const from = steps + ((<usize>(part * partLength)) << 2);
    const stop = steps + ((<usize>min(length, (part + 1) * partLength)) << 2);
    const totals = load<u32>(record, TOTALS) + ((<usize>(part * results)) << 3);
    if (load<i32>(record, ACROSS)) across(record, first, last, from, stop, totals);
    else along(record, first, last, from, stop, totals);
    if (load<i32>(record, PARTS) == 1) {
      for (let o = first; o < last; o++) storeTotal(record, o, load<f64>(totals + ((<usize>o) << 3)));
    }
  }
}

/** Combines the parts of the results of units `begin` to `end - 1`. */
export function combineParts(record: usize, begin: i32, end: i32): void {
  const results = load<i32>(record, RESULTS);
  const parts = load<i32>(record, PARTS);
  const isMax = load<i32>(record, IS_MAX) != 0;
  const stride = (<usize>results) << 3;
  for (let o = begin * REDUCE_UNIT; o < min(end * REDUCE_UNIT, results); o++) {
    let at: usize = load<u32>(record, TOTALS) + ((<usize>o) << 3);
    let total = load<f64>(at);
    for (let part = 1; part < parts; part++) {
      at += stride;
      total = isMax ? max(total, load<f64>(at)) : total + load<f64>(at);
    }
    storeTotal(record, o, total);
  }
}

function storeTotal(record: usize, o: i32, total: f64): void {
  store<f32>(load<u32>(record, TARGET) + ((<usize>o) << 2), <f32>total);
}

/** One result after another. */
function along(record: usize, first: i32, last: i32, begin: usize, stop: usize, totals: usize): void {
  const source = load<u32>(record, SOURCE);
  const bases = load<u32>(record, BASES);
  const isMax = load<i32>(record, IS_MAX) != 0;
  for (let o = first; o < last; o++) {
    const from = source + load<u32>(bases + ((<usize>o) << 2));
    let total: f64 = isMax ? -Infinity : 0;
    for (let step = begin; step < stop; step += 4) {
      const value = <f64>load<f32>(from + load<u32>(step));
      total = isMax ? max(total, value) : total + value;
    }
    store<f64>(totals + ((<usize>o) << 3), total);
  }
}

/** Row by row over neighbouring results, as memory lies. */
function across(record: usize, first: i32, last: i32, begin: usize, stop: usize, totals: usize): void {
  const isMax = load<i32>(record, IS_MAX) != 0;
  let o = first;
  if (!isMax) {
    const source = load<u32>(record, SOURCE);
    for (; o + 16 <= last && areTogether(record, o, 16); o += 16)
      sumSixteen(source + base(record, o), begin, stop, totals + ((<usize>o) << 3));
    for (; o + 4 <= last && areTogether(record, o, 4); o += 4)
      sumFour(source + base(record, o), begin, stop, totals + ((<usize>o) << 3));
  }
  if (o < last) acrossRows(record, o, last, begin, stop, totals);
}

function base(record: usize, o: i32): usize {
  return load<u32>(load<u32>(record, BASES) + ((<usize>o) << 2));
}

function areTogether(record: usize, o: i32, count: i32): bool {
  return base(record, o + count - 1) - base(record, o) == (<usize>(count - 1)) << 2;
}

function acrossRows(record: usize, first: i32, last: i32, begin: usize, stop: usize, totals: usize): void {
  const source = load<u32>(record, SOURCE);
  const bases = load<u32>(record, BASES);
  const isMax = load<i32>(record, IS_MAX) != 0;
  for (let o = first; o < last; o++) store<f64>(totals + ((<usize>o) << 3), isMax ? -Infinity : 0);
  for (let step = begin; step < stop; step += 4) {
    const from = source + load<u32>(step);
    for (let o = first; o < last; o++) {
      const value = <f64>load<f32>(from + load<u32>(bases + ((<usize>o) << 2)));
      const at = totals + ((<usize>o) << 3);
      const total = load<f64>(at);
      store<f64>(at, isMax ? max(total, value) : total + value);
    }
  }
}

/** The sums of sixteen neighbours, running totals in registers. */
function sumSixteen(source: usize, begin: usize, stop: usize, to: usize): void {
  const zero = f64x2.splat(0);
  let s0 = zero,
    s1 = zero,
    s2 = zero,
    s3 = zero,
    s4 = zero,
    s5 = zero,
    s6 = zero,
    s7 = zero;
  for (let step = begin; step < stop; step += 4) {
    const from = source + load<u32>(step);
    s0 = f64x2.add(s0, f64x2.promote_low_f32x4(v128.load64_zero(from)));
    s1 = f64x2.add(s1, f64x2.promote_low_f32x4(v128.load64_zero(from, 8)));
    s2 = f64x2.add(s2, f64x2.promote_low_f32x4(v128.load64_zero(from, 16)));
    s3 = f64x2.add(s3, f64x2.promote_low_f32x4(v128.load64_zero(from, 24)));
    s4 = f64x2.add(s4, f64x2.promote_low_f32x4(v128.load64_zero(from, 32)));
    s5 = f64x2.add(s5, f64x2.promote_low_f32x4(v128.load64_zero(from, 40)));
    s6 = f64x2.add(s6, f64x2.promote_low_f32x4(v128.load64_zero(from, 48)));
    s7 = f64x2.add(s7, f64x2.promote_low_f32x4(v128.load64_zero(from, 56)));
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
  v128.store(to, s4, 64);
  v128.store(to, s5, 80);
  v128.store(to, s6, 96);
  v128.store(to, s7, 112);
}

/** The sums of four neighbours. */
function sumFour(source: usize, begin: usize, stop: usize, to: usize): void {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let step = begin; step < stop; step += 4) {
    const from = source + load<u32>(step);
    low = f64x2.add(low, f64x2.promote_low_f32x4(v128.load64_zero(from)));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.load64_zero(from, 8)));
  }
  v128.store(to, low);
  v128.store(to, high, 16);
}

/** Elements that one index is chosen from, and from each of them to the next. */
const ALONG: usize = 8;
const INNER: usize = 12;

/** Indices of the largest, the first of equals or of NaNs: results `begin` to `end - 1`. */
export function argMax(record: usize, begin: i32, end: i32): void {
  const along = load<i32>(record, ALONG);
  const inner = load<i32>(record, INNER);
  const stride = (<usize>inner) << 2;
  for (let o = begin; o < end; o++) {
    const from = load<u32>(record, SOURCE) + ((<usize>((o / inner) * along * inner + (o % inner))) << 2);
    let best = 0;
    let top = load<f32>(from);
    for (let i = 1; i < along; i++) {
      const value = load<f32>(from + <usize>i * stride);
      if (value > top || (value != value && top == top)) {
        top = value;
        best = i;
      }
    }
    store<i32>(load<u32>(record, TARGET) + ((<usize>o) << 2), best);
  }
}
