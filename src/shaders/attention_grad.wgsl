// The gradient of attention with respect to queries, keys and values, one after another. The first ROWS threads are for queries, the
// others for keys and values. Weights are made again from logits and the logarithms that the way forward left.
fn run(workgroup: u32, lane: u32) {
  let thread = workgroup * 64u + lane;
  if (thread >= 2u * ROWS) { return; }
  let row = thread % ROWS;
  let own_step = row % STEPS;
  let head_row = row - own_step;
  let head = (row / STEPS) % HEADS;
  let start = (row / STEPS / HEADS) * STEPS * WIDTH + head * DEPTH;
  if (thread < ROWS) {
    query_slopes(start, head_row, own_step);
  } else {
    key_slopes(start, head_row, own_step);
  }
}

// How much step t's row of weights is worth as it is: what every slope of its logits is compared with.
fn worth(own: u32) -> f32 {
  var sum = 0.0;
  for (var p = 0u; p < PIECES; p++) { sum += product(dy_at(own + p * LANES), trace_at(own + p * LANES)); }
  return sum;
}

fn query_slopes(start: u32, head_row: u32, t: u32) {
  let own = start + t * WIDTH;
  var asks: array<Numbers, PIECES>;
  var told: array<Numbers, PIECES>;
  var slopes: array<Numbers, PIECES>;
  for (var p = 0u; p < PIECES; p++) {
    asks[p] = query_at(own + p * LANES) * SCALE;
    told[p] = dy_at(own + p * LANES);
    slopes[p] = Numbers();
  }
  let log_total = trace(READ + head_row + t);
  let mean = worth(own);
  let seen = select(STEPS, t + 1u, CAUSAL == 1u);
  for (var s = 0u; s < seen; s++) {
    let other = start + s * WIDTH;
    var logit = 0.0;
    var slope = 0.0;
    for (var p = 0u; p < PIECES; p++) {
      logit += product(asks[p], key_at(other + p * LANES));
      slope += product(told[p], value_at(other + p * LANES));
    }
    let factor = shifted_exp(logit, log_total) * (slope - mean) * SCALE;
    for (var p = 0u; p < PIECES; p++) { slopes[p] += factor * key_at(other + p * LANES); }
  }
  for (var p = 0u; p < PIECES; p++) { put(own + p * LANES, slopes[p]); }
}

fn key_slopes(start: u32, head_row: u32, s: u32) {
  let own = start + s * WIDTH;
  var keys: array<Numbers, PIECES>;
  var values: array<Numbers, PIECES>;
  var key_sums: array<Numbers, PIECES>;
  var value_sums: array<Numbers, PIECES>;
  for (var p = 0u; p < PIECES; p++) {
    keys[p] = key_at(own + p * LANES) * SCALE;
    values[p] = value_at(own + p * LANES);
    key_sums[p] = Numbers();
    value_sums[p] = Numbers();
  }
  let first = select(0u, s, CAUSAL == 1u);
  for (var t = first; t < STEPS; t++) {
    let other = start + t * WIDTH;
    var logit = 0.0;
    var slope = 0.0;
    for (var p = 0u; p < PIECES; p++) {
      logit += product(keys[p], query_at(other + p * LANES));
      slope += product(values[p], dy_at(other + p * LANES));
    }
    let weight = shifted_exp(logit, trace(READ + head_row + t));
    let factor = weight * (slope - worth(other)) * SCALE;
    for (var p = 0u; p < PIECES; p++) {
      key_sums[p] += factor * query_at(other + p * LANES);
      value_sums[p] += weight * dy_at(other + p * LANES);
    }
  }
  for (var p = 0u; p < PIECES; p++) {
    put(READ + own + p * LANES, key_sums[p]);
    put(2u * READ + own + p * LANES, value_sums[p]);
  }
}
