// C = A * B from registers alone: each thread computes 8x8 results and reads both operands straight from memory, which
// suits adapters whose caches beat their workgroup memory.
struct Sums {
  upper_left: mat4x4<f32>,
  upper_right: mat4x4<f32>,
  lower_left: mat4x4<f32>,
  lower_right: mat4x4<f32>,
  left: vec4<f32>,
  right: vec4<f32>,
}

struct Lines {
  upper: Rows,
  lower: Rows,
  left: vec4<u32>,
  right: vec4<u32>,
}

fn run(workgroup: u32, lane: u32) {
  let tile = tile_at(workgroup * THREADS + lane);
  if (tile.slab >= SLABS) {
    return;
  }
  let lines = Lines(
    four_rows(tile.batch, tile.top),
    four_rows(tile.batch, tile.top + 4u),
    four_columns(tile.batch, tile.left, 1u),
    four_columns(tile.batch, tile.left + 4u, 1u),
  );
  var sums = Sums();
  // Four k at a time: some adapters pay for every variable that a loop changes, once a turn.
  var k = tile.first_k;
  for (; k + 4u <= tile.end_k; k += 4u) {
    sums = add_step(sums, lines, k);
    sums = add_step(sums, lines, k + 1u);
    sums = add_step(sums, lines, k + 2u);
    sums = add_step(sums, lines, k + 3u);
  }
  for (; k < tile.end_k; k++) {
    sums = add_step(sums, lines, k);
  }
  finish_block(tile.slab, tile.top, tile.left, 1u, sums.upper_left);
  finish_block(tile.slab, tile.top, tile.left + 4u, 1u, sums.upper_right);
  finish_block(tile.slab, tile.top + 4u, tile.left, 1u, sums.lower_left);
  finish_block(tile.slab, tile.top + 4u, tile.left + 4u, 1u, sums.lower_right);
  if (COLUMN_SUMS && tile.top == 0u) {
    finish_column_sums(tile.slab, tile.left, 1u, sums.left);
    finish_column_sums(tile.slab, tile.left + 4u, 1u, sums.right);
  }
}

fn add_step(sums: Sums, lines: Lines, k: u32) -> Sums {
  let along_a = a_step(k);
  let along_b = b_step(k);
  let upper = load_rows(lines.upper, along_a);
  let lower = load_rows(lines.lower, along_a);
  let left = load_columns(lines.left, along_b);
  let right = load_columns(lines.right, along_b);
  return Sums(
    add_product(sums.upper_left, upper, left),
    add_product(sums.upper_right, upper, right),
    add_product(sums.lower_left, lower, left),
    add_product(sums.lower_right, lower, right),
    select(sums.left, sums.left + left, COLUMN_SUMS),
    select(sums.right, sums.right + right, COLUMN_SUMS),
  );
}
