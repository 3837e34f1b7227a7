// Inverted dropout, one thread per element. The mask is a function of (seed, step, stream, element).
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = linear_workgroup(group, groups) * 64u + lane;
  if (i >= SIZE) { return; }
  let kept = (hash4(seed(), step_number(), STREAM, i) >> 8u) >= THRESHOLD;
  result[i] = select(0.0, x[i] * SCALE, kept);
}
