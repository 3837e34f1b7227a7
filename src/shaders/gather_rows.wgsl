// Copies rows of `data`, one thread per element. The op gives `source(n)`, the row that output row n shows; `load`, which
// reads an element; and `finish`, which scales it.
fn run(workgroup: u32, lane: u32) {
  let i = workgroup * 64u + lane;
  if (i >= SIZE) { return; }
  let row = min(source(i / ROW), LAST);
  set_result(i, finish(load(row * ROW + i % ROW)));
}
