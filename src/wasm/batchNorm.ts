// The sums behind batch normalization: moments of every channel of an array [rows, channels], and the two sums that its gradient is
// made of. Both are two sums over rows for each channel, in double precision, in which the square of a mean costs no digits. They
// are made in parts, whose number does not depend on the threads, and combined afterwards. The record is laid out by
// `backend/cpu/wasm/lowerBatchNorm.ts`.
import { CHANNEL_UNIT } from "./codes";
import { fourOf } from "./simd";

/** x for moments; dy and x for the gradient. */
const FIRST: usize = 0;
const SECOND: usize = 4;
const TARGET: usize = 8;
const ROWS: usize = 12;
const CHANNELS: usize = 16;
const PARTS: usize = 20;
const PART_ROWS: usize = 24;
/** Room for both sums of all channels, in double precision, for each part. */
const TOTALS: usize = 28;
/** For moments: numbers that say which samples count, or 0, where all do; how many they are; rows of a sample. */
const MASK: usize = 32;
const COUNT: usize = 36;
const PLACES: usize = 40;
/** For the gradient: means and variances, and what is added to these. */
const MOMENTS: usize = 32;
const EPSILON: usize = 36;

/** Sums of x and of its square: units `begin` to `end - 1`, which are all channels of the first part, of the second, and so on. */
export function momentSums(record: usize, begin: i32, end: i32): void {
  const mask = load<u32>(record, MASK);
  const places = load<i32>(record, PLACES);
  const rowBytes = (<usize>load<i32>(record, CHANNELS)) << 2;
  for (let unit = begin; unit < end; unit++) {
    const first = firstChannel(record, unit);
    const last = lastChannel(record, first);
    const from = firstRow(record, unit);
    const stop = lastRow(record, unit);
    for (let c = first; c < last; c += 4) {
      const column = load<u32>(record, FIRST) + ((<usize>c) << 2);
      let lowSum = f64x2.splat(0);
      let highSum = f64x2.splat(0);
      let lowSquares = f64x2.splat(0);
      let highSquares = f64x2.splat(0);
      for (let r = from; r < stop; r++) {
        // Multiplied rather than left out, so that a NaN shows as it does elsewhere.
        const weight = f64x2.splat(mask == 0 ? 1 : <f64>load<f32>(mask + ((<usize>(r / places)) << 2)));
        const x = fourOf(column + <usize>r * rowBytes, last - c);
        const low = f64x2.promote_low_f32x4(x);
        const high = f64x2.promote_low_f32x4(upper(x));
        const weightedLow = f64x2.mul(low, weight);
        const weightedHigh = f64x2.mul(high, weight);
        lowSum = f64x2.add(lowSum, weightedLow);
        highSum = f64x2.add(highSum, weightedHigh);
        lowSquares = f64x2.add(lowSquares, f64x2.mul(low, weightedLow));
        highSquares = f64x2.add(highSquares, f64x2.mul(high, weightedHigh));
      }
      storeFour(record, unit, c, last, lowSum, highSum, lowSquares, highSquares);
    }
  }
}

/** Means and variances of units `begin` to `end - 1`. */
export function moments(record: usize, begin: i32, end: i32): void {
  const channels = load<i32>(record, CHANNELS);
  const target = load<u32>(record, TARGET);
  const rows: f64 = load<u32>(record, MASK)
    ? <f64>load<f32>(load<u32>(record, COUNT)) * <f64>load<i32>(record, PLACES)
    : <f64>load<i32>(record, ROWS);
  for (let c = begin * CHANNEL_UNIT; c < min(end * CHANNEL_UNIT, channels); c++) {
    const mean = total(record, c) / rows;
    const variance = total(record, channels + c) / rows - mean * mean;
    store<f32>(target + ((<usize>c) << 2), <f32>mean);
    // Rounding may leave less than nothing of a channel that does not vary. A NaN stays one.
    store<f32>(target + ((<usize>(channels + c)) << 2), <f32>(variance < 0 ? 0 : variance));
  }
}

