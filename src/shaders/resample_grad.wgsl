// Element i of the gradient of images that were resampled; x is the gradient of the result. Asks each pixel of the result by how
// much it read this one.
fn element(i: u32) -> f32 {
  let c = i % CHANNELS;
  let n = i / (CHANNELS * WIDTH * HEIGHT);
  let own_row = i32((i / (CHANNELS * WIDTH)) % HEIGHT);
  let own_column = i32((i / CHANNELS) % WIDTH);
  var sum = 0.0;
  for (var row = 0u; row < HEIGHT; row++) {
    for (var column = 0u; column < WIDTH; column++) {
      let place = place_of(n, row, column);
      // Nobody knows what it reads.
      if (is_nan(place.x + place.y)) { return place.x + place.y; }
      let corner = floor(place);
      let share = place - corner;
      var vertical = 0.0;
      var horizontal = 0.0;
      if (pixel_at(i32(corner.y), i32(HEIGHT)) == own_row) { vertical += 1.0 - share.y; }
      if (pixel_at(i32(corner.y) + 1, i32(HEIGHT)) == own_row) { vertical += share.y; }
      if (pixel_at(i32(corner.x), i32(WIDTH)) == own_column) { horizontal += 1.0 - share.x; }
      if (pixel_at(i32(corner.x) + 1, i32(WIDTH)) == own_column) { horizontal += share.x; }
      if (vertical * horizontal != 0.0) {
        sum += vertical * horizontal * x(((n * HEIGHT + row) * WIDTH + column) * CHANNELS + c);
      }
    }
  }
  return sum;
}
