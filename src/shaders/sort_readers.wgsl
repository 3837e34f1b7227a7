// The readers of each stretch of RUN indices [COUNT], in order of the row that they read, those of one row in their order.
// One thread per reader: it counts those of its stretch that come before it.
fn row_of(n: u32) -> u32 {
  return min(indices(n), LAST);
}

fn run(workgroup: u32, lane: u32) {
  let n = workgroup * 64u + lane;
  if (n >= COUNT) { return; }
  let row = row_of(n);
  let first = n - n % RUN;
  var place = first;
  for (var m = first; m < min(first + RUN, COUNT); m++) {
    let other = row_of(m);
    if (other < row || (other == row && m < n)) { place++; }
  }
  set_result(place, n);
}
