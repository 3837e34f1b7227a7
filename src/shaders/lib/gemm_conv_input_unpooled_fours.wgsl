// Fours of A for gemm_conv_input_unpooled.wgsl, where filters come in fours.
fn load_a_four(row: vec3<u32>, step: vec3<u32>) -> vec4<f32> {
  let y = row.y - step.y;
  let x = row.z - step.z;
  let window = vec2<u32>(y / 2u, x / 2u);
  let i = row.x + step.x + (window.x * POOLED_W + window.y) * OUT_C;
  let is_inside = (window.x < POOLED_H) & (window.y < POOLED_W);
  let places = vec4<u32>(place(i), place(i + 1u), place(i + 2u), place(i + 3u));
  let wanted = vec4<u32>((y % 2u) * 2u + x % 2u);
  return select(vec4<f32>(), a_four(i), vec4<bool>(is_inside) & (places == wanted));
}
