// A row's cross-entropy in nats, for softmax_rows.wgsl: logits [ROWS, COLUMNS], labels and loss [ROWS]. A label beyond the last
// class reads the last, so that nothing is read out of bounds.
fn write_loss(row: u32, first: u32, top: f32, total: f32) {
  if (first == 0u) {
    let label = min(labels(row), COLUMNS - 1u);
    set_loss(row, keep_nan(total, log(total)) - (logits(row * COLUMNS + label) - top));
  }
}
