// Where the readers of each row begin among the sorted ones [COUNT], and where the last end: [ROWS + 1]. One thread per row,
// which bisects.
fn run(workgroup: u32, lane: u32) {
  let row = workgroup * 64u + lane;
  if (row > ROWS) { return; }
  var low = 0u;
  var high = COUNT;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (min(indices(min(order(middle), COUNT - 1u)), ROWS - 1u) < row) { low = middle + 1u; } else { high = middle; }
  }
  set_result(row, low);
}
