// The weights of enlarging an axis by repeating pixels, for upsample.wgsl.

// First and last small pixel that a large one reads.
fn small_pixels(large: u32, factor: u32, size: u32) -> vec2<u32> {
  return vec2<u32>(large / factor);
}

// First and last large pixel that reads a small one.
fn large_pixels(small: u32, factor: u32, size: u32) -> vec2<u32> {
  return vec2<u32>(small * factor, small * factor + factor - 1u);
}

fn weight(large: u32, small: u32, factor: u32, size: u32) -> f32 {
  return 1.0;
}
