// Reductions over rows by LANES neighbouring threads each, a power of two. All 64 threads of the workgroup must call
// them, also those with no row, because of the barriers. Every thread gets its row's result.
var<workgroup> row_values: array<f32, 64>;

fn row_max(lane: u32, value: f32) -> f32 {
  row_values[lane] = value;
  workgroupBarrier();
  for (var gap = LANES / 2u; gap > 0u; gap /= 2u) {
    if (lane % LANES < gap) { row_values[lane] = max(row_values[lane], row_values[lane + gap]); }
    workgroupBarrier();
  }
  let result = row_values[lane - lane % LANES];
  workgroupBarrier();
  return result;
}

fn row_sum(lane: u32, value: f32) -> f32 {
  row_values[lane] = value;
  workgroupBarrier();
  for (var gap = LANES / 2u; gap > 0u; gap /= 2u) {
    if (lane % LANES < gap) { row_values[lane] += row_values[lane + gap]; }
    workgroupBarrier();
  }
  let result = row_values[lane - lane % LANES];
  workgroupBarrier();
  return result;
}
