// Convolution: patches [N * OUT_H * OUT_W, KERNEL_H * KERNEL_W * IN_C] times kernel [KERNEL_H * KERNEL_W * IN_C, OUT_C].
fn a_row(batch: u32, row: u32) -> vec3<u32> {
  return position_line(row);
}

fn a_step(k: u32) -> vec3<u32> {
  return tap_line(k);
}
