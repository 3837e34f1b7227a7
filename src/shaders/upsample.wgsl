// Element i of images [N, TO_H, TO_W, CHANNELS], a weighted sum of pixels of images x [N, FROM_H, FROM_W, CHANNELS]: along each
// axis of those from `reach(..).x` to `reach(..).y`, by `share`.
fn element(i: u32) -> f32 {
  let c = i % CHANNELS;
  let w = (i / CHANNELS) % TO_W;
  let h = (i / (CHANNELS * TO_W)) % TO_H;
  let n = i / (CHANNELS * TO_W * TO_H);
  let rows = reach(h, FACTOR_H, SMALL_H);
  let columns = reach(w, FACTOR_W, SMALL_W);
  var sum = 0.0;
  for (var row = rows.x; row <= rows.y; row++) {
    var line = 0.0;
    for (var column = columns.x; column <= columns.y; column++) {
      let value = x(((n * FROM_H + row) * FROM_W + column) * CHANNELS + c);
      line += share(w, column, FACTOR_W, SMALL_W) * value;
    }
    sum += share(h, row, FACTOR_H, SMALL_H) * line;
  }
  return sum;
}
