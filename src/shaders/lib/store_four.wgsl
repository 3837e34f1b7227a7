// Finishes up to four neighbouring results of a row, the first of which is element i; `width` are left in the row.
fn store_four(i: u32, width: u32, values: vec4<f32>) {
  finish(i, values.x);
  if (width > 1u) {
    finish(i + 1u, values.y);
  }
  if (width > 2u) {
    finish(i + 2u, values.z);
  }
  if (width > 3u) {
    finish(i + 3u, values.w);
  }
}
