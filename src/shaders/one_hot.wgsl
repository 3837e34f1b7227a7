// One element of one-hot codes: indices [..], result [.., DEPTH]. An index beyond the codes gives zeros.
fn element(i: u32) -> f32 {
  return select(0.0, 1.0, indices(i / DEPTH) == i % DEPTH);
}
