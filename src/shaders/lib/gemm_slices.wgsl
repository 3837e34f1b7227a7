// Slices of the operands, for tiles in workgroup memory. Past the end of K they are zero.
const SLICE = 16u;

fn slice_of_a(rows: Rows, k: u32, end: u32) -> vec4<f32> {
  if (k >= end) {
    return vec4<f32>();
  }
  return load_rows(rows, a_step(k));
}

fn slice_of_b(columns: vec4<u32>, k: u32, end: u32) -> vec4<f32> {
  if (k >= end) {
    return vec4<f32>();
  }
  return load_columns(columns, b_step(k));
}
