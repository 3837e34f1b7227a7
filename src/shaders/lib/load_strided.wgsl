// Operands of a matrix product that are plain matrices, either way round.
fn load_a(batch: u32, row: u32, k: u32) -> f32 {
  return a[batch_a(batch) + row * A_ROW + k * A_COLUMN];
}

fn load_b(batch: u32, k: u32, column: u32) -> f32 {
  return b[batch_b(batch) + k * B_ROW + column * B_COLUMN];
}
