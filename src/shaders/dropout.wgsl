// One element of inverted dropout of x, in any shape. The mask is a function of (seed, step, stream, element).
fn element(i: u32) -> f32 {
  let kept = (hash4(seed(0u), step_number(0u), STREAM, i) >> 8u) >= THRESHOLD;
  return select(0.0, x(i) * SCALE, kept);
}
