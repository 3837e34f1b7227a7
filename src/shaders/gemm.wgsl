// C = A * B by tiles: 64 threads compute 32x32 results, 4x4 each, walking K in slices of 16 through workgroup memory.
// load_a, load_b and finish are defined by the parts before this one.
const SIDE = 32u;
const SLICE = 16u;

// A is kept transposed, so that both operands are read along rows of four.
var<workgroup> tile_a: array<array<vec4<f32>, 8>, SLICE>;
var<workgroup> tile_b: array<array<vec4<f32>, 8>, SLICE>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = linear_workgroup(group, groups);
  let batch = tile / (TILE_ROWS * TILE_COLUMNS);
  if (batch >= BATCH) {
    return;
  }
  let row0 = ((tile / TILE_COLUMNS) % TILE_ROWS) * SIDE;
  let column0 = (tile % TILE_COLUMNS) * SIDE;
  let mine_row = lane / 8u;
  let mine_column = lane % 8u;

  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();

  for (var k0 = 0u; k0 < K; k0 += SLICE) {
    // 2 x 128 vectors to fetch, two of each for every thread.
    for (var fetch = 0u; fetch < 2u; fetch++) {
      let which = lane + fetch * 64u;
      // Neighbouring threads take neighbouring k of A and neighbouring columns of B.
      let ak = which % SLICE;
      let a4 = which / SLICE;
      let bk = which / 8u;
      let b4 = which % 8u;
      tile_a[ak][a4] = vec4<f32>(
        fetch_a(batch, row0 + a4 * 4u, k0 + ak),
        fetch_a(batch, row0 + a4 * 4u + 1u, k0 + ak),
        fetch_a(batch, row0 + a4 * 4u + 2u, k0 + ak),
        fetch_a(batch, row0 + a4 * 4u + 3u, k0 + ak),
      );
      tile_b[bk][b4] = vec4<f32>(
        fetch_b(batch, k0 + bk, column0 + b4 * 4u),
        fetch_b(batch, k0 + bk, column0 + b4 * 4u + 1u),
        fetch_b(batch, k0 + bk, column0 + b4 * 4u + 2u),
        fetch_b(batch, k0 + bk, column0 + b4 * 4u + 3u),
      );
    }
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

  store_row(batch, row0 + mine_row * 4u, column0 + mine_column * 4u, sum0);
  store_row(batch, row0 + mine_row * 4u + 1u, column0 + mine_column * 4u, sum1);
  store_row(batch, row0 + mine_row * 4u + 2u, column0 + mine_column * 4u, sum2);
  store_row(batch, row0 + mine_row * 4u + 3u, column0 + mine_column * 4u, sum3);
}

fn fetch_a(batch: u32, row: u32, k: u32) -> f32 {
  if (row >= M || k >= K) {
    return 0.0;
  }
  return load_a(batch, row, k);
}

fn fetch_b(batch: u32, k: u32, column: u32) -> f32 {
  if (k >= K || column >= N) {
    return 0.0;
  }
  return load_b(batch, k, column);
}

fn store_row(batch: u32, row: u32, column: u32, values: vec4<f32>) {
  if (row >= M) {
    return;
  }
  let i = (batch * M + row) * N + column;
  if (column < N) {
    finish(i, values.x);
  }
  if (column + 1u < N) {
    finish(i + 1u, values.y);
  }
  if (column + 2u < N) {
    finish(i + 2u, values.z);
  }
  if (column + 3u < N) {
    finish(i + 3u, values.w);
  }
}
