// A block of A is four rows at four k, one k in each column; past the end of K it is zero. Here every element is read alone.
const A_ALONG_K = true;

fn block_of_a(rows: Rows, k: u32, end: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    slice_of_a(rows, k, end),
    slice_of_a(rows, k + 1u, end),
    slice_of_a(rows, k + 2u, end),
    slice_of_a(rows, k + 3u, end),
  );
}
