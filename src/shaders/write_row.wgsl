// Overwrites one row of the metrics ring [ROWS, COLUMNS], as bits: a float that is not a number could change on its way through
// f32. `write_values(first)` is generated.
fn run(workgroup: u32, lane: u32) {
  if (lane == 0u) { write_values((row(0u) % ROWS) * COLUMNS); }
}
