// What dense_cross_entropy.wgsl computes, with a thread for each row and no barrier.
fn run(workgroup: u32, lane: u32) {
  let row = workgroup * 64u + lane;
  if (row >= ROWS) {
    return;
  }
  var values: array<f32, COLUMNS>;
  var top = -3.4028234e38;
  var best = 0u;
  for (var j = 0u; j < COLUMNS; j++) {
    var sum = 0.0;
    for (var k = 0u; k < DEPTH; k++) {
      sum += x(row * DEPTH + k) * w(k * COLUMNS + j);
    }
    let value = logit(row * COLUMNS + j, sum);
    values[j] = value;
    if (value > top || (is_nan(value) && !is_nan(top))) {
      top = value;
      best = j;
    }
  }
  choose(row, best);
  let label = min(labels(row), COLUMNS - 1u);
  let at_label = values[label] - top;
  var total = 0.0;
  for (var j = 0u; j < COLUMNS; j++) {
    let share = shifted_exp(values[j], top);
    values[j] = share;
    total += share;
  }
  set_loss(row, keep_nan(total, log(total)) - at_label);
  for (var j = 0u; j < COLUMNS; j++) {
    let slope = dy(row) * (values[j] / total - select(0.0, 1.0, j == label));
    values[j] = slope;
    set_dlogits(row * COLUMNS + j, slope);
  }
  pass_back_row(row, &values);
}
