// Gradient of gathering rows, from the readers in order of their rows [COUNT], where those of each row begin [ROWS + 1], and dy
// [COUNT, ROW]. An element of the table is the sum, in order, of what the readers of its row pass back.
fn element(i: u32) -> f32 {
  let row = i / ROW;
  let column = i % ROW;
  let stop = min(starts(row + 1u), COUNT);
  var sum = 0.0;
  var k = starts(row);
  // Four readers at a time: what they pass back is on its way together.
  for (; k + 4u <= stop; k += 4u) {
    let readers = vec4<u32>(order(k), order(k + 1u), order(k + 2u), order(k + 3u)) * ROW + column;
    let four = vec4<f32>(dy(readers.x), dy(readers.y), dy(readers.z), dy(readers.w));
    sum += four.x;
    sum += four.y;
    sum += four.z;
    sum += four.w;
  }
  for (; k < stop; k++) { sum += dy(order(k) * ROW + column); }
  return sum;
}
