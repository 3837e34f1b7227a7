// What all ways of computing a product [BATCH, M, K] * [BATCH, K, N] share. A tile is the ROWS x COLUMNS results that a
// workgroup (in gemm_registers.wgsl a thread) computes. A slab is all results of one product of the batch, from one
// part of K: K is one part unless it is split, and then every part has PART_K of it, the last ones perhaps less, and raw sums
// of its own.
// The slots a_row, a_step, load_a, b_column, b_step and load_b are defined by the parts before this one.
struct Tile {
  slab: u32,
  batch: u32,
  top: u32,
  left: u32,
  first_k: u32,
  end_k: u32,
}

fn tile_at(index: u32) -> Tile {
  let slab = index / (TILE_ROWS * TILE_COLUMNS);
  let first_k = (slab / BATCH) * PART_K;
  return Tile(
    slab,
    slab % BATCH,
    ((index / TILE_COLUMNS) % TILE_ROWS) * ROWS,
    (index % TILE_COLUMNS) * COLUMNS,
    first_k,
    min(first_k + PART_K, K),
  );
}

// Four rows of A. Past the edge the last one is read again, and not stored: no test in the loop.
struct Rows {
  first: vec3<u32>,
  second: vec3<u32>,
  third: vec3<u32>,
  fourth: vec3<u32>,
}

fn four_rows(batch: u32, row: u32) -> Rows {
  return Rows(
    a_row(batch, min(row, M - 1u)),
    a_row(batch, min(row + 1u, M - 1u)),
    a_row(batch, min(row + 2u, M - 1u)),
    a_row(batch, min(row + 3u, M - 1u)),
  );
}

fn load_rows(rows: Rows, step: vec3<u32>) -> vec4<f32> {
  return vec4<f32>(
    load_a(rows.first, step),
    load_a(rows.second, step),
    load_a(rows.third, step),
    load_a(rows.fourth, step),
  );
}

// Four columns of B, `apart` from each other.
fn four_columns(batch: u32, column: u32, apart: u32) -> vec4<u32> {
  return vec4<u32>(
    b_column(batch, min(column, N - 1u)),
    b_column(batch, min(column + apart, N - 1u)),
    b_column(batch, min(column + 2u * apart, N - 1u)),
    b_column(batch, min(column + 3u * apart, N - 1u)),
  );
}

fn load_columns(columns: vec4<u32>, step: vec2<u32>) -> vec4<f32> {
  return vec4<f32>(load_b(columns.x, step), load_b(columns.y, step), load_b(columns.z, step), load_b(columns.w, step));
}

// A block is 4x4 results: a column of C in each column.
fn add_product(block: mat4x4<f32>, rows: vec4<f32>, columns: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    fma(rows, columns.xxxx, block[0]),
    fma(rows, columns.yyyy, block[1]),
    fma(rows, columns.zzzz, block[2]),
    fma(rows, columns.wwww, block[3]),
  );
}

// Where COLUMN_SUMS, a product also gives the sum of each column of B, as a bias wants from the gradient that its weights
// meet. Whoever computes the first rows has them at hand.
fn finish_column_sums(slab: u32, column: u32, apart: u32, sums: vec4<f32>) {
  for (var j = 0u; j < 4u; j++) {
    if (column + j * apart < N) {
      set_column_sum(slab * N + column + j * apart, sums[j]);
    }
  }
}

fn finish_block(slab: u32, row: u32, column: u32, apart: u32, block: mat4x4<f32>) {
  for (var j = 0u; j < 4u; j++) {
    finish_rows(slab, row, column + j * apart, block[j]);
  }
}
