// Lines of the output's gradient for gemm_conv_input_grad.wgsl, at stride 1. A line is (offset, y, x); the tap's is
// subtracted from the position's, in the offset by adding a negative number, which wraps.
fn a_row(batch: u32, row: u32) -> vec3<u32> {
  let x = row % IN_W + PAD_X;
  let y = (row / IN_W) % IN_H + PAD_Y;
  let n = row / (IN_W * IN_H);
  return vec3<u32>(((n * OUT_H + y) * OUT_W + x) * OUT_C, y, x);
}

fn a_step(k: u32) -> vec3<u32> {
  let tap = k / OUT_C;
  let x = (tap % KERNEL_W) * DILATION_X;
  let y = (tap / KERNEL_W) * DILATION_Y;
  return vec3<u32>(k % OUT_C - (y * OUT_W + x) * OUT_C, y, x);
}

// Outside the gradient is zero; see gemm_patches.wgsl. A difference below zero wraps to a huge number, which fails the test.
fn load_a(row: vec3<u32>, step: vec3<u32>) -> f32 {
  return select(0.0, a(row.x + step.x), (row.y - step.y < OUT_H) & (row.z - step.z < OUT_W));
}
