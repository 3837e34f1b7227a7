// What average pooling folds, for pool.wgsl: the sum of a window, divided by how many of its inputs are in the image.
const START = 0.0;

fn fold(sum: f32, value: f32, tap: u32) -> f32 {
  return sum + value;
}

fn finish(i: u32, sum: f32, count: u32) {
  set_result(i, sum / f32(count));
}
