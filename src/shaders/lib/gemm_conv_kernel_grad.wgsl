// Gradient of a convolution's kernel: patches, transposed, times the output's gradient.
fn a_row(batch: u32, row: u32) -> vec3<u32> {
  return tap_line(row);
}

fn a_step(k: u32) -> vec3<u32> {
  return position_line(k);
}
