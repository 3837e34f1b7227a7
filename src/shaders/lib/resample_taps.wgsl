// Where pixels of resampled images [N, HEIGHT, WIDTH, CHANNELS] read: `maps` holds six numbers for each sample. FILL is 0 for reflect,
// 1 for constant, 2 for nearest, 3 for wrap.

// Column and row that pixel (i, j) of sample n is read from.
fn place_of(n: u32, i: u32, j: u32) -> vec2<f32> {
  let down = f32(i);
  let across = f32(j);
  return vec2<f32>(
    maps(6u * n) * across + maps(6u * n + 1u) * down + maps(6u * n + 2u),
    maps(6u * n + 3u) * across + maps(6u * n + 4u) * down + maps(6u * n + 5u));
}

// The pixel that is read for place i of an axis, -1 for none.
fn pixel_at(i: i32, size: i32) -> i32 {
  if (i >= 0 && i < size) { return i; }
  if (FILL == 1u) { return -1; }
  if (FILL == 2u) { return clamp(i, 0, size - 1); }
  let period = select(2 * size, size, FILL == 3u);
  let within = ((i % period) + period) % period;
  return select(period - 1 - within, within, within < size);
}
