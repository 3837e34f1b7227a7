// Where element i of gathered rows is in `data`. The op gives `source(n)`, the row that output row n shows.
fn source_index(i: u32) -> u32 {
  return min(source(i / ROW), LAST) * ROW + i % ROW;
}
