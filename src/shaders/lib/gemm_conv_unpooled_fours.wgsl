// Fours of B for gemm_conv_unpooled.wgsl, where filters come in fours.
fn load_b_four(column: u32, step: vec2<u32>) -> vec4<f32> {
  let i = column + step.x;
  let places = vec4<u32>(place(i), place(i + 1u), place(i + 2u), place(i + 3u));
  return select(vec4<f32>(), b_four(i), places == vec4<u32>(step.y));
}
