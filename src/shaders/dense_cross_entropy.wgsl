// The last layer of a classifier in one pass over its rows: logits x * w, their softmax cross-entropy with the labels and
// its gradient, the most probable class, and the gradient passed back to x. LANES threads, a power of two, work on a row,
// each on EACH of its classes. `logit` and, where x wants one, `pass_back` are generated: they finish a sum with the steps after it.
// x is [ROWS, DEPTH], w [DEPTH, COLUMNS], dlogits [ROWS, COLUMNS]; labels, dy and loss are [ROWS].
var<workgroup> slopes: array<f32, 128>;

fn run(workgroup: u32, lane: u32) {
  let row = workgroup * (64u / LANES) + lane / LANES;
  let own = lane % LANES;
  let base = (lane - own) * EACH;
  // Threads without a class must stay for the barriers.
  let columns = select(0u, COLUMNS, row < ROWS);
  var values: array<f32, EACH>;
  var largest = -3.4028234e38;
  for (var e = 0u; e < EACH; e++) {
    let class_index = own + e * LANES;
    if (class_index < columns) {
      var sum = 0.0;
      for (var k = 0u; k < DEPTH; k++) {
        sum += x(row * DEPTH + k) * w(k * COLUMNS + class_index);
      }
      values[e] = logit(row * COLUMNS + class_index, sum);
      largest = max(largest, values[e]);
    }
  }
  let top = row_max(lane, largest);
  // The first class that reaches the maximum has the largest negative number; the first NaN the largest of all.
  var place = -f32(COLUMNS);
  var shares: array<f32, EACH>;
  var share = 0.0;
  for (var e = 0u; e < EACH; e++) {
    let class_index = own + e * LANES;
    if (class_index < columns) {
      shares[e] = shifted_exp(values[e], top);
      share += shares[e];
      place = max(place, select(-f32(COLUMNS), -f32(class_index), values[e] == top));
      place = max(place, select(place, f32(COLUMNS - class_index), is_nan(values[e])));
    }
  }
  let total = row_sum(lane, share);
  let first = row_max(lane, place);
  if (own == 0u && row < ROWS) {
    choose(row, u32(select(-first, f32(COLUMNS) - first, first > 0.0)));
  }
  for (var e = 0u; e < EACH; e++) {
    let class_index = own + e * LANES;
    var slope = 0.0;
    if (class_index < columns) {
      let label = min(labels(row), COLUMNS - 1u);
      slope = dy(row) * (shares[e] / total - select(0.0, 1.0, class_index == label));
      set_dlogits(row * COLUMNS + class_index, slope);
      if (class_index == label) {
        set_loss(row, keep_nan(total, log(total)) - (values[e] - top));
      }
    }
    slopes[base + class_index] = slope;
  }
  workgroupBarrier();
  if (row < ROWS) {
    pass_back(row, own, base);
  }
}
