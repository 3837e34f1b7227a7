// Gradient of gathering rows, from the readers in order of their rows [COUNT], where those of each row begin [ROWS + 1], and dy
// [COUNT, ROW]. One thread per element of the table: it adds up, in order, what the readers of its row pass back.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) { return; }
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
  set_result(i, sum);
}
