// Copies rows of `data`, one thread per element. The op gives `source(n)`, the row that output row n shows; `load`, which
// reads an element; and `finish`, which scales it.
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = linear_workgroup(group, groups) * 64u + lane;
  if (i >= SIZE) { return; }
  let row = min(source(i / ROW), LAST);
  result[i] = finish(load(row * ROW + i % ROW));
}
