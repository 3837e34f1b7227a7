// The sum over the LANES threads of a channel, which all of them get: a tree, in the same order every time.
var<workgroup> partial: array<f32, 256>;

fn channel_total(lane: u32, value: f32) -> f32 {
  partial[lane] = value;
  workgroupBarrier();
  for (var width = LANES * COLUMNS / 2u; width >= COLUMNS; width >>= 1u) {
    if (lane < width) {
      partial[lane] += partial[lane + width];
    }
    workgroupBarrier();
  }
  let total = partial[lane % COLUMNS];
  workgroupBarrier();
  return total;
}
