// Softmax from a row's maximum and sum.
fn finish(row: u32, first: u32, top: f32, total: f32) {
  for (var j = first; j < COLUMNS; j += LANES) {
    let i = row * COLUMNS + j;
    set_result(i, shifted_exp(logits(i), top) / total);
  }
}
