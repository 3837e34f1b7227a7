// Blocks of B as in gemm_b_each.wgsl, where four neighbouring columns at one k are one vector: N is a multiple of four then.
const B_ALONG_K = false;

fn block_of_b(columns: vec4<u32>, k: u32, end: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    four_of_b(columns.x, k, end),
    four_of_b(columns.x, k + 1u, end),
    four_of_b(columns.x, k + 2u, end),
    four_of_b(columns.x, k + 3u, end),
  );
}

fn four_of_b(column: u32, k: u32, end: u32) -> vec4<f32> {
  if (k >= end) {
    return vec4<f32>();
  }
  return load_b_four(column, b_step(k));
}
