// Reduces LENGTH elements to each of SIZE results, one workgroup a result: each thread takes every 64th element, then
// a tree combines the threads. The order is fixed, so results are the same bits every time. `base_of(o)` and `step_of(r)`,
// whose sum is where element r of result o lies, and `combine` are generated.
var<workgroup> partial: array<f32, 64>;

fn run(workgroup: u32, lane: u32) {
  let o = workgroup;
  if (o >= SIZE) {
    return;
  }
  let base = base_of(o);
  var total = IDENTITY;
  // A loop whose length is known is unrolled by drivers, and what it reads is on its way together.
  var r = lane;
  for (; r + 448u < LENGTH; r += 512u) {
    for (var i = 0u; i < 8u; i++) {
      total = combine(total, x(base + step_of(r + i * 64u)));
    }
  }
  for (; r < LENGTH; r += 64u) {
    total = combine(total, x(base + step_of(r)));
  }
  partial[lane] = total;
  workgroupBarrier();
  for (var width = 32u; width > 0u; width >>= 1u) {
    if (lane < width) {
      partial[lane] = combine(partial[lane], partial[lane + width]);
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    set_out(o, partial[0]);
  }
}
