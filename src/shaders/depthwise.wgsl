// Depthwise convolution of x [N, IN_H, IN_W, CHANNELS] with filters [KERNEL_H, KERNEL_W, CHANNELS, MULTIPLIER], one thread per
// element of the result [N, OUT_H, OUT_W, CHANNELS * MULTIPLIER]. Its channel c * MULTIPLIER + m is filter m of channel c.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) { return; }
  let o = i % (CHANNELS * MULTIPLIER);
  let c = o / MULTIPLIER;
  let pixel = i / (CHANNELS * MULTIPLIER);
  let ow = pixel % OUT_W;
  let oh = (pixel / OUT_W) % OUT_H;
  let n = pixel / (OUT_W * OUT_H);
  var sum = 0.0;
  for (var kh = 0u; kh < KERNEL_H; kh++) {
    // Coordinates before the image wrap around to huge ones, so that one comparison finds both sides.
    let h = oh * STRIDE_H + kh * DILATION_H - BEFORE_H;
    if (h >= IN_H) { continue; }
    for (var kw = 0u; kw < KERNEL_W; kw++) {
      let w = ow * STRIDE_W + kw * DILATION_W - BEFORE_W;
      if (w >= IN_W) { continue; }
      let value = x(((n * IN_H + h) * IN_W + w) * CHANNELS + c);
      sum += value * filters((kh * KERNEL_W + kw) * CHANNELS * MULTIPLIER + o);
    }
  }
  set_result(i, sum);
}
