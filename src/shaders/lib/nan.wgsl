// What keeps NaN, since min, max, clamp and comparisons lose it. It is told by its bits: WGSL lets a compiler take it that there
// is none, and fold `x != x`.

fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

// `value`, or x where x is NaN.
fn keep_nan(x: f32, value: f32) -> f32 {
  return select(value, x, is_nan(x));
}

// The larger of both, NaN where either is: no comparison with b holds where b is NaN, which is then the result.
fn larger(a: f32, b: f32) -> f32 {
  return keep_nan(a, select(b, a, a > b));
}

fn smaller(a: f32, b: f32) -> f32 {
  return keep_nan(a, select(b, a, a < b));
}
