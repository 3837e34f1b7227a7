// Log-softmax of a row of logits [ROWS, COLUMNS], from the maximum and the sum that softmax_rows.wgsl finds.
fn finish(row: u32, first: u32, top: f32, total: f32) {
  let log_total = keep_nan(total, log(total));
  for (var j = first; j < COLUMNS; j += LANES) {
    let i = row * COLUMNS + j;
    set_result(i, (logits(i) - top) - log_total);
  }
}
