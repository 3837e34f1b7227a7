// What window (oh, ow), element y of dy, passes back to pixel (h, w) under average pooling, for pool_grad.wgsl: the same to
// each input that it covers.
fn share(h: u32, w: u32, oh: u32, ow: u32, y: u32) -> f32 {
  let rows = min(oh * STRIDE_H + WINDOW_H, IN_H + BEFORE_H) - max(oh * STRIDE_H, BEFORE_H);
  let columns = min(ow * STRIDE_W + WINDOW_W, IN_W + BEFORE_W) - max(ow * STRIDE_W, BEFORE_W);
  return dy(y) / f32(rows * columns);
}
