// Fours of B wherever its elements are read as they are stored.
fn load_b_four(column: u32, step: vec2<u32>) -> vec4<f32> {
  return b_four(column + step.x);
}
