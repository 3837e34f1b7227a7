// Where row n of gathered rows starts in `data` [LAST + 1, ROW]. The op gives `source(n)`, the row that it shows, and
// `value(i)`, element i of the data as the result has it.
fn start(n: u32) -> u32 {
  return min(source(n), LAST) * ROW;
}
