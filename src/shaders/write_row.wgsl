// Overwrites one row of the metrics ring, as bits: a float that is not a number could change on its way through f32.
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  if (lane == 0u) { write_values((row() % ROWS) * COLUMNS); }
}
