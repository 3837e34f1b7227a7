// C = A * B from registers alone: each thread computes 8x8 results and reads both operands straight from memory, which
// suits adapters whose caches beat their workgroup memory (software adapters, Apple GPUs).
// The slots a_row, a_step, load_a, b_column, b_step and finish are defined by the parts before this one.
const SIDE = 8u;

fn run(workgroup: u32, lane: u32) {
  let tile = workgroup * 64u + lane;
  let batch = tile / (TILE_ROWS * TILE_COLUMNS);
  if (batch >= BATCH) {
    return;
  }
  let row = ((tile / TILE_COLUMNS) % TILE_ROWS) * SIDE;
  let column = (tile % TILE_COLUMNS) * SIDE;
  // Past the edge the last row or column is computed again, and not stored: no test in the loop.
  let r0 = a_row(batch, row);
  let r1 = a_row(batch, min(row + 1u, M - 1u));
  let r2 = a_row(batch, min(row + 2u, M - 1u));
  let r3 = a_row(batch, min(row + 3u, M - 1u));
  let r4 = a_row(batch, min(row + 4u, M - 1u));
  let r5 = a_row(batch, min(row + 5u, M - 1u));
  let r6 = a_row(batch, min(row + 6u, M - 1u));
  let r7 = a_row(batch, min(row + 7u, M - 1u));
  let c0 = b_column(batch, column);
  let c1 = b_column(batch, min(column + 1u, N - 1u));
  let c2 = b_column(batch, min(column + 2u, N - 1u));
  let c3 = b_column(batch, min(column + 3u, N - 1u));
  let c4 = b_column(batch, min(column + 4u, N - 1u));
  let c5 = b_column(batch, min(column + 5u, N - 1u));
  let c6 = b_column(batch, min(column + 6u, N - 1u));
  let c7 = b_column(batch, min(column + 7u, N - 1u));

  // Two vectors of four columns for each of eight rows.
  var s0 = vec4<f32>();
  var t0 = vec4<f32>();
  var s1 = vec4<f32>();
  var t1 = vec4<f32>();
  var s2 = vec4<f32>();
  var t2 = vec4<f32>();
  var s3 = vec4<f32>();
  var t3 = vec4<f32>();
  var s4 = vec4<f32>();
  var t4 = vec4<f32>();
  var s5 = vec4<f32>();
  var t5 = vec4<f32>();
  var s6 = vec4<f32>();
  var t6 = vec4<f32>();
  var s7 = vec4<f32>();
  var t7 = vec4<f32>();

  for (var k = 0u; k < K; k++) {
    let along_a = a_step(k);
    let along_b = b_step(k);
    let left = vec4<f32>(b(c0 + along_b), b(c1 + along_b), b(c2 + along_b), b(c3 + along_b));
    let right = vec4<f32>(b(c4 + along_b), b(c5 + along_b), b(c6 + along_b), b(c7 + along_b));
    let a0 = load_a(r0, along_a);
    s0 += a0 * left;
    t0 += a0 * right;
    let a1 = load_a(r1, along_a);
    s1 += a1 * left;
    t1 += a1 * right;
    let a2 = load_a(r2, along_a);
    s2 += a2 * left;
    t2 += a2 * right;
    let a3 = load_a(r3, along_a);
    s3 += a3 * left;
    t3 += a3 * right;
    let a4 = load_a(r4, along_a);
    s4 += a4 * left;
    t4 += a4 * right;
    let a5 = load_a(r5, along_a);
    s5 += a5 * left;
    t5 += a5 * right;
    let a6 = load_a(r6, along_a);
    s6 += a6 * left;
    t6 += a6 * right;
    let a7 = load_a(r7, along_a);
    s7 += a7 * left;
    t7 += a7 * right;
  }

  store_row(batch, row, column, s0, t0);
  store_row(batch, row + 1u, column, s1, t1);
  store_row(batch, row + 2u, column, s2, t2);
  store_row(batch, row + 3u, column, s3, t3);
  store_row(batch, row + 4u, column, s4, t4);
  store_row(batch, row + 5u, column, s5, t5);
  store_row(batch, row + 6u, column, s6, t6);
  store_row(batch, row + 7u, column, s7, t7);
}

fn store_row(batch: u32, row: u32, column: u32, left: vec4<f32>, right: vec4<f32>) {
  if (row >= M) {
    return;
  }
  let i = (batch * M + row) * N + column;
  let width = N - column;
  store_four(i, width, left);
  if (width > 4u) {
    store_four(i + 4u, width - 4u, right);
  }
}
