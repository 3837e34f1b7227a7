// The other operand is the output's gradient before 2x2 max pooling, never stored: `b` is the gradient of what was pooled
// [N * POOLED_H * POOLED_W, OUT_C], `place` that of each maximum in its window. Positions come by windows, four after four.
fn b_column(batch: u32, column: u32) -> u32 {
  return column;
}

fn b_step(k: u32) -> vec2<u32> {
  return vec2<u32>((k / 4u) * OUT_C, k % 4u);
}

fn load_b(column: u32, step: vec2<u32>) -> f32 {
  let i = column + step.x;
  return select(0.0, b(i), place(i) == step.y);
}
