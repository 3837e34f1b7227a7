// A unit of an LSTM, as `ops/recurrentCells.ts` has it: the state, then what is kept, i, f, g, o and c; and going back the slopes of
// the four gates, then what goes to the state and to the memory of the step before.
fn cell(x: array<f32, 4>, z: array<f32, 4>, before: f32, memory: f32) -> array<f32, 6> {
  let i = gate(x[0] + z[0]);
  let f = gate(x[1] + z[1]);
  let g = tell(x[2] + z[2]);
  let o = gate(x[3] + z[3]);
  let c = f * memory + i * g;
  return array<f32, 6>(o * tell(c), i, f, g, o, c);
}

fn cell_back(kept: array<f32, 5>, before: f32, memory: f32, state: f32, d_state: f32, d_memory: f32) -> array<f32, 6> {
  let told = tell(kept[4]);
  let dc = d_memory + d_state * kept[3] * tell_slope(told);
  return array<f32, 6>(
    dc * kept[2] * gate_slope(kept[0]),
    dc * memory * gate_slope(kept[1]),
    dc * kept[0] * tell_slope(kept[2]),
    d_state * told * gate_slope(kept[3]),
    0.0,
    dc * kept[1],
  );
}
