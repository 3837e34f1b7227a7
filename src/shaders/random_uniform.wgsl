// One uniform number in [0, 1): a function of (seed, step, stream, element), with the same bits as on the host.
fn element(i: u32) -> f32 {
  return uniform01(seed(0u), step_number(0u), STREAM, i);
}
