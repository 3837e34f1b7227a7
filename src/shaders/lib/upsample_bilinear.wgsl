// The weights of enlarging an axis by blending pixels, for upsample.wgsl. Centres of pixels are half a pixel in; beyond the
// outermost ones nothing changes. Places are whole numbers in units of half a large pixel, of which a small one has 2 factor.

fn place_of(large: u32, factor: u32, size: u32) -> u32 {
  return min(max(2u * large + 1u, factor) - factor, 2u * factor * (size - 1u));
}

// First and last small pixel that a large one reads with a weight above 0.
fn small_pixels(large: u32, factor: u32, size: u32) -> vec2<u32> {
  let place = place_of(large, factor, size);
  return vec2<u32>(place, place + 2u * factor - 1u) / (2u * factor);
}

// First and last large pixel that reads a small one with a weight above 0: those less than a small pixel away.
fn large_pixels(small: u32, factor: u32, size: u32) -> vec2<u32> {
  let first = (max(2u * factor * small, factor + 1u) - factor - 1u) / 2u + 1u;
  let last = (2u * factor * small + 3u * factor - 2u) / 2u;
  return vec2<u32>(select(0u, first, small > 0u), min(last, factor * size - 1u));
}

fn weight(large: u32, small: u32, factor: u32, size: u32) -> f32 {
  let distance = abs(i32(place_of(large, factor, size)) - i32(2u * factor * small));
  return 1.0 - f32(distance) / f32(2u * factor);
}
