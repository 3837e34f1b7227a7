// Rows [ROWS, COLUMNS] brought to a variance of 1, and to a mean of 0 where CENTER is 1; what of that is stored, is told by the op.
// LANES threads share a row.
fn run(workgroup: u32, lane: u32) {
  let row = workgroup * (64u / LANES) + lane / LANES;
  let first = lane % LANES;
  // Threads beyond the last row must stay for the barriers; they only skip the loads and stores.
  let columns = select(0u, COLUMNS, row < ROWS);
  var sum = 0.0;
  for (var j = first; j < columns; j += LANES) {
    sum += f32(CENTER) * x(row * COLUMNS + j);
  }
  let mean = row_sum(lane, sum) / f32(COLUMNS);
  var squares = 0.0;
  for (var j = first; j < columns; j += LANES) {
    let difference = x(row * COLUMNS + j) - mean;
    squares += difference * difference;
  }
  let scale = 1.0 / sqrt(row_sum(lane, squares) / f32(COLUMNS) + EPSILON);
  if (row < ROWS) {
    if (first == 0u) { store_scale(row, scale); }
    for (var j = first; j < COLUMNS; j += LANES) {
      let i = row * COLUMNS + j;
      let value = x(i);
      store_given(i, value);
      store_normal(i, (value - mean) * scale);
    }
  }
}
