// The gradient of normalized rows [ROWS, COLUMNS] with respect to what they were. LANES threads share a row.
fn run(workgroup: u32, lane: u32) {
  let row = workgroup * (64u / LANES) + lane / LANES;
  let first = lane % LANES;
  let columns = select(0u, COLUMNS, row < ROWS);
  var sum = 0.0;
  var products = 0.0;
  for (var j = first; j < columns; j += LANES) {
    let slope = dy(row * COLUMNS + j);
    sum += f32(CENTER) * slope;
    products += slope * normal(row * COLUMNS + j);
  }
  let shift = row_sum(lane, sum) / f32(COLUMNS);
  let drift = row_sum(lane, products) / f32(COLUMNS);
  if (row < ROWS) {
    let factor = scale(row);
    for (var j = first; j < COLUMNS; j += LANES) {
      let i = row * COLUMNS + j;
      set_dx(i, factor * (dy(i) - shift - normal(i) * drift));
    }
  }
}
