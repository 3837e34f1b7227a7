// Joins arrays: the output is rows of RUN elements, of which `value_at`, generated for the op, finds the input.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) { return; }
  set_result(i, value_at(i / RUN, i % RUN));
}
