// Element i of resampled images: four pixels around its place, blended.
fn element(i: u32) -> f32 {
  let c = i % CHANNELS;
  let n = i / (CHANNELS * WIDTH * HEIGHT);
  let place = place_of(n, (i / (CHANNELS * WIDTH)) % HEIGHT, (i / CHANNELS) % WIDTH);
  if (is_nan(place.x + place.y)) { return place.x + place.y; }
  let corner = floor(place);
  let share = place - corner;
  var sum = 0.0;
  for (var down = 0; down < 2; down++) {
    let h = pixel_at(i32(corner.y) + down, i32(HEIGHT));
    if (h < 0) { continue; }
    for (var right = 0; right < 2; right++) {
      let w = pixel_at(i32(corner.x) + right, i32(WIDTH));
      if (w < 0) { continue; }
      let weight = select(1.0 - share.y, share.y, down == 1) * select(1.0 - share.x, share.x, right == 1);
      sum += weight * x(((n * HEIGHT + u32(h)) * WIDTH + u32(w)) * CHANNELS + c);
    }
  }
  return sum;
}
