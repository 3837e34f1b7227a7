// Gradient of max pooling whose windows lie side by side from the first pixel on, from arg and dy
// [N, OUT_H, OUT_W, CHANNELS] to the result [N, IN_H, IN_W, CHANNELS]. One thread per window and channel: it writes the
// window's pixels, and those beyond the last windows, which no window covers.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) {
    return;
  }
  let c = i % CHANNELS;
  let ow = (i / CHANNELS) % OUT_W;
  let oh = (i / (CHANNELS * OUT_W)) % OUT_H;
  let n = i / (CHANNELS * OUT_W * OUT_H);
  let height = select(WINDOW_H, IN_H - oh * WINDOW_H, oh == OUT_H - 1u);
  let width = select(WINDOW_W, IN_W - ow * WINDOW_W, ow == OUT_W - 1u);
  let first = ((n * IN_H + oh * WINDOW_H) * IN_W + ow * WINDOW_W) * CHANNELS + c;
  let place = arg(i);
  let slope = dy(i);
  for (var kh = 0u; kh < height; kh++) {
    for (var kw = 0u; kw < width; kw++) {
      let is_place = kh * WINDOW_W + kw == place && kh < WINDOW_H && kw < WINDOW_W;
      set_result(first + (kh * IN_W + kw) * CHANNELS, select(0.0, slope, is_place));
    }
  }
}
