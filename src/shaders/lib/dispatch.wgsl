// The entry point of every kernel, which defines `run`. Launches of more than 65,535 workgroups are folded into rows of a
// two-dimensional grid; this undoes the folding. The last row may be longer than needed, so `run` may be called for
// workgroups beyond the last.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  run(id.y * count.x + id.x, lane);
}
