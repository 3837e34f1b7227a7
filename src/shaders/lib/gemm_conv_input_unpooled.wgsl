// Lines of the output's gradient before 2x2 max pooling for gemm_conv_input_grad.wgsl, at stride 1, never stored: `a` is the
// gradient of what was pooled [N, POOLED_H, POOLED_W, OUT_C], `place` that of each maximum in its window. A line is (offset,
// y, x), of which the offset leaves out the window.
fn a_row(batch: u32, row: u32) -> vec3<u32> {
  let x = row % IN_W + PAD_X;
  let y = (row / IN_W) % IN_H + PAD_Y;
  let n = row / (IN_W * IN_H);
  return vec3<u32>(n * (POOLED_H * POOLED_W * OUT_C), y, x);
}

fn a_step(k: u32) -> vec3<u32> {
  let tap = k / OUT_C;
  return vec3<u32>(k % OUT_C, (tap / KERNEL_W) * DILATION_Y, (tap % KERNEL_W) * DILATION_X);
}

// Beyond the windows the gradient is zero, and in them wherever the maximum is not. A difference below zero wraps to a huge
// number, which is beyond them; see gemm_patches.wgsl.
fn load_a(row: vec3<u32>, step: vec3<u32>) -> f32 {
  let y = row.y - step.y;
  let x = row.z - step.z;
  let window = vec2<u32>(y / 2u, x / 2u);
  let i = row.x + step.x + (window.x * POOLED_W + window.y) * OUT_C;
  let is_inside = (window.x < POOLED_H) & (window.y < POOLED_W);
  return select(0.0, a(i), is_inside & (place(i) == (y % 2u) * 2u + x % 2u));
}
