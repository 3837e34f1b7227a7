// C = A * B for few results and a long K, as gemm_reduce.wgsl does it, except that the four threads of a quad add up their sums
// without memory, which leaves one barrier of three. Needs `enable subgroups;` and quads that are four neighbouring local
// indices.
var<workgroup> tile_memory: array<vec4<f32>, 80>;

@diagnostic(off, subgroup_uniformity)
fn run(workgroup: u32, lane: u32) {
  let tile = tile_at(workgroup);
  if (tile.slab >= SLABS) {
    return;
  }
  let share = share_of_k(tile, lane);
  // One column of the block after the other, and the sums of B's columns, each as long as there are quads.
  let quads = THREADS / 4u;
  let quad = lane / 4u;
  for (var j = 0u; j < 4u; j++) {
    tile_memory[j * quads + quad] = sum_of_quad(share.sums[j]);
  }
  if (COLUMN_SUMS) {
    tile_memory[4u * quads + quad] = sum_of_quad(share.column_sums);
  }
  workgroupBarrier();
  if (lane < 5u) {
    var total = vec4<f32>();
    for (var i = 0u; i < quads; i++) {
      total += tile_memory[lane * quads + i];
    }
    if (lane < 4u) {
      finish_rows(tile.slab, tile.top, tile.left + lane, total);
    } else if (COLUMN_SUMS && tile.top == 0u) {
      finish_column_sums(tile.slab, tile.left, 1u, total);
    }
  }
}

// All four threads get the sum, and the same one: each adds the same two pairs.
@diagnostic(off, subgroup_uniformity)
fn sum_of_quad(values: vec4<f32>) -> vec4<f32> {
  let pair = values + quadSwapX(values);
  return pair + quadSwapY(pair);
}
