// Output position `index` of a convolution as (sample, y, x), in row-major order.
fn position(index: u32) -> vec3<u32> {
  return vec3<u32>(index / (OUT_W * OUT_H), (index / OUT_W) % OUT_H, index % OUT_W);
}
