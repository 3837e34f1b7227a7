// Computes each of SIZE elements, one per thread, by a function `element` of the kernel's.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i < SIZE) {
    set_result(i, element(i));
  }
}
