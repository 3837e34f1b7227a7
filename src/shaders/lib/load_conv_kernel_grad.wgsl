// Gradient of a convolution's kernel: patches, transposed, times the output's gradient `b` [N * OUT_H * OUT_W, OUT_C].
fn load_a(batch: u32, row: u32, k: u32) -> f32 {
  return patch_element(k, row);
}

fn load_b(batch: u32, k: u32, column: u32) -> f32 {
  return b[k * OUT_C + column];
}
