// Runs a generated `elements(i)`, which writes element i of several outputs, once for each of SIZE elements, one per thread.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i < SIZE) {
    elements(i);
  }
}
