// C = A * B for few results and a long K: a workgroup computes 4x4 results, its threads share out K, and their sums meet in
// workgroup memory, in a fixed order.
var<workgroup> reduce_sums: array<mat4x4<f32>, 64>;

fn run(workgroup: u32, lane: u32) {
  let tile = tile_at(workgroup);
  if (tile.slab >= SLABS) {
    return;
  }
  let rows = four_rows(tile.batch, tile.top);
  let columns = four_columns(tile.batch, tile.left, 1u);
  var sums = mat4x4<f32>();
  for (var k = tile.first_k + lane; k < tile.end_k; k += THREADS) {
    sums = add_product(sums, load_rows(rows, a_step(k)), load_columns(columns, b_step(k)));
  }
  reduce_sums[lane] = sums;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      reduce_sums[lane] += reduce_sums[lane + half];
    }
    workgroupBarrier();
  }
  if (lane < 4u) {
    finish_rows(tile.slab, tile.top, tile.left + lane, reduce_sums[0][lane]);
  }
}
