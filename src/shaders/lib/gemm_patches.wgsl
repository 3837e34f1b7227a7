// The matrix of patches of an image `a` [N, IN_H, IN_W, IN_C]: one line per output position, one per kernel tap and
// channel, never stored. A line is (offset, y, x); the sum of a position and a tap is an element of the image.
fn position_line(index: u32) -> vec3<u32> {
  let x = index % OUT_W;
  let y = (index / OUT_W) % OUT_H;
  let n = index / (OUT_W * OUT_H);
  // Unsigned subtraction may wrap below zero; adding the tap wraps back, or stays huge and fails the test below.
  return vec3<u32>(a_start(n), y * STRIDE_Y - PAD_Y, x * STRIDE_X - PAD_X);
}

fn tap_line(index: u32) -> vec3<u32> {
  let channel = index % IN_C;
  let x = (index / IN_C) % KERNEL_W;
  let y = index / (IN_C * KERNEL_W);
  return vec3<u32>(channel, y * DILATION_Y, x * DILATION_X);
}

// Taps outside the image read as zero. No branch: threads that diverge cost more than a wasted load.
fn load_a(row: vec3<u32>, step: vec3<u32>) -> f32 {
  let at = row + step;
  let inside = at.y < IN_H && at.z < IN_W;
  return select(0.0, a(select(0u, at.x + (at.y * IN_W + at.z) * IN_C, inside)), inside);
}

// The other operand is the kernel [KERNEL_H * KERNEL_W * IN_C, OUT_C] or the output's gradient [N * OUT_H * OUT_W, OUT_C].
fn b_column(batch: u32, column: u32) -> u32 {
  return column;
}

fn b_step(k: u32) -> u32 {
  return k * OUT_C;
}
