// Counter-based random numbers, bit for bit those of src/engine/random.ts.
// Source: Jarzynski and Olano 2020, "Hash Functions for GPU Rendering", JCGT 9(3), listing pcg4d.
fn hash4(seed: u32, step: u32, stream: u32, index: u32) -> u32 {
  var v = vec4<u32>(seed, step, stream, index) * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4<u32>(16u);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v.x ^ v.w;
}

// Uniform in [0, 1), 24 bits. A product with a power of two, which is exact; WGSL does not promise that of a quotient.
fn uniform01(seed: u32, step: u32, stream: u32, index: u32) -> f32 {
  return f32(hash4(seed, step, stream, index) >> 8u) * 5.9604644775390625e-8;
}
