// The matrix of patches of an image `a` [N, IN_H, IN_W, IN_C]: one row per output position, one column per kernel tap
// and channel, never stored. Taps outside the image read as zero.
fn patch_element(position: u32, tap: u32) -> f32 {
  let out_x = position % OUT_W;
  let out_y = (position / OUT_W) % OUT_H;
  let n = position / (OUT_W * OUT_H);
  let channel = tap % IN_C;
  let tap_x = (tap / IN_C) % KERNEL_W;
  let tap_y = tap / (IN_C * KERNEL_W);
  // Unsigned subtraction wraps below zero to a huge number, so one comparison catches both edges.
  let y = out_y * STRIDE_Y + tap_y * DILATION_Y - PAD_Y;
  let x = out_x * STRIDE_X + tap_x * DILATION_X - PAD_X;
  if (y >= IN_H || x >= IN_W) {
    return 0.0;
  }
  return a[((n * IN_H + y) * IN_W + x) * IN_C + channel];
}
