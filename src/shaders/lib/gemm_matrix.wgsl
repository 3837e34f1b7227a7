// Operands of a matrix product that are plain matrices, either way round.
fn a_row(batch: u32, row: u32) -> vec3<u32> {
  return vec3<u32>(batch_a(batch) + row * A_ROW, 0u, 0u);
}

fn a_step(k: u32) -> vec3<u32> {
  return vec3<u32>(k * A_COLUMN, 0u, 0u);
}

fn load_a(row: vec3<u32>, step: vec3<u32>) -> f32 {
  return a(row.x + step.x);
}

fn b_column(batch: u32, column: u32) -> u32 {
  return batch_b(batch) + column * B_COLUMN;
}

fn b_step(k: u32) -> u32 {
  return k * B_ROW;
}
