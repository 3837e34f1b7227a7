// What max pooling folds, for pool.wgsl: the largest value so far, and the tap it came from. The first tap wins over NONE
// whatever it is, later ones by being larger, or NaN, so that none is hidden.
struct Best {
  pooled: f32,
  arg: u32,
}

const NONE = 0xffffffffu;
const START = Best(0.0, NONE);

fn fold(best: Best, value: f32, tap: u32) -> Best {
  if (best.arg == NONE || value > best.pooled || is_nan(value)) { return Best(value, tap); }
  return best;
}
