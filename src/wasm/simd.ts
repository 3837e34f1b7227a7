// Multiply-add on four floats: one instruction where the browser has relaxed SIMD, two otherwise. Which, is decided when
// this is compiled.

export function madd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(f32x4.mul(a, b), sum);
}

/** Four neighbours, or as many as there are, and zeros. */
export function fourOf(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  let values = v128.load32_zero(from);
  if (count > 1) values = v128.load_lane<f32>(from + 4, values, 1);
  if (count > 2) values = v128.load_lane<f32>(from + 8, values, 2);
  return values;
}

/** Stores four neighbours, or the first of them. */
export function putFour(to: usize, count: i32, values: v128): void {
  if (count >= 4) {
    v128.store(to, values);
    return;
  }
  v128.store_lane<f32>(to, values, 0);
  if (count > 1) v128.store_lane<f32>(to + 4, values, 1);
  if (count > 2) v128.store_lane<f32>(to + 8, values, 2);
}
