// A unit of a simple recurrent layer, as `ops/recurrentCells.ts` has it: the state that follows from the sums x of its input and z
// of the state before; and going back the slope, and what goes to the step before.
fn cell(x: array<f32, 1>, z: array<f32, 1>, before: f32, memory: f32) -> array<f32, 1> {
  return array<f32, 1>(tell(x[0] + z[0]));
}

fn cell_back(kept: array<f32, 1>, before: f32, memory: f32, state: f32, d_state: f32, d_memory: f32) -> array<f32, 3> {
  return array<f32, 3>(d_state * tell_slope(state), 0.0, 0.0);
}
