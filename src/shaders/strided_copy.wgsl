// Moves elements: one thread per output element asks `value_at`, generated for the op, which input element
// (or padding value) belongs there.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) { return; }
  set_result(i, value_at(i));
}
