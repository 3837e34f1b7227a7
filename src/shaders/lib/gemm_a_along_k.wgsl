// Blocks of A as in gemm_a_each.wgsl, where four neighbouring k of a row are one vector: K is a multiple of four then.
const A_ALONG_K = true;

fn block_of_a(rows: Rows, k: u32, end: u32) -> mat4x4<f32> {
  if (k >= end) {
    return mat4x4<f32>();
  }
  let step = a_step(k);
  return transpose(mat4x4<f32>(
    load_a_four(rows.first, step),
    load_a_four(rows.second, step),
    load_a_four(rows.third, step),
    load_a_four(rows.fourth, step),
  ));
}
