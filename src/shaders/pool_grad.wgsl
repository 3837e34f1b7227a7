// Gradient of pooling as a gather, from dy [N, OUT_H, OUT_W, CHANNELS] to element i of the result [N, IN_H, IN_W, CHANNELS]:
// visits the windows that cover the pixel, in row-major order, and adds what `share` says each passes back.
fn element(i: u32) -> f32 {
  let c = i % CHANNELS;
  let w = (i / CHANNELS) % IN_W;
  let h = (i / (CHANNELS * IN_W)) % IN_H;
  let n = i / (CHANNELS * IN_W * IN_H);
  // The first covering window starts after pixel - WINDOW; the last starts at the pixel or before.
  let h_end = h + BEFORE_H;
  let w_end = w + BEFORE_W;
  let oh_first = select(0u, (h_end - WINDOW_H) / STRIDE_H + 1u, h_end >= WINDOW_H);
  let ow_first = select(0u, (w_end - WINDOW_W) / STRIDE_W + 1u, w_end >= WINDOW_W);
  let oh_last = min(h_end / STRIDE_H, OUT_H - 1u);
  let ow_last = min(w_end / STRIDE_W, OUT_W - 1u);
  var sum = 0.0;
  for (var oh = oh_first; oh <= oh_last; oh++) {
    for (var ow = ow_first; ow <= ow_last; ow++) {
      let y = ((n * OUT_H + oh) * OUT_W + ow) * CHANNELS + c;
      sum += share(h, w, oh, ow, y);
    }
  }
  return sum;
}
