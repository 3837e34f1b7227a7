// Finishes four results of one column of a product [SLABS, M, N], in `row` (a multiple of 4) and the three rows after it, as
// far as the product has them. `finish` is generated.
fn finish_rows(batch: u32, row: u32, column: u32, values: vec4<f32>) {
  if (column >= N) {
    return;
  }
  let i = (batch * M + row) * N + column;
  for (var r = 0u; r < min(4u, M - min(row, M)); r++) {
    finish(i + r * N, values[r]);
  }
}
