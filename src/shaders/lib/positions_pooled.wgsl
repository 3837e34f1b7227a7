// Output position `index` of a convolution as (sample, y, x), ordered by 2x2 pooling windows, four positions after four.
// What no window covers is not among them.
fn position(index: u32) -> vec3<u32> {
  let tap = index % 4u;
  let window = index / 4u;
  let x = 2u * (window % POOLED_W) + tap % 2u;
  let y = 2u * ((window / POOLED_W) % POOLED_H) + tap / 2u;
  return vec3<u32>(window / (POOLED_W * POOLED_H), y, x);
}
