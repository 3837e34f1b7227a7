// A row's gradient with respect to the logits, dy * (softmax - one-hot), for softmax_rows.wgsl: logits and dlogits
// [ROWS, COLUMNS], labels and dy [ROWS].
fn write_grad(row: u32, first: u32, top: f32, total: f32) {
  let label = min(labels(row), COLUMNS - 1u);
  let scale = dy(row);
  for (var j = first; j < COLUMNS; j += LANES) {
    let i = row * COLUMNS + j;
    let hit = select(0.0, 1.0, j == label);
    set_dlogits(i, scale * (shifted_exp(logits(i), top) / total - hit));
  }
}
