// Rows normalized by their own moments, and the gradient of that. Sums are in double precision. The records are laid out by
// `backend/cpu/wasm/lowerRowNorm.ts`.
import { fourOf, putFour } from "./simd";

const COLUMNS: usize = 0;
const CENTER: usize = 4;
/** Forward: x, where the normalized rows and the scales go, or 0 where they are not wanted, and what is added to variances. */
const X: usize = 8;
const NORMAL: usize = 12;
const SCALE: usize = 16;
const EPSILON: usize = 20;
/** Going back: dy in the place of x, what was found, and where the gradient goes. */
const DX: usize = 20;

function total(low: v128, high: v128): f64 {
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

function upper(values: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(values, values, 1, 1));
}

/** Sum of a row. */
function sumOf(x: usize, columns: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let c = 0; c < columns; c += 4) {
    const values = fourOf(x + ((<usize>c) << 2), columns - c);
    low = f64x2.add(low, f64x2.promote_low_f32x4(values));
    high = f64x2.add(high, upper(values));
  }
  return total(low, high);
}

/** Sum of the products of two rows. */
function productOf(a: usize, b: usize, columns: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let c = 0; c < columns; c += 4) {
    const at = (<usize>c) << 2;
    const left = fourOf(a + at, columns - c);
    const right = fourOf(b + at, columns - c);
    low = f64x2.add(low, f64x2.mul(f64x2.promote_low_f32x4(left), f64x2.promote_low_f32x4(right)));
    high = f64x2.add(high, f64x2.mul(upper(left), upper(right)));
  }
  return total(low, high);
}

/** Rows `begin` to `end - 1`. */
export function normalizeRows(record: usize, begin: i32, end: i32): void {
  const columns = load<i32>(record, COLUMNS);
  const scales = load<u32>(record, SCALE);
  const normals = load<u32>(record, NORMAL);
  const bytes = (<usize>columns) << 2;
  for (let row = begin; row < end; row++) {
    const x = load<u32>(record, X) + <usize>row * bytes;
    const mean: f64 = load<i32>(record, CENTER) ? sumOf(x, columns) / <f64>columns : 0;
    // In double precision the square of a mean costs no digits. Rounding may leave less than nothing of a row that does not vary.
    const variance = productOf(x, x, columns) / <f64>columns - mean * mean;
    const scale = <f32>(1 / Math.sqrt((variance < 0 ? 0 : variance) + <f64>load<f32>(record, EPSILON)));
    if (scales) store<f32>(scales + ((<usize>row) << 2), scale);
    if (!normals) continue;
    const shift = f32x4.splat(<f32>mean);
    const factor = f32x4.splat(scale);
    for (let c = 0; c < columns; c += 4) {
      const at = (<usize>c) << 2;
      const values = f32x4.mul(f32x4.sub(fourOf(x + at, columns - c), shift), factor);
      putFour(normals + <usize>row * bytes + at, columns - c, values);
    }
  }
}

/** Rows `begin` to `end - 1` of `scale (dy - mean(dy) - normal mean(dy normal))`. */
export function normalizeRowsGrad(record: usize, begin: i32, end: i32): void {
  const columns = load<i32>(record, COLUMNS);
  const bytes = (<usize>columns) << 2;
  for (let row = begin; row < end; row++) {
    const offset = <usize>row * bytes;
    const dy = load<u32>(record, X) + offset;
    const normal = load<u32>(record, NORMAL) + offset;
    const dx = load<u32>(record, DX) + offset;
    const center = load<i32>(record, CENTER);
    const shift = f32x4.splat(center ? <f32>(sumOf(dy, columns) / <f64>columns) : 0);
    const drift = f32x4.splat(<f32>(productOf(dy, normal, columns) / <f64>columns));
    const scale = v128.load_splat<f32>(load<u32>(record, SCALE) + ((<usize>row) << 2));
    for (let c = 0; c < columns; c += 4) {
      const at = (<usize>c) << 2;
      const left = f32x4.sub(fourOf(dy + at, columns - c), shift);
      const values = f32x4.sub(left, f32x4.mul(fourOf(normal + at, columns - c), drift));
      putFour(dx + at, columns - c, f32x4.mul(values, scale));
    }
  }
}
