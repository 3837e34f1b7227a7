// Sums and maxima over axes. Each result is combined in double precision, in a fixed order, by one thread.
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
/** Room for the running totals of all results, in double precision. */
const TOTALS: usize = 28;
/** Whether neighbouring results are neighbours in the source, and neighbouring elements of one result are not. */
const ACROSS: usize = 32;

/** Computes the results of units `begin` to `end - 1`. */
export function reduce(record: usize, begin: i32, end: i32): void {
  const results = load<i32>(record, RESULTS);
  for (let first = begin * REDUCE_UNIT; first < min(end * REDUCE_UNIT, results); first += REDUCE_UNIT) {
    const last = min(first + REDUCE_UNIT, results);
    if (load<i32>(record, ACROSS)) across(record, first, last);
    else along(record, first, last);
  }
}

/** One result after another. */
function along(record: usize, first: i32, last: i32): void {
  const source = load<u32>(record, SOURCE);
  const target = load<u32>(record, TARGET);
  const bases = load<u32>(record, BASES);
  const steps = load<u32>(record, STEPS);
  const stop = steps + ((<usize>load<u32>(record, LENGTH)) << 2);
  const isMax = load<i32>(record, IS_MAX) != 0;
  for (let o = first; o < last; o++) {
    const from = source + load<u32>(bases + ((<usize>o) << 2));
    let total: f64 = isMax ? -Infinity : 0;
    for (let step: usize = steps; step < stop; step += 4) {
      const value = <f64>load<f32>(from + load<u32>(step));
      total = isMax ? max(total, value) : total + value;
    }
    store<f32>(target + ((<usize>o) << 2), <f32>total);
  }
}

/** Row by row over neighbouring results, as memory lies. */
function across(record: usize, first: i32, last: i32): void {
  const bases = load<u32>(record, BASES) + ((<usize>first) << 2);
  const isMax = load<i32>(record, IS_MAX) != 0;
  const isTogether = load<u32>(bases, (REDUCE_UNIT - 1) << 2) - load<u32>(bases) == (REDUCE_UNIT - 1) << 2;
  if (last - first == REDUCE_UNIT && isTogether && !isMax) sumUnit(record, first, load<u32>(bases));
  else acrossRows(record, first, last, isMax);
}

function acrossRows(record: usize, first: i32, last: i32, isMax: bool): void {
  const source = load<u32>(record, SOURCE);
  const target = load<u32>(record, TARGET);
  const bases = load<u32>(record, BASES);
  const steps = load<u32>(record, STEPS);
  const totals = load<u32>(record, TOTALS);
  const stop = steps + ((<usize>load<u32>(record, LENGTH)) << 2);
  for (let o = first; o < last; o++) store<f64>(totals + ((<usize>o) << 3), isMax ? -Infinity : 0);
  for (let step: usize = steps; step < stop; step += 4) {
    const from = source + load<u32>(step);
    for (let o = first; o < last; o++) {
      const value = <f64>load<f32>(from + load<u32>(bases + ((<usize>o) << 2)));
      const at = totals + ((<usize>o) << 3);
      const total = load<f64>(at);
      store<f64>(at, isMax ? max(total, value) : total + value);
    }
  }
  for (let o = first; o < last; o++) store<f32>(target + ((<usize>o) << 2), <f32>load<f64>(totals + ((<usize>o) << 3)));
}

/** The sums of a whole unit of neighbours, sixteen running totals in registers. */
function sumUnit(record: usize, first: i32, base: usize): void {
  const source = load<u32>(record, SOURCE) + base;
  const steps = load<u32>(record, STEPS);
  const stop = steps + ((<usize>load<u32>(record, LENGTH)) << 2);
  const zero = f64x2.splat(0);
  let s0 = zero,
    s1 = zero,
    s2 = zero,
    s3 = zero,
    s4 = zero,
    s5 = zero,
    s6 = zero,
    s7 = zero;
  for (let step: usize = steps; step < stop; step += 4) {
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
  const to = load<u32>(record, TARGET) + ((<usize>first) << 2);
  storeFour(to, s0, s1);
  storeFour(to + 16, s2, s3);
  storeFour(to + 32, s4, s5);
  storeFour(to + 48, s6, s7);
}

function storeFour(to: usize, low: v128, high: v128): void {
  const left = f32x4.demote_f64x2_zero(low);
  v128.store(to, v128.shuffle<f64>(left, f32x4.demote_f64x2_zero(high), 0, 2));
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
