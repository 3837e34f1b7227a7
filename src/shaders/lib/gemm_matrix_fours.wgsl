// Fours of A for gemm_matrix.wgsl.
fn load_a_four(row: vec3<u32>, step: vec3<u32>) -> vec4<f32> {
  return a_four(row.x + step.x);
}
