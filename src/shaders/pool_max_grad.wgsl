// What window (oh, ow), element y of dy, passes back to pixel (h, w) under max pooling, for pool_grad.wgsl: everything to the
// tap that `arg` names, nothing to others.
fn share(h: u32, w: u32, oh: u32, ow: u32, y: u32) -> f32 {
  let kh = h + BEFORE_H - oh * STRIDE_H;
  let kw = w + BEFORE_W - ow * STRIDE_W;
  return select(0.0, dy(y), arg(y) == kh * WINDOW_W + kw);
}
