// Fours of B for gemm_conv_unpooled.wgsl, where filters come in fours.
fn load_b_four(column: u32, step: vec2<u32>) -> vec4<f32> {
  let i = column + step.x;
  let places = vec4<u32>(e0(i), e0(i + 1u), e0(i + 2u), e0(i + 3u));
  return select(vec4<f32>(), b_four(i), places == vec4<u32>(step.y));
}
