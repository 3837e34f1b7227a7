// The last layer of a classifier in one pass over its rows: logits x * w, their softmax cross-entropy with the labels and
// its gradient, the most probable class, and the gradient passed back to x. LANES threads, a power of two, work on a row,
// one for each class. `logit` and, where x wants one, `pass_back` are generated: they finish a sum with the steps after it.
// x is [ROWS, DEPTH], w [DEPTH, COLUMNS], dlogits [ROWS, COLUMNS]; labels, dy and loss are [ROWS].
var<workgroup> slopes: array<f32, 64>;

fn run(workgroup: u32, lane: u32) {
  let row = workgroup * (64u / LANES) + lane / LANES;
  let class_index = lane % LANES;
  // Threads without a class must stay for the barriers.
  let has_class = row < ROWS && class_index < COLUMNS;
  let i = row * COLUMNS + class_index;
  var value = -3.4028234e38;
  if (has_class) {
    var sum = 0.0;
    for (var k = 0u; k < DEPTH; k++) {
      sum += x(row * DEPTH + k) * w(k * COLUMNS + class_index);
    }
    value = logit(i, sum);
  }
  let top = row_max(lane, value);
  let share = select(0.0, shifted_exp(value, top), has_class);
  let total = row_sum(lane, share);
  // The first class that reaches the maximum has the largest negative number; the first NaN the largest of all.
  let place = select(-64.0, -f32(class_index), has_class && value == top);
  let first = row_max(lane, select(place, 64.0 - f32(class_index), has_class && is_nan(value)));
  var slope = 0.0;
  if (has_class) {
    let label = min(labels(row), COLUMNS - 1u);
    slope = dy(row) * (share / total - select(0.0, 1.0, class_index == label));
    set_dlogits(i, slope);
    if (class_index == label) {
      set_loss(row, keep_nan(total, log(total)) - (value - top));
    }
    if (class_index == 0u) {
      choose(row, u32(select(-first, 64.0 - first, first > 0.0)));
    }
  }
  slopes[lane] = slope;
  workgroupBarrier();
  if (row < ROWS) {
    pass_back(row, class_index, lane - class_index);
  }
}
