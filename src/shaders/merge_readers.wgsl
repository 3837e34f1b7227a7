// Merges sorted runs of RUN readers each, WAYS at a time, into runs of their own. One thread per reader: it finds by bisection
// how many of each of the other runs come before it. Of equals those of the earlier run do.
fn row_of(place: u32) -> u32 {
  return min(indices(min(order(place), COUNT - 1u)), LAST);
}

fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= COUNT) { return; }
  let row = row_of(i);
  let own = i - i % RUN;
  let first = i - i % (RUN * WAYS);
  var place = first + i - own;
  for (var begin = first; begin < min(first + RUN * WAYS, COUNT); begin += RUN) {
    if (begin == own) { continue; }
    var low = begin;
    var high = min(begin + RUN, COUNT);
    while (low < high) {
      let middle = (low + high) / 2u;
      let other = row_of(middle);
      if (other < row || (other == row && begin < own)) { low = middle + 1u; } else { high = middle; }
    }
    place += low - begin;
  }
  set_result(place, order(i));
}
