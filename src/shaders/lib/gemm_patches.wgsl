// The matrix of patches of an image `a` [N, IN_H, IN_W, IN_C]: one line per output position, one per kernel tap and
// channel, never stored. A line is (offset, y, x), and the sum of a position and a tap is an element of the image: its
// offset, and where that is. Unsigned subtraction may wrap below zero; adding the tap wraps back, or stays huge.
fn position_line(index: u32) -> vec3<u32> {
  let at = position(index);
  let y = at.y * STRIDE_Y - PAD_Y;
  let x = at.z * STRIDE_X - PAD_X;
  return vec3<u32>(a_start(at.x) + (y * IN_W + x) * IN_C, y, x);
}

fn tap_line(index: u32) -> vec3<u32> {
  let channel = index % IN_C;
  let x = ((index / IN_C) % KERNEL_W) * DILATION_X;
  let y = (index / (IN_C * KERNEL_W)) * DILATION_Y;
  return vec3<u32>(channel + (y * IN_W + x) * IN_C, y, x);
}

// Taps outside the image read as zero: WebGPU keeps the load inside the buffer, and what it finds there is not used. No
// branch, and so `&` for `&&`: threads that diverge cost more than a wasted load, and with a branch at every load some
// software adapters compile for minutes.
fn load_a(row: vec3<u32>, step: vec3<u32>) -> f32 {
  let at = row + step;
  if (ALL_INSIDE) {
    return a(at.x);
  }
  return select(0.0, a(at.x), (at.y < IN_H) & (at.z < IN_W));
}
