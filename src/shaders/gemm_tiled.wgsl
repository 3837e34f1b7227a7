// C = A * B by tiles: 64 threads compute 32x32 results, 4x4 each, walking K in slices of 16 (SLICE) through workgroup memory.
// While one slice is multiplied, the next is on its way from memory to registers. Slices take turns in two halves of workgroup
// memory, so that threads wait for each other once a slice, and not before and after it is read.
// A is kept transposed, so that both operands are read along lines of four.
// Each half has 16 lines of 8 vectors of A, then as many of B.
var<workgroup> tile_memory: array<vec4<f32>, 512>;

fn run(workgroup: u32, lane: u32) {
  let tile = tile_at(workgroup);
  if (tile.slab >= SLABS) {
    return;
  }
  // Each thread fetches two vectors of A (the same k, rows 16 apart) and two of B (the same columns, k 8 apart).
  // Neighbouring threads take neighbouring k of A and neighbouring columns of B.
  let k_of_a = lane % 16u;
  let line_of_a = lane / 16u;
  let upper = four_rows(tile.batch, tile.top + line_of_a * 4u);
  let lower = four_rows(tile.batch, tile.top + line_of_a * 4u + 16u);
  let k_of_b = lane / 8u;
  let line_of_b = lane % 8u;
  let columns = four_columns(tile.batch, tile.left + line_of_b * 4u, 1u);
  // Remainders tell compilers that no index below is out of range.
  let my_row = (lane / 8u) % 8u;
  let my_column = lane % 8u;
  var sums = mat4x4<f32>();
  var column_sums = vec4<f32>();
  var slice = 0u;
  for (var k0 = tile.first_k; ; k0 += SLICE) {
    let next_upper = slice_of_a(upper, k0 + k_of_a, tile.end_k);
    let next_lower = slice_of_a(lower, k0 + k_of_a, tile.end_k);
    let next_near = slice_of_b(columns, k0 + k_of_b, tile.end_k);
    let next_far = slice_of_b(columns, k0 + k_of_b + 8u, tile.end_k);
    let half = 256u * (slice % 2u);
    if (slice > 0u) {
      let other = 256u - half;
      for (var k = 0u; k < SLICE; k++) {
        let across = tile_memory[other + 128u + k * 8u + my_column];
        sums = add_product(sums, tile_memory[other + k * 8u + my_row], across);
        if (COLUMN_SUMS) {
          column_sums += across;
        }
      }
    }
    if (k0 >= tile.end_k) {
      break;
    }
    tile_memory[half + k_of_a * 8u + line_of_a] = next_upper;
    tile_memory[half + k_of_a * 8u + line_of_a + 4u] = next_lower;
    tile_memory[half + 128u + k_of_b * 8u + line_of_b] = next_near;
    tile_memory[half + 128u + (k_of_b + 8u) * 8u + line_of_b] = next_far;
    workgroupBarrier();
    slice++;
  }
  finish_block(tile.slab, tile.top + my_row * 4u, tile.left + my_column * 4u, 1u, sums);
  if (COLUMN_SUMS && tile.top + my_row == 0u) {
    finish_column_sums(tile.slab, tile.left + my_column * 4u, 1u, column_sums);
  }
}
