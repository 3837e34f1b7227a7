// Gradient of gathering rows, one thread per element of the table: it looks through all indices and adds up, in order,
// what the readers of its row pass back. Slower than scattering, but without atomics, and the same bits every time.
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = linear_workgroup(group, groups) * 64u + lane;
  if (i >= SIZE) { return; }
  let row = i / ROW;
  let column = i % ROW;
  var sum = 0.0;
  for (var n = 0u; n < COUNT; n++) {
    if (min(indices[n], LAST) == row) { sum += dy[n * ROW + column]; }
  }
  result[i] = sum;
}
