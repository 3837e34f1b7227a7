// Gradient of a convolution's input: for each input position, the output positions whose windows cover it.
// `a` is the output's gradient [N, OUT_H, OUT_W, OUT_C], `b` the kernel [KERNEL_H, KERNEL_W, IN_C, OUT_C].
// The parts before this one define a_row, a_step and load_a for the stride.
fn b_column(batch: u32, column: u32) -> u32 {
  return column * OUT_C;
}

fn b_step(k: u32) -> vec2<u32> {
  return vec2<u32>((k / OUT_C) * (IN_C * OUT_C - OUT_C) + k, 0u);
}

fn load_b(column: u32, step: vec2<u32>) -> f32 {
  return b(column + step.x);
}
