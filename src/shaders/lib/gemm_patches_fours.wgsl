// Fours of A for gemm_patches.wgsl, where channels come in fours: those of one tap are inside or outside together.
fn load_a_four(row: vec3<u32>, step: vec3<u32>) -> vec4<f32> {
  let at = row + step;
  if (ALL_INSIDE) {
    return a_four(at.x);
  }
  return select(vec4<f32>(), a_four(at.x), (at.y < IN_H) & (at.z < IN_W));
}
