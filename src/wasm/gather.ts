// The gradient of rows chosen by number. The readers of each row are found by counting, once for all elements; then what
// they pass back is added up row by row, in their order. Rows do not depend on each other.
import { RUNS_UNIT } from "./codes";

const INDICES: usize = 0;
const DY: usize = 4;
const TARGET: usize = 8;
const COUNT: usize = 12;
const ROWS: usize = 16;
/** Elements of a row. */
const LENGTH: usize = 20;
/** Room for where each row's readers begin, and where the last ones end: `ROWS + 1` words. */
const STARTS: usize = 24;
/** Room for the readers, row by row: `COUNT` words. */
const READERS: usize = 28;

/** Sorts the readers by the row that they read, those of one row in their order: counts, adds up, places. */
export function countRows(record: usize): void {
  const indices = load<u32>(record, INDICES);
  const count = load<i32>(record, COUNT);
  const rows = load<u32>(record, ROWS);
  const starts = load<u32>(record, STARTS);
  const readers = load<u32>(record, READERS);
  memory.fill(starts, 0, (<usize>(rows + 1)) << 2);
  for (let n = 0; n < count; n++) {
    const at = starts + ((<usize>rowOf(indices, n, rows)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  // From here on each row's word is where its next reader goes, until it is where its last one ends.
  let before: u32 = 0;
  for (let row: u32 = 0; row <= rows; row++) {
    const at = starts + ((<usize>row) << 2);
    const own = load<u32>(at);
    store<u32>(at, before);
    before += own;
  }
  for (let n = 0; n < count; n++) {
    const at = starts + ((<usize>rowOf(indices, n, rows)) << 2);
    const place = load<u32>(at);
    store<u32>(readers + ((<usize>place) << 2), n);
    store<u32>(at, place + 1);
  }
}

/** The row that a reader reads: the last where its number lies beyond. */
function rowOf(indices: usize, n: i32, rows: u32): u32 {
  return min<u32>(load<u32>(indices + ((<usize>n) << 2)), rows - 1);
}

/** Adds up the rows of units `begin` to `end - 1`. */
export function sumRuns(record: usize, begin: i32, end: i32): void {
  const dy = load<u32>(record, DY);
  const starts = load<u32>(record, STARTS);
  const readers = load<u32>(record, READERS);
  const rowBytes = (<usize>load<u32>(record, LENGTH)) << 2;
  const first = begin * RUNS_UNIT;
  const last = min(end * RUNS_UNIT, load<i32>(record, ROWS));
  let reader: u32 = first == 0 ? 0 : load<u32>(starts + ((<usize>(first - 1)) << 2));
  let to = load<u32>(record, TARGET) + <usize>first * rowBytes;
  for (let row = first; row < last; row++, to += rowBytes) {
    const stop = load<u32>(starts + ((<usize>row) << 2));
    if (reader == stop) {
      memory.fill(to, 0, rowBytes);
      continue;
    }
    memory.copy(to, dy + <usize>load<u32>(readers + ((<usize>reader) << 2)) * rowBytes, rowBytes);
    for (reader++; reader < stop; reader++) {
      addRow(dy + <usize>load<u32>(readers + ((<usize>reader) << 2)) * rowBytes, to, rowBytes);
    }
  }
}

function addRow(from: usize, to: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
  for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
}
