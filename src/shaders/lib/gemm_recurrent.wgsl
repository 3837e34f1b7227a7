// Operands of the gradient of a recurrent kernel: the states of a walk times the slopes of the steps that followed them, over all
// samples and all steps but one. K runs through the EARLIER steps that another follows, sample by sample.
fn a_row(batch: u32, row: u32) -> vec3<u32> {
  return vec3<u32>(A_AT + row, 0u, 0u);
}

fn a_step(k: u32) -> vec3<u32> {
  return vec3<u32>((k + k / EARLIER + A_SHIFT) * A_WIDTH, 0u, 0u);
}

fn load_a(row: vec3<u32>, step: vec3<u32>) -> f32 {
  return a(row.x + step.x);
}

fn b_column(batch: u32, column: u32) -> u32 {
  return B_AT + column;
}

fn b_step(k: u32) -> vec2<u32> {
  return vec2<u32>((k + k / EARLIER + 1u - A_SHIFT) * B_WIDTH, 0u);
}

fn load_b(column: u32, step: vec2<u32>) -> f32 {
  return b(column + step.x);
}
