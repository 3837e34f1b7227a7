// Softmax along rows, its logarithm, and the cross-entropy of labelled rows with its gradient. The row's maximum is
// subtracted first, and totals are added up in double precision.
import { RowResult } from "./codes";
import { exp4, log1p4 } from "./math";

const LOGITS: usize = 0;
const COLUMNS: usize = 4;
/** A `RowResult`. */
const KIND: usize = 8;
/** Softmax, its logarithm, or the gradient of the logits; 0 where it is not wanted. */
const RESULT: usize = 12;
/** Of cross-entropy: a label for each row, the losses or 0, and their gradient. */
const LABELS: usize = 16;
const LOSS: usize = 20;
const GRADIENT: usize = 24;

/** Rows `begin` to `end - 1`. */
export function softmaxRows(record: usize, begin: i32, end: i32): void {
  const columns = load<i32>(record, COLUMNS);
  const kind = load<i32>(record, KIND);
  const bytes = (<usize>columns) << 2;
  const loss = load<u32>(record, LOSS);
  for (let row = begin; row < end; row++) {
    const x = load<u32>(record, LOGITS) + <usize>row * bytes;
    const stop = x + bytes;
    const top = maximum(x, stop);
    // All terms but the largest, which is 1: nothing is lost of a total that is hardly more.
    const rest = sumOfExp(x, stop, top) - 1;
    const logTotal = f32x4.extract_lane(log1p4(f32x4.splat(<f32>rest)), 0);
    const result = load<u32>(record, RESULT);
    const y = result + <usize>row * bytes;
    if (kind == RowResult.logarithm) {
      for (let at = x, to = y; at < stop; at += 4, to += 4) store<f32>(to, load<f32>(at) - top - logTotal);
      continue;
    }
    if (kind != RowResult.crossEntropy) {
      writeExp(x, stop, top, <f32>(1 / (rest + 1)), y);
      continue;
    }
    const word = (<usize>row) << 2;
    const label = (<usize>min<u32>(load<u32>(load<u32>(record, LABELS) + word), columns - 1)) << 2;
    if (loss) store<f32>(loss + word, logTotal - (load<f32>(x + label) - top));
    if (result) {
      const dy = load<f32>(load<u32>(record, GRADIENT) + word);
      writeExp(x, stop, top, <f32>(<f64>dy / (rest + 1)), y);
      store<f32>(y + label, load<f32>(y + label) - dy);
    }
  }
}

function maximum(x: usize, stop: usize): f32 {
  let top = load<f32>(x);
  for (let at = x + 4; at < stop; at += 4) {
    const value = load<f32>(at);
    if (value > top) top = value;
  }
  return top;
}

/** `exp(x - top)` of the four from `at`, or of the one there where fewer are left. */
function expOf(at: usize, stop: usize, top: f32): v128 {
  const four = at + 16 <= stop ? v128.load(at) : v128.load_splat<f32>(at);
  return exp4(f32x4.sub(four, f32x4.splat(top)));
}

function sumOfExp(x: usize, stop: usize, top: f32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let at = x;
  for (; at + 16 <= stop; at += 16) {
    const values = expOf(at, stop, top);
    low = f64x2.add(low, f64x2.promote_low_f32x4(values));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f64>(values, values, 1, 0)));
  }
  const both = f64x2.add(low, high);
  let total = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; at < stop; at += 4) total += <f64>f32x4.extract_lane(expOf(at, stop, top), 0);
  return total;
}

/** `scale exp(x - top)`, for each element. */
function writeExp(x: usize, stop: usize, top: f32, scale: f32, to: usize): void {
  const factor = f32x4.splat(scale);
  let at = x;
  for (; at + 16 <= stop; at += 16, to += 16) v128.store(to, f32x4.mul(expOf(at, stop, top), factor));
  for (; at < stop; at += 4, to += 4) {
    v128.store32_lane(to, f32x4.mul(expOf(at, stop, top), factor), 0);
  }
}
