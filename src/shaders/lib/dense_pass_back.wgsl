// The gradient of a dense layer's input [ROWS, DEPTH], row by row: the row's slopes [COLUMNS] times the kernel w
// [DEPTH, COLUMNS], transposed. `finish` is generated.
fn pass_back(row: u32, first: u32, base: u32) {
  for (var k = first; k < DEPTH; k += LANES) {
    var sum = 0.0;
    for (var j = 0u; j < COLUMNS; j++) {
      sum += slopes[base + j] * w(k * COLUMNS + j);
    }
    finish(row * DEPTH + k, sum);
  }
}
