// What max pooling folds. WGSL promises no infinity, hence the most negative float to start from.
const START = -3.4028234e38;

fn fold(best: f32, value: f32) -> f32 {
  return max(best, value);
}

fn finish(best: f32, count: u32) -> f32 {
  return best;
}
