// Multiply-adds and nothing else: 32 chains a thread that do not wait for each other, in registers, and one store at the
// end, so that none of it can be left out.

const ROUNDS: u32 = 64u;

/** The factor and the summand of every multiply-add; read, so that no compiler knows them. */
@group(0) @binding(0) var<uniform> factors: vec2<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

fn four(x: vec4<f32>, a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return fma(fma(fma(fma(x, a, b), a, b), a, b), a, b);
}

fn sixteen(x: vec4<f32>, a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return four(four(four(four(x, a, b), a, b), a, b), a, b);
}

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) thread: u32) {
  let a = vec4(factors.x);
  let b = vec4(factors.y);
  var x0 = vec4(f32(thread));
  var x1 = x0 + 1.0;
  var x2 = x0 + 2.0;
  var x3 = x0 + 3.0;
  var x4 = x0 + 4.0;
  var x5 = x0 + 5.0;
  var x6 = x0 + 6.0;
  var x7 = x0 + 7.0;
  for (var round = 0u; round < ROUNDS; round++) {
    x0 = sixteen(x0, a, b);
    x1 = sixteen(x1, a, b);
    x2 = sixteen(x2, a, b);
    x3 = sixteen(x3, a, b);
    x4 = sixteen(x4, a, b);
    x5 = sixteen(x5, a, b);
    x6 = sixteen(x6, a, b);
    x7 = sixteen(x7, a, b);
  }
  // Every workgroup stores the same: there is no need for more memory.
  sums[thread] = dot(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7, vec4(1.0));
}
