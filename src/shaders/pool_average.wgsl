// What average pooling folds.
const START = 0.0;

fn fold(sum: f32, value: f32) -> f32 {
  return sum + value;
}

fn finish(sum: f32, count: u32) -> f32 {
  return sum / f32(count);
}
