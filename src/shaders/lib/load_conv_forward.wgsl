// Convolution: patches times kernel `b` [KERNEL_H * KERNEL_W * IN_C, OUT_C].
fn load_a(batch: u32, row: u32, k: u32) -> f32 {
  return patch_element(row, k);
}

fn load_b(batch: u32, k: u32, column: u32) -> f32 {
  return b[k * OUT_C + column];
}
