// A thread's share of a 4x4 block of results, where the threads of a workgroup share K: each takes every THREADS-th k.
struct Share {
  sums: mat4x4<f32>,
  column_sums: vec4<f32>,
}

fn share_of_k(tile: Tile, lane: u32) -> Share {
  let rows = four_rows(tile.batch, tile.top);
  let columns = four_columns(tile.batch, tile.left, 1u);
  var share = Share();
  for (var k = tile.first_k + lane; k < tile.end_k; k += THREADS) {
    let across = load_columns(columns, b_step(k));
    share.sums = add_product(share.sums, load_rows(rows, a_step(k)), across);
    if (COLUMN_SUMS) {
      share.column_sums += across;
    }
  }
  return share;
}
