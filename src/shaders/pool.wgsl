// Pools images x [N, IN_H, IN_W, CHANNELS], one thread per element of the result [N, OUT_H, OUT_W, CHANNELS]: `fold` takes in
// each input of the window with its tap, in row-major order, `finish` writes element `i` from what was folded and how many
// inputs there were.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) { return; }
  let c = i % CHANNELS;
  let ow = (i / CHANNELS) % OUT_W;
  let oh = (i / (CHANNELS * OUT_W)) % OUT_H;
  let n = i / (CHANNELS * OUT_W * OUT_H);
  var folded = START;
  var count = 0u;
  for (var kh = 0u; kh < WINDOW_H; kh++) {
    // Coordinates before the input wrap around to huge ones, so that one comparison finds both sides.
    let h = oh * STRIDE_H + kh - BEFORE_H;
    if (h >= IN_H) { continue; }
    for (var kw = 0u; kw < WINDOW_W; kw++) {
      let w = ow * STRIDE_W + kw - BEFORE_W;
      if (w >= IN_W) { continue; }
      folded = fold(folded, x(((n * IN_H + h) * IN_W + w) * CHANNELS + c), kh * WINDOW_W + kw);
      count++;
    }
  }
  finish(i, folded, count);
}
