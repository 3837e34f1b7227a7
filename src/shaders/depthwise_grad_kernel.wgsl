// Gradient of depthwise convolution with respect to the kernel, [KERNEL_H, KERNEL_W, CHANNELS, MULTIPLIER], from
// x [BATCH, IN_H, IN_W, CHANNELS] and dy [BATCH, OUT_H, OUT_W, CHANNELS * MULTIPLIER]. One workgroup per kernel element: its
// threads share out the output pixels, then add up in a tree, always in the same order.
var<workgroup> sums: array<f32, 64>;

fn run(workgroup: u32, lane: u32) {
  let i = workgroup;
  // Folded launches may have idle workgroups at the end. All threads of one leave together, before any barrier.
  if (i >= SIZE) { return; }
  let o = i % (CHANNELS * MULTIPLIER);
  let c = o / MULTIPLIER;
  let kw = (i / (CHANNELS * MULTIPLIER)) % KERNEL_W;
  let kh = i / (CHANNELS * MULTIPLIER * KERNEL_W);
  var sum = 0.0;
  for (var pixel = lane; pixel < BATCH * OUT_H * OUT_W; pixel += 64u) {
    let ow = pixel % OUT_W;
    let oh = (pixel / OUT_W) % OUT_H;
    let n = pixel / (OUT_W * OUT_H);
    let h = oh * STRIDE_H + kh * DILATION_H - BEFORE_H;
    let w = ow * STRIDE_W + kw * DILATION_W - BEFORE_W;
    if (h < IN_H && w < IN_W) {
      sum += x(((n * IN_H + h) * IN_W + w) * CHANNELS + c) * dy(pixel * CHANNELS * MULTIPLIER + o);
    }
  }
  sums[lane] = sum;
  workgroupBarrier();
  for (var gap = 32u; gap > 0u; gap /= 2u) {
    if (lane < gap) { sums[lane] += sums[lane + gap]; }
    workgroupBarrier();
  }
  if (lane == 0u) { set_result(i, sums[0]); }
}
