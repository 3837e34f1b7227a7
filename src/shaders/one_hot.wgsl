// One element of one-hot codes.
fn element(i: u32) -> f32 {
  return select(0.0, 1.0, indices(i / DEPTH) == i % DEPTH);
}
