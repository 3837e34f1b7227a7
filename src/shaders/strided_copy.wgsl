// Moves elements: one thread per output element asks `value_at`, generated for the op, which input element
// (or padding value) belongs there.
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = linear_workgroup(group, groups) * 64u + lane;
  if (i >= SIZE) { return; }
  result[i] = value_at(i);
}
