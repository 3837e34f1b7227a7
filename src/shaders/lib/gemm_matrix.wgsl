// Operands of a matrix product that are plain matrices, either way round. `a_line` and `a_along` are generated.
fn a_row(batch: u32, row: u32) -> vec3<u32> {
  return vec3<u32>(a_line(batch, row), 0u, 0u);
}

fn a_step(k: u32) -> vec3<u32> {
  return vec3<u32>(a_along(k), 0u, 0u);
}

fn load_a(row: vec3<u32>, step: vec3<u32>) -> f32 {
  return a(row.x + step.x);
}

fn b_column(batch: u32, column: u32) -> u32 {
  return batch_b(batch) + column * B_COLUMN;
}

fn b_step(k: u32) -> vec2<u32> {
  return vec2<u32>(k * B_ROW, 0u);
}

fn load_b(column: u32, step: vec2<u32>) -> f32 {
  return b(column + step.x);
}
