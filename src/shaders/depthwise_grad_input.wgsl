// Gradient of depthwise convolution with respect to the image, from dy [N, OUT_H, OUT_W, CHANNELS * MULTIPLIER] to the result
// [N, IN_H, IN_W, CHANNELS]. One thread per pixel and channel: for each tap, at most one output row and column read this pixel
// through it.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) { return; }
  let c = i % CHANNELS;
  let w = (i / CHANNELS) % IN_W;
  let h = (i / (CHANNELS * IN_W)) % IN_H;
  let n = i / (CHANNELS * IN_W * IN_H);
  var sum = 0.0;
  for (var kh = 0u; kh < KERNEL_H; kh++) {
    // Where the tap lies before the first output this wraps around to a row far beyond the last.
    let row = h + BEFORE_H - kh * DILATION_H;
    let oh = row / STRIDE_H;
    if (oh >= OUT_H || oh * STRIDE_H != row) { continue; }
    for (var kw = 0u; kw < KERNEL_W; kw++) {
      let column = w + BEFORE_W - kw * DILATION_W;
      let ow = column / STRIDE_W;
      if (ow >= OUT_W || ow * STRIDE_W != column) { continue; }
      let y = (((n * OUT_H + oh) * OUT_W + ow) * CHANNELS + c) * MULTIPLIER;
      let tap = ((kh * KERNEL_W + kw) * CHANNELS + c) * MULTIPLIER;
      for (var m = 0u; m < MULTIPLIER; m++) {
        sum += dy(y + m) * filters(tap + m);
      }
    }
  }
  set_result(i, sum);
}
