// C = A * B by quads: each thread computes 16x8 results. Half the reads of A for each that gemm_quads4.wgsl has, where N
// has room for it.
@diagnostic(off, subgroup_uniformity)
fn run(workgroup: u32, lane: u32) {
  let tile = tile_at(workgroup);
  let row = tile.top + (lane / WIDE) * 16u;
  // A thread's columns are WIDE apart: neighbouring threads read and write neighbouring elements.
  let column = tile.left + lane % WIDE;
  // Quads beyond the edge leave. No quad is torn apart: its threads share a row, and take the column of the first.
  if (tile.slab >= SLABS || row >= M || column - lane % 4u >= N) {
    return;
  }
  let rows = quad_rows(tile.batch, row);
  let left = four_columns(tile.batch, column, WIDE);
  let right = four_columns(tile.batch, column + 4u * WIDE, WIDE);
  var left_sums = QuadSums();
  var right_sums = QuadSums();
  var k = tile.first_k;
  for (; k + 4u <= tile.end_k; k += 4u) {
    let mine = k + lane % 4u;
    let own = load_quad_rows(rows, a_step(mine));
    let along_b = b_step(mine);
    let rows0 = broadcast0(own);
    let along0 = quadBroadcast(along_b, 0u);
    left_sums = add_quad_product(left_sums, rows0, load_columns(left, along0));
    right_sums = add_quad_product(right_sums, rows0, load_columns(right, along0));
    let rows1 = broadcast1(own);
    let along1 = quadBroadcast(along_b, 1u);
    left_sums = add_quad_product(left_sums, rows1, load_columns(left, along1));
    right_sums = add_quad_product(right_sums, rows1, load_columns(right, along1));
    let rows2 = broadcast2(own);
    let along2 = quadBroadcast(along_b, 2u);
    left_sums = add_quad_product(left_sums, rows2, load_columns(left, along2));
    right_sums = add_quad_product(right_sums, rows2, load_columns(right, along2));
    let rows3 = broadcast3(own);
    let along3 = quadBroadcast(along_b, 3u);
    left_sums = add_quad_product(left_sums, rows3, load_columns(left, along3));
    right_sums = add_quad_product(right_sums, rows3, load_columns(right, along3));
  }
  // Parts of K are multiples of four, so that only K itself leaves a rest, which each thread reads alone.
  if (K % 4u != 0u) {
    for (; k < tile.end_k; k++) {
      let own = load_quad_rows(rows, a_step(k));
      let along_b = b_step(k);
      left_sums = add_quad_product(left_sums, own, load_columns(left, along_b));
      right_sums = add_quad_product(right_sums, own, load_columns(right, along_b));
    }
  }
  finish_quad(tile.slab, row, column, left_sums);
  finish_quad(tile.slab, row, column + 4u * WIDE, right_sums);
}
