// Fours of A for gemm_conv_input_grad_stride1.wgsl, where filters come in fours.
fn load_a_four(row: vec3<u32>, step: vec3<u32>) -> vec4<f32> {
  return select(vec4<f32>(), a_four(row.x + step.x), (row.y - step.y < OUT_H) & (row.z - step.z < OUT_W));
}
