// Gradient of gathering rows, from indices [COUNT] and dy [COUNT, ROW] to the table [LAST + 1, ROW]. One thread per element of
// the table: it looks through all indices and adds up, in order, what the readers of its row pass back. Slower than scattering,
// but without atomics, and the same bits every time.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) { return; }
  let row = i / ROW;
  let column = i % ROW;
  var sum = 0.0;
  for (var n = 0u; n < COUNT; n++) {
    if (min(indices(n), LAST) == row) { sum += dy(n * ROW + column); }
  }
  set_result(i, sum);
}
