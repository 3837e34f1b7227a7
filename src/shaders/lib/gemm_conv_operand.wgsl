// The other operand is the kernel [KERNEL_H * KERNEL_W * IN_C, OUT_C] or the output's gradient [N * OUT_H * OUT_W, OUT_C].
fn b_column(batch: u32, column: u32) -> u32 {
  return column;
}

fn b_step(k: u32) -> vec2<u32> {
  return vec2<u32>(k * OUT_C, 0u);
}

fn load_b(column: u32, step: vec2<u32>) -> f32 {
  return b(column + step.x);
}
