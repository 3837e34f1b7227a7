// Attention: a thread for each step t of each head. It walks the steps that t sees, keeps the largest logit so far, and scales down what
// it added up whenever that grows. Behind what was read are the logarithms of the sums of exponentials.
fn run(workgroup: u32, lane: u32) {
  let row = workgroup * 64u + lane;
  if (row >= ROWS) { return; }
  let t = row % STEPS;
  let head = (row / STEPS) % HEADS;
  let start = (row / STEPS / HEADS) * STEPS * WIDTH + head * DEPTH;
  let own = start + t * WIDTH;
  var asks: array<Numbers, PIECES>;
  var read: array<Numbers, PIECES>;
  for (var p = 0u; p < PIECES; p++) {
    asks[p] = query_at(own + p * LANES) * SCALE;
    read[p] = Numbers();
  }
  var top = -3.4028234e38;
  var total = 0.0;
  let seen = select(STEPS, t + 1u, CAUSAL == 1u);
  for (var s = 0u; s < seen; s++) {
    let other = start + s * WIDTH;
    var logit = 0.0;
    for (var p = 0u; p < PIECES; p++) { logit += product(asks[p], key_at(other + p * LANES)); }
    let before = top;
    top = max(top, logit);
    let fade = shifted_exp(before, top);
    let weight = shifted_exp(logit, top);
    total = total * fade + weight;
    for (var p = 0u; p < PIECES; p++) { read[p] = read[p] * fade + weight * value_at(other + p * LANES); }
  }
  for (var p = 0u; p < PIECES; p++) { put(own + p * LANES, read[p] / total); }
  // Logarithms of some drivers lose NaN.
  set_trace(READ + row, keep_nan(total, top + log(total)));
}
