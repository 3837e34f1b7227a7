// Reduces LENGTH elements to each of SIZE results, one thread a result.
fn run(workgroup: u32, lane: u32) {
  let o = workgroup * 64u + lane;
  if (o >= SIZE) {
    return;
  }
  let base = base_of(o);
  var total = IDENTITY;
  for (var r = 0u; r < LENGTH; r++) {
    total = combine(total, x(base + step_of(r)));
  }
  set_out(o, total);
}
