// As arg_max.wgsl, one workgroup a result: each thread looks at every 64th element, then a tree finds the best that threads found.
var<workgroup> values: array<f32, 64>;
var<workgroup> places: array<u32, 64>;

// Whether an element beats the best so far: it is larger, or the first NaN, or as large and before it.
fn beats(next: f32, k: u32, value: f32, best: u32) -> bool {
  if (is_nan(next) || is_nan(value)) {
    return is_nan(next) && (!is_nan(value) || k < best);
  }
  return next > value || (next == value && k < best);
}

fn run(workgroup: u32, lane: u32) {
  // Folded launches may have idle workgroups at the end. All threads of one leave together, before any barrier.
  if (workgroup >= SIZE) { return; }
  let first = (workgroup / INNER) * ALONG * INNER + workgroup % INNER;
  var best = lane;
  var value = x(first + lane * INNER);
  for (var k = lane + 64u; k < ALONG; k += 64u) {
    let next = x(first + k * INNER);
    if (beats(next, k, value, best)) {
      best = k;
      value = next;
    }
  }
  values[lane] = value;
  places[lane] = best;
  workgroupBarrier();
  for (var width = 32u; width > 0u; width >>= 1u) {
    if (lane < width && beats(values[lane + width], places[lane + width], values[lane], places[lane])) {
      values[lane] = values[lane + width];
      places[lane] = places[lane + width];
    }
    workgroupBarrier();
  }
  if (lane == 0u) { set_result(workgroup, places[0]); }
}
