// What a window passes back under max pooling: everything to its first maximum in row-major order, nothing to others.
fn share(n: u32, c: u32, h: u32, w: u32, oh: u32, ow: u32, y: u32) -> f32 {
  let own = x(((n * IN_H + h) * IN_W + w) * CHANNELS + c);
  for (var kh = 0u; kh < WINDOW_H; kh++) {
    let other_h = oh * STRIDE_H + kh - BEFORE_H;
    if (other_h >= IN_H) { continue; }
    for (var kw = 0u; kw < WINDOW_W; kw++) {
      let other_w = ow * STRIDE_W + kw - BEFORE_W;
      if (other_w >= IN_W) { continue; }
      let other = x(((n * IN_H + other_h) * IN_W + other_w) * CHANNELS + c);
      let earlier = other_h < h || (other_h == h && other_w < w);
      if (other > own || (earlier && other == own)) { return 0.0; }
    }
  }
  return dy(y);
}
