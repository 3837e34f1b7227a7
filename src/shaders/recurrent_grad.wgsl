// Walks STEPS steps back for four samples a workgroup, as recurrent.wgsl walks them forward. A thread has OWN units, LANES apart. The
// slopes of the state's sums are shared in workgroup memory, of TOGETHER gates at a time, the four samples side by side; they
// multiply transposed [GATES, UNITS, UNITS], the kernel of the way forward.
fn run(workgroup: u32, lane: u32) {
  var passed: array<vec4<f32>, OWN>;
  var memories: array<vec4<f32>, OWN>;
  var shared_slopes: array<vec4<f32>, OWN * GATES>;
  for (var back = 0u; back < STEPS; back++) {
    let s = STEPS - 1u - back;
    let t = time_of(s);
    let t_before = time_of(max(s, 1u) - 1u);
    for (var p = 0u; p < OWN; p++) {
      let unit = lane + p * LANES;
      let column = min(unit, UNITS - 1u);
      for (var m = 0u; m < 4u; m++) {
        let n = workgroup * 4u + m;
        let row = min(n, SAMPLES - 1u) * STEPS;
        let place = row + t;
        var kept: array<f32, SOME_KEPT>;
        for (var q = 0u; q < KEPT; q++) {
          kept[q] = trace(KEPT_AT + (place * KEPT + q) * UNITS + column);
        }
        var before = 0.0;
        var memory = 0.0;
        if (s > 0u) {
          before = trace(STATES_AT + (row + t_before) * UNITS + column);
          memory = memory_at(row + t_before, column);
        }
        let state = trace(STATES_AT + place * UNITS + column);
        let d_state = told(min(n, SAMPLES - 1u), t, s, column) + passed[p][m];
        let made = cell_back(kept, before, memory, state, d_state, memories[p][m]);
        passed[p][m] = made[SLOPES];
        memories[p][m] = made[SLOPES + 1u];
        for (var g = 0u; g < GATES; g++) {
          shared_slopes[p * GATES + g][m] = made[recurrent_slope(g)];
        }
        if (unit < UNITS && n < SAMPLES) {
          for (var g = 0u; g < SLOPES; g++) { store(place, g, unit, made[g]); }
        }
      }
    }
    for (var first = 0u; first < GATES; first += TOGETHER) {
      let count = min(TOGETHER, GATES - first);
      workgroupBarrier();
      for (var p = 0u; p < OWN; p++) {
        let unit = lane + p * LANES;
        for (var g = 0u; g < count; g++) {
          if (unit < UNITS) { tile_memory[g * UNITS + unit] = shared_slopes[p * GATES + first + g]; }
        }
      }
      workgroupBarrier();
      for (var p = 0u; p < OWN; p++) {
        let column = min(lane + p * LANES, UNITS - 1u);
        var sum = passed[p];
        // Eight rows at a time: their weights are on their way together, and one wait is for all.
        let in_eights = count * UNITS / 8u * 8u;
        for (var k = 0u; k < in_eights; k += 8u) {
          let at = (first * UNITS + k) * UNITS + column;
          let a = vec4<f32>(
            transposed(at),
            transposed(at + UNITS),
            transposed(at + 2u * UNITS),
            transposed(at + 3u * UNITS),
          );
          let b = vec4<f32>(
            transposed(at + 4u * UNITS),
            transposed(at + 5u * UNITS),
            transposed(at + 6u * UNITS),
            transposed(at + 7u * UNITS),
          );
          sum += tile_memory[k] * a.x;
          sum += tile_memory[k + 1u] * a.y;
          sum += tile_memory[k + 2u] * a.z;
          sum += tile_memory[k + 3u] * a.w;
          sum += tile_memory[k + 4u] * b.x;
          sum += tile_memory[k + 5u] * b.y;
          sum += tile_memory[k + 6u] * b.z;
          sum += tile_memory[k + 7u] * b.w;
        }
        for (var k = in_eights; k < count * UNITS; k++) {
          sum += tile_memory[k] * transposed((first * UNITS + k) * UNITS + column);
        }
        passed[p] = sum;
      }
    }
  }
}
