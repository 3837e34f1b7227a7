// For each channel the sum of dy [ROWS, CHANNELS], and the sum of dy times what x is normalized to. A workgroup has COLUMNS
// channels side by side and LANES threads for each; blocks and `channel_total` are as for batch_moments.wgsl.
fn run(workgroup: u32, lane: u32) {
  let c = workgroup * COLUMNS + lane % COLUMNS;
  // Threads beyond the last channel must stay for the barriers.
  let rows = select(0u, ROWS, c < CHANNELS);
  let own = min(c, CHANNELS - 1u);
  let mean = moments(own);
  let factor = inverseSqrt(moments(CHANNELS + own) + EPSILON);
  var total = 0.0;
  var product = 0.0;
  for (var first = lane / COLUMNS; first < rows; first += BLOCK * LANES) {
    var block = 0.0;
    var products = 0.0;
    // A loop whose length is known is unrolled by drivers, and what it reads is on its way together.
    if (first + (BLOCK - 1u) * LANES < rows) {
      for (var k = 0u; k < BLOCK; k++) {
        let i = (first + k * LANES) * CHANNELS + c;
        let slope = dy(i);
        block += slope;
        products += slope * (x(i) - mean);
      }
    } else {
      for (var r = first; r < rows; r += LANES) {
        let i = r * CHANNELS + c;
        let slope = dy(i);
        block += slope;
        products += slope * (x(i) - mean);
      }
    }
    total += block;
    product += products;
  }
  total = channel_total(lane, total);
  product = channel_total(lane, product);
  if (lane < COLUMNS && c < CHANNELS) {
    set_sums(c, total);
    set_sums(CHANNELS + c, product * factor);
  }
}
