// Reduces LENGTH elements to each of SIZE results, one thread a result.
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let o = linear_workgroup(group, groups) * 64u + lane;
  if (o >= SIZE) {
    return;
  }
  let base = base_of(o);
  var total = IDENTITY;
  for (var r = 0u; r < LENGTH; r++) {
    total = combine(total, x[base + step_of(r)]);
  }
  out[o] = total;
}
