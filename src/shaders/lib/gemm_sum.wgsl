// Operands of a sum of products: a matrix of each after another, A_NEXT and B_NEXT elements apart. K runs through them all, DEPTH
// steps each.
fn a_row(batch: u32, row: u32) -> vec3<u32> {
  return vec3<u32>(A_AT + row * A_ROW, 0u, 0u);
}

fn a_step(k: u32) -> vec3<u32> {
  return vec3<u32>((k / DEPTH) * A_NEXT + (k % DEPTH) * A_ALONG, 0u, 0u);
}

fn load_a(row: vec3<u32>, step: vec3<u32>) -> f32 {
  return a(row.x + step.x);
}

fn b_column(batch: u32, column: u32) -> u32 {
  return B_AT + column * B_COLUMN;
}

fn b_step(k: u32) -> vec2<u32> {
  return vec2<u32>((k / DEPTH) * B_NEXT + (k % DEPTH) * B_ALONG, 0u);
}

fn load_b(column: u32, step: vec2<u32>) -> f32 {
  return b(column + step.x);
}
