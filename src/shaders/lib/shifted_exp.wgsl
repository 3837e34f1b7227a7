// exp(value - top) for value <= top, as softmax needs it.
fn shifted_exp(value: f32, top: f32) -> f32 {
  // Below -87 the result is no normal number; drivers differ there, and some fail far below.
  let below = value - top;
  return keep_nan(below, select(0.0, exp(max(below, -87.0)), below > -87.0));
}
