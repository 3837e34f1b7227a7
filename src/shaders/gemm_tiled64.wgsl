// C = A * B by larger tiles: 64 threads compute 64x64 results, 8x8 each in four blocks of 4x4 that lie 32 apart, walking K in
// slices of 16 through workgroup memory. Half the reads of gemm_tiled.wgsl for each result, where M and N have room for it.
// While one slice is multiplied, the next is on its way from memory to registers.

// A is kept transposed, so that both operands are read along lines of four.
// 16 lines of 16 vectors of A, then as many of B.
var<workgroup> tile_memory: array<vec4<f32>, 512>;

fn run(workgroup: u32, lane: u32) {
  let tile = tile_at(workgroup);
  if (tile.slab >= SLABS) {
    return;
  }
  // Each thread fetches four vectors of A (the same k, rows 16 apart) and four of B (the same columns, k 4 apart).
  // Neighbouring threads take neighbouring k of A and neighbouring columns of B.
  let near = lane % 16u;
  let far = lane / 16u;
  let rows0 = four_rows(tile.batch, tile.top + far * 4u);
  let rows1 = four_rows(tile.batch, tile.top + far * 4u + 16u);
  let rows2 = four_rows(tile.batch, tile.top + far * 4u + 32u);
  let rows3 = four_rows(tile.batch, tile.top + far * 4u + 48u);
  let columns = four_columns(tile.batch, tile.left + near * 4u, 1u);
  let my_row = (lane / 8u) % 8u;
  let my_column = lane % 8u;
  var upper_left = mat4x4<f32>();
  var upper_right = mat4x4<f32>();
  var lower_left = mat4x4<f32>();
  var lower_right = mat4x4<f32>();
  var left_sums = vec4<f32>();
  var right_sums = vec4<f32>();
  for (var k0 = tile.first_k; ; k0 += SLICE) {
    let next_rows0 = slice_of_a(rows0, k0 + near, tile.end_k);
    let next_rows1 = slice_of_a(rows1, k0 + near, tile.end_k);
    let next_rows2 = slice_of_a(rows2, k0 + near, tile.end_k);
    let next_rows3 = slice_of_a(rows3, k0 + near, tile.end_k);
    let next_columns0 = slice_of_b(columns, k0 + far, tile.end_k);
    let next_columns1 = slice_of_b(columns, k0 + far + 4u, tile.end_k);
    let next_columns2 = slice_of_b(columns, k0 + far + 8u, tile.end_k);
    let next_columns3 = slice_of_b(columns, k0 + far + 12u, tile.end_k);
    if (k0 > tile.first_k) {
      for (var k = 0u; k < SLICE; k++) {
        let upper = tile_memory[k * 16u + my_row];
        let lower = tile_memory[k * 16u + my_row + 8u];
        let left = tile_memory[256u + k * 16u + my_column];
        let right = tile_memory[256u + k * 16u + my_column + 8u];
        upper_left = add_product(upper_left, upper, left);
        upper_right = add_product(upper_right, upper, right);
        lower_left = add_product(lower_left, lower, left);
        lower_right = add_product(lower_right, lower, right);
        if (COLUMN_SUMS) {
          left_sums += left;
          right_sums += right;
        }
      }
    }
    if (k0 >= tile.end_k) {
      break;
    }
    workgroupBarrier();
    tile_memory[near * 16u + far] = next_rows0;
    tile_memory[near * 16u + far + 4u] = next_rows1;
    tile_memory[near * 16u + far + 8u] = next_rows2;
    tile_memory[near * 16u + far + 12u] = next_rows3;
    tile_memory[256u + far * 16u + near] = next_columns0;
    tile_memory[256u + (far + 4u) * 16u + near] = next_columns1;
    tile_memory[256u + (far + 8u) * 16u + near] = next_columns2;
    tile_memory[256u + (far + 12u) * 16u + near] = next_columns3;
    workgroupBarrier();
  }
  let row = tile.top + my_row * 4u;
  let column = tile.left + my_column * 4u;
  finish_block(tile.slab, row, column, 1u, upper_left);
  finish_block(tile.slab, row, column + 32u, 1u, upper_right);
  finish_block(tile.slab, row + 32u, column, 1u, lower_left);
  finish_block(tile.slab, row + 32u, column + 32u, 1u, lower_right);
  if (COLUMN_SUMS && row == 0u) {
    finish_column_sums(tile.slab, column, 1u, left_sums);
    finish_column_sums(tile.slab, column + 32u, 1u, right_sums);
  }
}
