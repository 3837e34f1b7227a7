// A unit of a GRU, as `ops/recurrentCells.ts` has it: the state, then what is kept, z, r, g and the state's sum q; and going back the
// slopes of the three gates and of q, then what goes to the state and to the memory of the step before.
fn cell(x: array<f32, 3>, z: array<f32, 3>, before: f32, memory: f32) -> array<f32, 5> {
  let keeping = gate(x[0] + z[0]);
  let reset = gate(x[1] + z[1]);
  let g = tell(x[2] + reset * z[2]);
  return array<f32, 5>(keeping * before + (1.0 - keeping) * g, keeping, reset, g, z[2]);
}

fn cell_back(kept: array<f32, 4>, before: f32, memory: f32, state: f32, d_state: f32, d_memory: f32) -> array<f32, 6> {
  let dg = d_state * (1.0 - kept[0]) * tell_slope(kept[2]);
  return array<f32, 6>(
    d_state * (before - kept[2]) * gate_slope(kept[0]),
    dg * kept[3] * gate_slope(kept[1]),
    dg,
    dg * kept[1],
    d_state * kept[0],
    0.0,
  );
}
