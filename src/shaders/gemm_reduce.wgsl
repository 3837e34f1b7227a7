// C = A * B for few results and a long K: a workgroup computes 4x4 results, its threads share out K, and their sums meet in
// workgroup memory, in a fixed order.
var<workgroup> reduce_sums: array<vec4<f32>, 256>;

fn run(workgroup: u32, lane: u32) {
  let tile = tile_at(workgroup);
  if (tile.slab >= SLABS) {
    return;
  }
  let rows = four_rows(tile.batch, tile.top);
  let columns = four_columns(tile.batch, tile.left, 1u);
  var sums = mat4x4<f32>();
  var column_sums = vec4<f32>();
  for (var k = tile.first_k + lane; k < tile.end_k; k += THREADS) {
    let across = load_columns(columns, b_step(k));
    sums = add_product(sums, load_rows(rows, a_step(k)), across);
    if (COLUMN_SUMS) {
      column_sums += across;
    }
  }
  // One column of the block after the other, each THREADS long.
  reduce_sums[lane] = sums[0];
  reduce_sums[lane + THREADS] = sums[1];
  reduce_sums[lane + 2u * THREADS] = sums[2];
  reduce_sums[lane + 3u * THREADS] = sums[3];
  workgroupBarrier();
  // Sixteen threads for each column add up four sums each, and the first of them the rest.
  let first = (lane / 16u) * THREADS + lane % 16u;
  let quarter = reduce_sums[first] + reduce_sums[first + 16u] + reduce_sums[first + 32u] + reduce_sums[first + 48u];
  workgroupBarrier();
  reduce_sums[lane] = quarter;
  workgroupBarrier();
  if (lane < 4u) {
    var total = vec4<f32>();
    for (var i = 0u; i < 16u; i++) {
      total += reduce_sums[lane * 16u + i];
    }
    finish_rows(tile.slab, tile.top, tile.left + lane, total);
  }
  if (COLUMN_SUMS && tile.top == 0u) {
    workgroupBarrier();
    reduce_sums[lane] = column_sums;
    workgroupBarrier();
    if (lane == 0u) {
      var total = vec4<f32>();
      for (var i = 0u; i < THREADS; i++) {
        total += reduce_sums[i];
      }
      finish_column_sums(tile.slab, tile.left, 1u, total);
    }
  }
}
