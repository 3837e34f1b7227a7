// Blocks of A as in gemm_a_each.wgsl, where four neighbouring rows at one k are one vector: M is a multiple of four then.
const A_ALONG_K = false;

fn block_of_a(rows: Rows, k: u32, end: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    four_of_a(rows.first, k, end),
    four_of_a(rows.first, k + 1u, end),
    four_of_a(rows.first, k + 2u, end),
    four_of_a(rows.first, k + 3u, end),
  );
}

fn four_of_a(row: vec3<u32>, k: u32, end: u32) -> vec4<f32> {
  if (k >= end) {
    return vec4<f32>();
  }
  return load_a_four(row, a_step(k));
}
