// C = A * B by the largest tiles: 256 threads compute 128x64 results, 8x4 each in two blocks of 4x4 that lie 64 rows apart,
// walking K in slices of 16 through workgroup memory, 12 KiB of the 16 that any device has. Threads enough to hide how long
// memory takes, where there are results enough for them. The parts before this one say how a thread fetches the 4x4 elements
// of a block: by vectors, or one by one. While one slice is multiplied, the next is on its way from memory to registers.

// A is kept transposed, so that both operands are read along lines of four.
// 16 lines of 32 vectors of A, then 16 of 16 of B.
var<workgroup> tile_memory: array<vec4<f32>, 768>;

fn run(workgroup: u32, lane: u32) {
  let tile = tile_at(workgroup);
  if (tile.slab >= SLABS) {
    return;
  }
  // Half of the threads fetch a block of A each, half of the others one of B. Neighbours take what lies together in memory.
  let fetches_a = lane < 128u;
  let fetches_b = lane >= 128u && lane < 192u;
  let line_of_a = select(lane % 32u, (lane / 4u) % 32u, A_ALONG_K);
  let k_of_a = 4u * select((lane / 32u) % 4u, lane % 4u, A_ALONG_K);
  let line_of_b = select(lane % 16u, (lane / 4u) % 16u, B_ALONG_K);
  let k_of_b = 4u * select((lane / 16u) % 4u, lane % 4u, B_ALONG_K);
  let rows = four_rows(tile.batch, tile.top + line_of_a * 4u);
  let columns = four_columns(tile.batch, tile.left + line_of_b * 4u, 1u);
  let my_row = (lane / 16u) % 16u;
  let my_column = lane % 16u;
  var upper = mat4x4<f32>();
  var lower = mat4x4<f32>();
  var column_sums = vec4<f32>();
  for (var k0 = tile.first_k; ; k0 += SLICE) {
    var next = mat4x4<f32>();
    if (fetches_a) {
      next = block_of_a(rows, k0 + k_of_a, tile.end_k);
    }
    if (fetches_b) {
      next = block_of_b(columns, k0 + k_of_b, tile.end_k);
    }
    if (k0 > tile.first_k) {
      for (var k = 0u; k < SLICE; k++) {
        let across = tile_memory[512u + k * 16u + my_column];
        upper = add_product(upper, tile_memory[k * 32u + my_row], across);
        lower = add_product(lower, tile_memory[k * 32u + my_row + 16u], across);
        if (COLUMN_SUMS) {
          column_sums += across;
        }
      }
    }
    if (k0 >= tile.end_k) {
      break;
    }
    workgroupBarrier();
    if (fetches_a) {
      tile_memory[k_of_a * 32u + line_of_a] = next[0];
      tile_memory[(k_of_a + 1u) * 32u + line_of_a] = next[1];
      tile_memory[(k_of_a + 2u) * 32u + line_of_a] = next[2];
      tile_memory[(k_of_a + 3u) * 32u + line_of_a] = next[3];
    }
    if (fetches_b) {
      tile_memory[512u + k_of_b * 16u + line_of_b] = next[0];
      tile_memory[512u + (k_of_b + 1u) * 16u + line_of_b] = next[1];
      tile_memory[512u + (k_of_b + 2u) * 16u + line_of_b] = next[2];
      tile_memory[512u + (k_of_b + 3u) * 16u + line_of_b] = next[3];
    }
    workgroupBarrier();
  }
  let row = tile.top + my_row * 4u;
  let column = tile.left + my_column * 4u;
  finish_block(tile.slab, row, column, 1u, upper);
  finish_block(tile.slab, row + 64u, column, 1u, lower);
  if (COLUMN_SUMS && row == 0u) {
    finish_column_sums(tile.slab, column, 1u, column_sums);
  }
}
