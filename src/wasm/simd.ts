// Multiply-add on four floats: one instruction where the browser has relaxed SIMD, two otherwise. Which, is decided when
// this is compiled.

export function madd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(f32x4.mul(a, b), sum);
}
