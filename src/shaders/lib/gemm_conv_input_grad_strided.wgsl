// Lines of the output's gradient for gemm_conv_input_grad.wgsl, at strides above 1, of which only multiples meet a
// position. Some drivers compile this for twenty seconds, so that stride 1 has a part of its own.
fn a_row(batch: u32, row: u32) -> vec3<u32> {
  let x = row % IN_W;
  let y = (row / IN_W) % IN_H;
  let n = row / (IN_W * IN_H);
  return vec3<u32>(n * (OUT_H * OUT_W * OUT_C), y + PAD_Y, x + PAD_X);
}

fn a_step(k: u32) -> vec3<u32> {
  let tap = k / OUT_C;
  return vec3<u32>(k % OUT_C, (tap / KERNEL_W) * DILATION_Y, (tap % KERNEL_W) * DILATION_X);
}

// Outside the gradient is zero; see gemm_patches.wgsl. A difference below zero wraps to a huge number, which fails the test.
fn load_a(row: vec3<u32>, step: vec3<u32>) -> f32 {
  let y = row.y - step.y;
  let x = row.z - step.z;
  let out_y = y / STRIDE_Y;
  let out_x = x / STRIDE_X;
  let meets = (out_y < OUT_H) & (out_x < OUT_W) & (y % STRIDE_Y == 0u) & (x % STRIDE_X == 0u);
  return select(0.0, a(row.x + step.x + (out_y * OUT_W + out_x) * OUT_C), meets);
}
