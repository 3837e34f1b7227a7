// C = A * B for few results and a long K: a workgroup computes 4x4 results, its threads share out K, and their sums meet in
// workgroup memory, in a fixed order.
var<workgroup> tile_memory: array<vec4<f32>, 256>;

fn run(workgroup: u32, lane: u32) {
  let tile = tile_at(workgroup);
  if (tile.slab >= SLABS) {
    return;
  }
  let share = share_of_k(tile, lane);
  // One column of the block after the other, each THREADS long.
  tile_memory[lane] = share.sums[0];
  tile_memory[lane + THREADS] = share.sums[1];
  tile_memory[lane + 2u * THREADS] = share.sums[2];
  tile_memory[lane + 3u * THREADS] = share.sums[3];
  workgroupBarrier();
  // Sixteen threads for each column add up four sums each, and the first of them the rest.
  let first = (lane / 16u) * THREADS + lane % 16u;
  let quarter = tile_memory[first] + tile_memory[first + 16u] + tile_memory[first + 32u] + tile_memory[first + 48u];
  workgroupBarrier();
  tile_memory[lane] = quarter;
  workgroupBarrier();
  if (lane < 4u) {
    var total = vec4<f32>();
    for (var i = 0u; i < 16u; i++) {
      total += tile_memory[lane * 16u + i];
    }
    finish_rows(tile.slab, tile.top, tile.left + lane, total);
  }
  if (COLUMN_SUMS && tile.top == 0u) {
    workgroupBarrier();
    tile_memory[lane] = share.column_sums;
    workgroupBarrier();
    if (lane == 0u) {
      var total = vec4<f32>();
      for (var i = 0u; i < THREADS; i++) {
        total += tile_memory[i];
      }
      finish_column_sums(tile.slab, tile.left, 1u, total);
    }
  }
}
