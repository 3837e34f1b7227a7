// The gradient of a dense layer's input [ROWS, DEPTH] in one row, as in dense_pass_back.wgsl, with slopes of the thread's own.
// `finish` is generated.
fn pass_back_row(row: u32, slopes: ptr<function, array<f32, COLUMNS>>) {
  for (var k = 0u; k < DEPTH; k++) {
    var sum = 0.0;
    for (var j = 0u; j < COLUMNS; j++) {
      sum += (*slopes)[j] * w(k * COLUMNS + j);
    }
    finish(row * DEPTH + k, sum);
  }
}
