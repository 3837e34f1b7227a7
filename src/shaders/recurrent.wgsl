// Walks STEPS steps for four samples a workgroup. A thread has OWN units, LANES apart; what they were at the step before is in
// workgroup memory, the four samples of a unit side by side. x [SAMPLES, STEPS, GATES, UNITS] are the input's sums, kernel
// [UNITS, GATES, UNITS] multiplies the state. `cell` and the functions about places are given by the op.
fn run(workgroup: u32, lane: u32) {
  var states: array<vec4<f32>, OWN>;
  var memories: array<vec4<f32>, OWN>;
  for (var s = 0u; s < STEPS; s++) {
    let t = time_of(s);
    workgroupBarrier();
    for (var p = 0u; p < OWN; p++) {
      let unit = lane + p * LANES;
      if (unit < UNITS) { tile_memory[unit] = states[p]; }
    }
    workgroupBarrier();
    for (var p = 0u; p < OWN; p++) {
      let unit = lane + p * LANES;
      // What lies beyond the last unit or sample is computed from its neighbour, and not stored.
      let column = min(unit, UNITS - 1u);
      var sums: array<vec4<f32>, GATES>;
      for (var g = 0u; g < GATES; g++) {
        sums[g] = vec4<f32>(recurrent_bias(g * UNITS + column));
      }
      // The state is zero at first.
      let depth = select(UNITS, 0u, s == 0u);
      // Four rows at a time: their weights are on their way together, and one wait is for all.
      let in_fours = depth / 4u * 4u;
      for (var k = 0u; k < in_fours; k += 4u) {
        var weights: array<vec4<f32>, GATES>;
        for (var g = 0u; g < GATES; g++) {
          let at = (k * GATES + g) * UNITS + column;
          weights[g] = vec4<f32>(
            kernel(at),
            kernel(at + GATES * UNITS),
            kernel(at + 2u * GATES * UNITS),
            kernel(at + 3u * GATES * UNITS),
          );
        }
        for (var g = 0u; g < GATES; g++) {
          sums[g] += tile_memory[k] * weights[g].x;
          sums[g] += tile_memory[k + 1u] * weights[g].y;
          sums[g] += tile_memory[k + 2u] * weights[g].z;
          sums[g] += tile_memory[k + 3u] * weights[g].w;
        }
      }
      for (var k = in_fours; k < depth; k++) {
        let state = tile_memory[k];
        for (var g = 0u; g < GATES; g++) {
          sums[g] += state * kernel((k * GATES + g) * UNITS + column);
        }
      }
      for (var m = 0u; m < 4u; m++) {
        let n = workgroup * 4u + m;
        let place = min(n, SAMPLES - 1u) * STEPS + t;
        var own_x: array<f32, GATES>;
        var own_z: array<f32, GATES>;
        for (var g = 0u; g < GATES; g++) {
          own_x[g] = x((place * GATES + g) * UNITS + column);
          own_z[g] = sums[g][m];
        }
        let made = cell(own_x, own_z, states[p][m], memories[p][m]);
        states[p][m] = made[0];
        memories[p][m] = made[KEPT];
        if (unit < UNITS && n < SAMPLES) {
          set_trace(STATES_AT + place * UNITS + unit, made[0]);
          for (var q = 0u; q < KEPT; q++) {
            set_trace(KEPT_AT + (place * KEPT + q) * UNITS + unit, made[q + 1u]);
          }
          if (s + 1u == STEPS) { set_last(n * UNITS + unit, made[0]); }
        }
      }
    }
  }
}