/** Sums of dy, and of dy times differences of x from the mean: units as for {@link momentSums}. */
export function gradientSums(record: usize, begin: i32, end: i32): void {
  const rowBytes = (<usize>load<i32>(record, CHANNELS)) << 2;
  for (let unit = begin; unit < end; unit++) {
    const first = firstChannel(record, unit);
    const last = lastChannel(record, first);
    const from = firstRow(record, unit);
    const stop = lastRow(record, unit);
    for (let c = first; c < last; c += 4) {
      const column = (<usize>c) << 2;
      const mean = fourOf(load<u32>(record, MOMENTS) + column, last - c);
      const lowMean = f64x2.promote_low_f32x4(mean);
      const highMean = f64x2.promote_low_f32x4(upper(mean));
      let lowSum = f64x2.splat(0);
      let highSum = f64x2.splat(0);
      let lowProduct = f64x2.splat(0);
      let highProduct = f64x2.splat(0);
      for (let r = from; r < stop; r++) {
        const at = <usize>r * rowBytes + column;
        const dy = fourOf(load<u32>(record, FIRST) + at, last - c);
        const x = fourOf(load<u32>(record, SECOND) + at, last - c);
        const low = f64x2.promote_low_f32x4(dy);
        const high = f64x2.promote_low_f32x4(upper(dy));
        lowSum = f64x2.add(lowSum, low);
        highSum = f64x2.add(highSum, high);
        lowProduct = f64x2.add(lowProduct, f64x2.mul(low, f64x2.sub(f64x2.promote_low_f32x4(x), lowMean)));
        highProduct = f64x2.add(highProduct, f64x2.mul(high, f64x2.sub(f64x2.promote_low_f32x4(upper(x)), highMean)));
      }
      storeFour(record, unit, c, last, lowSum, highSum, lowProduct, highProduct);
    }
  }
}

/** Both sums of units `begin` to `end - 1`, the second over the channel's deviation. */
export function momentsGrad(record: usize, begin: i32, end: i32): void {
  const channels = load<i32>(record, CHANNELS);
  const target = load<u32>(record, TARGET);
  const variances = load<u32>(record, MOMENTS) + ((<usize>channels) << 2);
  for (let c = begin * CHANNEL_UNIT; c < min(end * CHANNEL_UNIT, channels); c++) {
    const variance = <f64>load<f32>(variances + ((<usize>c) << 2)) + <f64>load<f32>(record, EPSILON);
    store<f32>(target + ((<usize>c) << 2), <f32>total(record, c));
    store<f32>(target + ((<usize>(channels + c)) << 2), <f32>(total(record, channels + c) / Math.sqrt(variance)));
  }
}

function groups(record: usize): i32 {
  return (load<i32>(record, CHANNELS) + CHANNEL_UNIT - 1) / CHANNEL_UNIT;
}

function firstChannel(record: usize, unit: i32): i32 {
  return (unit % groups(record)) * CHANNEL_UNIT;
}

function lastChannel(record: usize, first: i32): i32 {
  return min(first + CHANNEL_UNIT, load<i32>(record, CHANNELS));
}

function firstRow(record: usize, unit: i32): i32 {
  return (unit / groups(record)) * load<i32>(record, PART_ROWS);
}

function lastRow(record: usize, unit: i32): i32 {
  return min(firstRow(record, unit) + load<i32>(record, PART_ROWS), load<i32>(record, ROWS));
}

function upper(values: v128): v128 {
  return v128.shuffle<f64>(values, values, 1, 1);
}

function storeFour(record: usize, unit: i32, c: i32, last: i32, a: v128, b: v128, low: v128, high: v128): void {
  const channels = load<i32>(record, CHANNELS);
  const totals = load<u32>(record, TOTALS) + ((<usize>((unit / groups(record)) * 2 * channels)) << 3);
  storePairs(totals + ((<usize>c) << 3), last - c, a, b);
  storePairs(totals + ((<usize>(channels + c)) << 3), last - c, low, high);
}

function storePairs(to: usize, count: i32, low: v128, high: v128): void {
  store<f64>(to, f64x2.extract_lane(low, 0));
  if (count > 1) store<f64>(to + 8, f64x2.extract_lane(low, 1));
  if (count > 2) store<f64>(to + 16, f64x2.extract_lane(high, 0));
  if (count > 3) store<f64>(to + 24, f64x2.extract_lane(high, 1));
}

/** A sum over all parts. */
function total(record: usize, index: i32): f64 {
  const stride = (<usize>(2 * load<i32>(record, CHANNELS))) << 3;
  let at: usize = load<u32>(record, TOTALS) + ((<usize>index) << 3);
  let sum: f64 = 0;
  for (let part = 0; part < load<i32>(record, PARTS); part++, at += stride) sum += load<f64>(at);
  return sum;
}
