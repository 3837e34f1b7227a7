// Inverted dropout, one thread per element. The mask is a function of (seed, step, stream, element).
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) { return; }
  let kept = (hash4(seed(0u), step_number(0u), STREAM, i) >> 8u) >= THRESHOLD;
  set_result(i, select(0.0, x(i) * SCALE, kept));
}
