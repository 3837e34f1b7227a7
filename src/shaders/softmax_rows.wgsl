// What softmax and the cross-entropies share: the maximum `top` of each row of logits [ROWS, COLUMNS], and the sum `total` of
// exp(x - top). Then `finish`, given by the op, writes what it wants of the row; LANES threads work on one row.
fn run(workgroup: u32, lane: u32) {
  let row = workgroup * (64u / LANES) + lane / LANES;
  let first = lane % LANES;
  // Threads beyond the last row must stay for the barriers; they only skip the loads and stores.
  let columns = select(0u, COLUMNS, row < ROWS);
  var largest = -3.4028234e38;
  for (var j = first; j < columns; j += LANES) {
    largest = max(largest, logits(row * COLUMNS + j));
  }
  let top = row_max(lane, largest);
  var sum = 0.0;
  for (var j = first; j < columns; j += LANES) {
    sum += shifted_exp(logits(row * COLUMNS + j), top);
  }
  let total = row_sum(lane, sum);
  if (row < ROWS) { finish(row, first, top, total); }
}
