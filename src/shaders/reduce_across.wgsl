// Reduces LENGTH elements to each of SIZE results that are neighbours in memory: a workgroup has COLUMNS results, a power of two,
// and its threads read neighbours together. Each thread takes every (64 / COLUMNS)-th element, then a tree combines the threads
// of a result. What is generated is as for reduce_long.wgsl.
var<workgroup> partial: array<f32, 64>;

fn run(workgroup: u32, lane: u32) {
  let o = workgroup * COLUMNS + lane % COLUMNS;
  // Threads beyond the last result must stay for the barriers.
  let length = select(0u, LENGTH, o < SIZE);
  let base = base_of(o);
  var total = IDENTITY;
  // A loop whose length is known is unrolled by drivers, and what it reads is on its way together.
  let lanes = 64u / COLUMNS;
  var r = lane / COLUMNS;
  for (; r + 7u * lanes < length; r += 8u * lanes) {
    for (var i = 0u; i < 8u; i++) {
      total = combine(total, x(base + step_of(r + i * lanes)));
    }
  }
  for (; r < length; r += lanes) {
    total = combine(total, x(base + step_of(r)));
  }
  partial[lane] = total;
  workgroupBarrier();
  for (var width = 32u; width >= COLUMNS; width >>= 1u) {
    if (lane < width) {
      partial[lane] = combine(partial[lane], partial[lane + width]);
    }
    workgroupBarrier();
  }
  if (lane < COLUMNS && o < SIZE) {
    set_out(o, partial[lane]);
  }
}
