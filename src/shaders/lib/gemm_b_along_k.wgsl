// Blocks of B as in gemm_b_each.wgsl, where four neighbouring k of a column are one vector: K is a multiple of four then.
const B_ALONG_K = true;

fn block_of_b(columns: vec4<u32>, k: u32, end: u32) -> mat4x4<f32> {
  if (k >= end) {
    return mat4x4<f32>();
  }
  let step = b_step(k);
  return transpose(mat4x4<f32>(
    load_b_four(columns.x, step),
    load_b_four(columns.y, step),
    load_b_four(columns.z, step),
    load_b_four(columns.w, step),
  ));
}
