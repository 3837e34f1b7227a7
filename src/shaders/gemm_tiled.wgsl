// C = A * B by tiles: 64 threads compute 32x32 results, 4x4 each, walking K in slices of 16 through workgroup memory.
// The slots a_row, a_step, load_a, b_column, b_step and finish are defined by the parts before this one.
const SIDE = 32u;
const SLICE = 16u;

// A is kept transposed, so that both operands are read along rows of four.
var<workgroup> tile_a: array<array<vec4<f32>, 8>, 16>;
var<workgroup> tile_b: array<array<vec4<f32>, 8>, 16>;

fn run(workgroup: u32, lane: u32) {
  let tile = workgroup;
  let batch = tile / (TILE_ROWS * TILE_COLUMNS);
  if (batch >= BATCH) {
    return;
  }
  let row0 = ((tile / TILE_COLUMNS) % TILE_ROWS) * SIDE;
  let column0 = (tile % TILE_COLUMNS) * SIDE;

  // Each thread fetches two vectors of A (the same k, rows 16 apart) and two of B (the same columns, k 8 apart).
  // Neighbouring threads take neighbouring k of A and neighbouring columns of B. Lines are found once, before the loop;
  // past the edge the last one is read again, and not stored.
  let fetch_k = lane % 16u;
  let fetch_row = lane / 16u;
  let row_a = row0 + fetch_row * 4u;
  let r0 = a_row(batch, min(row_a, M - 1u));
  let r1 = a_row(batch, min(row_a + 1u, M - 1u));
  let r2 = a_row(batch, min(row_a + 2u, M - 1u));
  let r3 = a_row(batch, min(row_a + 3u, M - 1u));
  let r4 = a_row(batch, min(row_a + 16u, M - 1u));
  let r5 = a_row(batch, min(row_a + 17u, M - 1u));
  let r6 = a_row(batch, min(row_a + 18u, M - 1u));
  let r7 = a_row(batch, min(row_a + 19u, M - 1u));
  let slice_b = lane / 8u;
  let fetch_column = lane % 8u;
  let column_b = column0 + fetch_column * 4u;
  let c0 = b_column(batch, min(column_b, N - 1u));
  let c1 = b_column(batch, min(column_b + 1u, N - 1u));
  let c2 = b_column(batch, min(column_b + 2u, N - 1u));
  let c3 = b_column(batch, min(column_b + 3u, N - 1u));

  let mine_row = lane / 8u;
  let mine_column = lane % 8u;
  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();

  for (var k0 = 0u; k0 < K; k0 += SLICE) {
    let ka = k0 + fetch_k;
    var low = vec4<f32>();
    var high = vec4<f32>();
    if (ka < K) {
      let along = a_step(ka);
      low = vec4<f32>(load_a(r0, along), load_a(r1, along), load_a(r2, along), load_a(r3, along));
      high = vec4<f32>(load_a(r4, along), load_a(r5, along), load_a(r6, along), load_a(r7, along));
    }
    tile_a[fetch_k][fetch_row] = low;
    tile_a[fetch_k][fetch_row + 4u] = high;
    tile_b[slice_b][fetch_column] = fetch_b(k0 + slice_b, c0, c1, c2, c3);
    tile_b[slice_b + 8u][fetch_column] = fetch_b(k0 + slice_b + 8u, c0, c1, c2, c3);
    workgroupBarrier();
    for (var k = 0u; k < SLICE; k++) {
      let va = tile_a[k][mine_row];
      let vb = tile_b[k][mine_column];
      sum0 += va.x * vb;
      sum1 += va.y * vb;
      sum2 += va.z * vb;
      sum3 += va.w * vb;
    }
    workgroupBarrier();
  }

  let row = row0 + mine_row * 4u;
  let column = column0 + mine_column * 4u;
  store_row(batch, row, column, sum0);
  store_row(batch, row + 1u, column, sum1);
  store_row(batch, row + 2u, column, sum2);
  store_row(batch, row + 3u, column, sum3);
}

fn fetch_b(k: u32, c0: u32, c1: u32, c2: u32, c3: u32) -> vec4<f32> {
  if (k >= K) {
    return vec4<f32>();
  }
  let along = b_step(k);
  return vec4<f32>(b(c0 + along), b(c1 + along), b(c2 + along), b(c3 + along));
}

fn store_row(batch: u32, row: u32, column: u32, values: vec4<f32>) {
  if (row < M && column < N) {
    store_four((batch * M + row) * N + column, N - column, values);
  }
}
