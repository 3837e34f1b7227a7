// A block of B is four columns at four k, one k in each column; past the end of K it is zero. Here every element is read alone.
const B_ALONG_K = false;

fn block_of_b(columns: vec4<u32>, k: u32, end: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    slice_of_b(columns, k, end),
    slice_of_b(columns, k + 1u, end),
    slice_of_b(columns, k + 2u, end),
    slice_of_b(columns, k + 3u, end),
  );
}
