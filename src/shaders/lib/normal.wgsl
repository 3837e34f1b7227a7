// Standard normal numbers from uniform ones, with a logarithm and a cosine of their own: those that WGSL promises may be off
// by 5e-7 and by 5e-4, whatever the result, and the root of a logarithm of the wrong sign is no number.
// Source of the polynomials: Moshier's Cephes library, logf, sinf and cosf.

// log(u) for u in [2^-24, 1].
fn log_unit(u: f32) -> f32 {
  let bits = bitcast<u32>(u);
  var exponent = f32(bits >> 23u) - 126.0;
  var m = bitcast<f32>((bits & 0x007fffffu) | 0x3f000000u);
  // u = 2^exponent m with m in [sqrt(1/2), sqrt(2)).
  if (m < 0.70710678) {
    exponent -= 1.0;
    m += m;
  }
  m -= 1.0;
  let z = m * m;
  var p = 7.0376836292e-2;
  p = p * m - 1.151461031e-1;
  p = p * m + 1.167699874e-1;
  p = p * m - 1.2420140846e-1;
  p = p * m + 1.4249322787e-1;
  p = p * m - 1.6668057665e-1;
  p = p * m + 2.0000714765e-1;
  p = p * m - 2.4999993993e-1;
  p = p * m + 3.3333331174e-1;
  // ln 2 in two parts.
  let low = p * m * z - exponent * 2.1219444e-4 - 0.5 * z;
  return m + low + exponent * 0.693359375;
}

// cos(2 pi v) for v in [0, 1): the distance from the nearest half turn, at most a quarter, loses nothing, and beyond an
// eighth the sine of what is left to the quarter is taken.
fn cos_turns(v: f32) -> f32 {
  let half_turns = round(v + v);
  let away = abs(v - 0.5 * half_turns);
  let is_far = away > 0.125;
  let a = select(away, 0.25 - away, is_far) * 6.283185307179586;
  let z = a * a;
  let sine = a + a * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
  let cosine = 1.0 + z * (-0.5 + z * (4.166664568298827e-2 + z * (-1.388731625493765e-3 + z * 2.443315711809948e-5)));
  let size = select(cosine, sine, is_far);
  return select(size, -size, half_turns == 1.0);
}

// By Box and Muller 1958, from the two uniform numbers at 2 index and 2 index + 1.
fn normal(seed: u32, step: u32, stream: u32, index: u32) -> f32 {
  let u = 1.0 - uniform01(seed, step, stream, 2u * index);
  let v = uniform01(seed, step, stream, 2u * index + 1u);
  return sqrt(max(-2.0 * log_unit(u), 0.0)) * cos_turns(v);
}
