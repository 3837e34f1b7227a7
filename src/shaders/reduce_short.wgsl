// Reduces LENGTH elements to each of SIZE results, one thread a result: block by block, so that rounding errors grow with
// the number of blocks and not of elements. What is generated is as for reduce_long.wgsl.
fn run(workgroup: u32, lane: u32) {
  let o = workgroup * 64u + lane;
  if (o >= SIZE) {
    return;
  }
  let base = base_of(o);
  var total = IDENTITY;
  for (var first = 0u; first < LENGTH; first += 16u) {
    var block = IDENTITY;
    // A loop whose length is known is unrolled by drivers, and what it reads is on its way together.
    if (first + 16u <= LENGTH) {
      for (var i = 0u; i < 16u; i++) {
        block = combine(block, x(base + step_of(first + i)));
      }
    } else {
      for (var r = first; r < LENGTH; r++) {
        block = combine(block, x(base + step_of(r)));
      }
    }
    total = combine(total, block);
  }
  set_out(o, total);
}
