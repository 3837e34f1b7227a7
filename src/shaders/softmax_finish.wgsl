// Softmax of a row of logits [ROWS, COLUMNS], from the maximum and the sum that softmax_rows.wgsl finds.
fn finish(row: u32, first: u32, top: f32, total: f32) {
  for (var j = first; j < COLUMNS; j += LANES) {
    let i = row * COLUMNS + j;
    set_result(i, shifted_exp(logits(i), top) / total);
  }
}
