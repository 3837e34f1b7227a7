// Gradient of a convolution's kernel [KERNEL_H * KERNEL_W * IN_C, OUT_C]: patches, transposed, times the output's gradient
// [N * OUT_H * OUT_W, OUT_C].
fn a_row(batch: u32, row: u32) -> vec3<u32> {
  return tap_line(row);
}

fn a_step(k: u32) -> vec3<u32> {
  return position_line(k);
}
