// Index of the largest element along an axis, the first of equals; one thread per result.
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = linear_workgroup(group, groups) * 64u + lane;
  if (i >= SIZE) { return; }
  let first = (i / INNER) * ALONG * INNER + i % INNER;
  var best = 0u;
  var value = x[first];
  for (var k = 1u; k < ALONG; k++) {
    let next = x[first + k * INNER];
    if (next > value) {
      best = k;
      value = next;
    }
  }
  result[i] = best;
}
