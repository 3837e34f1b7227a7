// Copies SIZE elements, one per thread.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i < SIZE) {
    set_out(i, x(i));
  }
}
