// Gradient of a convolution's input: for each input position, the output positions whose windows cover it.
// Only multiples of the stride meet one: on_stride, over_stride_y and over_stride_x are generated, since at stride 1 they
// are nothing and yet some drivers compile the general form for twenty seconds.
// `a` is the output's gradient [N, OUT_H, OUT_W, OUT_C], `b` the kernel [KERNEL_H, KERNEL_W, IN_C, OUT_C].
fn a_row(batch: u32, row: u32) -> vec3<u32> {
  let x = row % IN_W;
  let y = (row / IN_W) % IN_H;
  let n = row / (IN_W * IN_H);
  return vec3<u32>(n * (OUT_H * OUT_W * OUT_C), y + PAD_Y, x + PAD_X);
}

fn a_step(k: u32) -> vec3<u32> {
  let x = (k / OUT_C) % KERNEL_W;
  let y = k / (OUT_C * KERNEL_W);
  return vec3<u32>(k % OUT_C, y * DILATION_Y, x * DILATION_X);
}

fn load_a(row: vec3<u32>, step: vec3<u32>) -> f32 {
  // Wraps to a huge number below zero, which fails the test.
  let y = row.y - step.y;
  let x = row.z - step.z;
  let out_y = over_stride_y(y);
  let out_x = over_stride_x(x);
  let inside = out_y < OUT_H && out_x < OUT_W && on_stride(y, x);
  return select(0.0, a(select(0u, row.x + step.x + (out_y * OUT_W + out_x) * OUT_C, inside)), inside);
}

fn b_column(batch: u32, column: u32) -> u32 {
  return column * OUT_C;
}

fn b_step(k: u32) -> u32 {
  return (k / OUT_C) * (IN_C * OUT_C) + k % OUT_C;
}
