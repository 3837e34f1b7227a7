// Index of the largest element along an axis, the first of equals, or of the first NaN: x [.., ALONG, INNER], result [.., INNER] u32. One thread per
// result.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) { return; }
  let first = (i / INNER) * ALONG * INNER + i % INNER;
  var best = 0u;
  var value = x(first);
  for (var k = 1u; k < ALONG; k++) {
    let next = x(first + k * INNER);
    if (next > value || (is_nan(next) && !is_nan(value))) {
      best = k;
      value = next;
    }
  }
  set_result(i, best);
}
