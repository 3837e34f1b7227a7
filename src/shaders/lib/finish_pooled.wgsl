// Finishes the four positions of a 2x2 pooling window in one channel, and stores the largest result in `c` [M / 4, N] and, by
// `keep_place`, where it was: the first in row-major order. NaN counts as the largest. `finished` and `keep_place` are generated.
fn finish_rows(batch: u32, row: u32, column: u32, values: vec4<f32>) {
  if (row >= M || column >= N) {
    return;
  }
  var best = finished(column, values.x);
  var place = 0u;
  for (var tap = 1u; tap < 4u; tap++) {
    let next = finished(column, values[tap]);
    if (next > best || is_nan(next)) {
      best = next;
      place = tap;
    }
  }
  let i = (row / 4u) * N + column;
  set_c(i, best);
  keep_place(i, place);
}
