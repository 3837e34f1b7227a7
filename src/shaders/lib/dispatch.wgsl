// Launches of more than 65,535 workgroups are folded into rows of a two-dimensional grid. This undoes the folding.
// The last row may be longer than needed: compare the result with the number of workgroups or elements.
fn linear_workgroup(id: vec3<u32>, count: vec3<u32>) -> u32 {
  return id.y * count.x + id.x;
}
