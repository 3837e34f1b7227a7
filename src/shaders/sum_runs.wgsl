// Gradient of gathering rows, from the readers in order of their rows [COUNT], where those of each row begin [ROWS + 1], and dy
// [COUNT, ROW]. One thread per element of the table: it adds up, in order, what the readers of its row pass back.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) { return; }
  let row = i / ROW;
  let column = i % ROW;
  let stop = min(starts(row + 1u), COUNT);
  var sum = 0.0;
  for (var k = starts(row); k < stop; k++) { sum += dy(order(k) * ROW + column); }
  set_result(i, sum);
}
