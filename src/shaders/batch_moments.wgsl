// Mean and variance of each of CHANNELS channels of x [ROWS, CHANNELS], in two passes, since the difference of two large numbers
// would lose its digits. A workgroup has COLUMNS channels side by side and LANES threads for each. `weight(r)` is 1 for rows
// that count and 0 for others, `counted()` how many do; `channel_total` adds up what the threads of a channel have.
// Each thread adds up blocks of BLOCK rows, about as many as a block has, so that rounding errors grow with the root of their number.
fn run(workgroup: u32, lane: u32) {
  let c = workgroup * COLUMNS + lane % COLUMNS;
  // Threads beyond the last channel must stay for the barriers.
  let rows = select(0u, ROWS, c < CHANNELS);
  var total = 0.0;
  for (var first = lane / COLUMNS; first < rows; first += BLOCK * LANES) {
    var block = 0.0;
    // A loop whose length is known is unrolled by drivers, and what it reads is on its way together.
    if (first + (BLOCK - 1u) * LANES < rows) {
      for (var i = 0u; i < BLOCK; i++) {
        let r = first + i * LANES;
        block += weight(r) * x(r * CHANNELS + c);
      }
    } else {
      for (var r = first; r < rows; r += LANES) {
        block += weight(r) * x(r * CHANNELS + c);
      }
    }
    total += block;
  }
  let mean = channel_total(lane, total) / counted();
  total = 0.0;
  for (var first = lane / COLUMNS; first < rows; first += BLOCK * LANES) {
    var block = 0.0;
    if (first + (BLOCK - 1u) * LANES < rows) {
      for (var i = 0u; i < BLOCK; i++) {
        let r = first + i * LANES;
        let difference = x(r * CHANNELS + c) - mean;
        block += weight(r) * difference * difference;
      }
    } else {
      for (var r = first; r < rows; r += LANES) {
        let difference = x(r * CHANNELS + c) - mean;
        block += weight(r) * difference * difference;
      }
    }
    total += block;
  }
  let variance = channel_total(lane, total) / counted();
  if (lane < COLUMNS && c < CHANNELS) {
    set_moments(c, mean);
    set_moments(CHANNELS + c, variance);
  }
}
