// One-hot codes, one thread per element.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) { return; }
  set_result(i, select(0.0, 1.0, indices(i / DEPTH) == i % DEPTH));
}
