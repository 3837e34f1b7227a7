// One standard normal number: a function of (seed, step, stream, element).
fn element(i: u32) -> f32 {
  return normal(seed(0u), step_number(0u), STREAM, i);
}
