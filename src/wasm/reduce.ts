// Sums and maxima over axes. Each result is combined in double precision, in a fixed order, by one thread.

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

/** Results of a unit of work. */
export const REDUCE_UNIT: i32 = 16;

/** Computes the results of units `begin` to `end - 1`. */
export function reduce(record: usize, begin: i32, end: i32): void {
  const first = begin * REDUCE_UNIT;
  const last = min(end * REDUCE_UNIT, load<i32>(record, RESULTS));
  if (load<i32>(record, ACROSS)) across(record, first, last);
  else along(record, first, last);
}

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
      total = isMax ? (value > total ? value : total) : total + value;
    }
    store<f32>(target + ((<usize>o) << 2), <f32>total);
  }
}

/** Row by row over many results at once, as memory lies. */
function across(record: usize, first: i32, last: i32): void {
  const source = load<u32>(record, SOURCE);
  const target = load<u32>(record, TARGET);
  const bases = load<u32>(record, BASES);
  const steps = load<u32>(record, STEPS);
  const totals = load<u32>(record, TOTALS);
  const stop = steps + ((<usize>load<u32>(record, LENGTH)) << 2);
  const isMax = load<i32>(record, IS_MAX) != 0;
  for (let o = first; o < last; o++) store<f64>(totals + ((<usize>o) << 3), isMax ? -Infinity : 0);
  for (let step: usize = steps; step < stop; step += 4) {
    const from = source + load<u32>(step);
    for (let o = first; o < last; o++) {
      const value = <f64>load<f32>(from + load<u32>(bases + ((<usize>o) << 2)));
      const at = totals + ((<usize>o) << 3);
      const total = load<f64>(at);
      store<f64>(at, isMax ? (value > total ? value : total) : total + value);
    }
  }
  for (let o = first; o < last; o++) store<f32>(target + ((<usize>o) << 2), <f32>load<f64>(totals + ((<usize>o) << 3)));
}
