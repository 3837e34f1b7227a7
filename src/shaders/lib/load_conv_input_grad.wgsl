// Gradient of a convolution's input: for each input position, the output positions whose windows cover it.
// `a` is the output's gradient [N, OUT_H, OUT_W, OUT_C], `b` the kernel [KERNEL_H, KERNEL_W, IN_C, OUT_C].
fn load_a(batch: u32, row: u32, k: u32) -> f32 {
  let in_x = row % IN_W;
  let in_y = (row / IN_W) % IN_H;
  let n = row / (IN_W * IN_H);
  let filter_index = k % OUT_C;
  let tap_x = (k / OUT_C) % KERNEL_W;
  let tap_y = k / (OUT_C * KERNEL_W);
  // Wraps to a huge number below zero, which fails the comparison.
  let y = in_y + PAD_Y - tap_y * DILATION_Y;
  let x = in_x + PAD_X - tap_x * DILATION_X;
  let out_y = y / STRIDE_Y;
  let out_x = x / STRIDE_X;
  if (out_y >= OUT_H || out_x >= OUT_W || y % STRIDE_Y != 0u || x % STRIDE_X != 0u) {
    return 0.0;
  }
  return a[((n * OUT_H + out_y) * OUT_W + out_x) * OUT_C + filter_index];
}

fn load_b(batch: u32, k: u32, column: u32) -> f32 {
  return b[((k / OUT_C) * IN_C + column) * OUT_C + k % OUT_C];
}
