// Convolution: patches times kernel.
fn a_row(batch: u32, row: u32) -> vec3<u32> {
  return position_line(row);
}

fn a_step(k: u32) -> vec3<u32> {
  return tap_line(k);
}
