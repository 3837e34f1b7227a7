// Copies that move elements about: each row of the result is read from its own start on at a fixed stride, and what lies
// outside the source is filled. So arrays are transposed, sliced, padded and joined.

const SOURCE: usize = 0;
const TARGET: usize = 4;
/** For each row the byte offset of the first element that is read, or -1 where all is filled. */
const STARTS: usize = 8;
const ROWS: usize = 12;
/** Elements of a row. */
const LENGTH: usize = 16;
/** Bytes between elements that are read one after another. */
const STRIDE: usize = 20;
/** The elements of a row that are read: from the first to the one before the last. */
const FIRST: usize = 24;
const LAST: usize = 28;
/** The bits of what the others are. */
const FILL: usize = 32;
/** Bytes between rows of the result. */
const ROW_BYTES: usize = 36;
/** Rows of a unit of work. */
const UNIT: usize = 40;

const WORD: i32 = 4;
/** Up to so many words are copied one by one, which takes less than a call of `memory.copy`. */
const FEW: i32 = 16;

/** Copies the rows of units `begin` to `end - 1`. */
export function copyRows(record: usize, begin: i32, end: i32): void {
  const unit = load<i32>(record, UNIT);
  const end4 = min(end * unit, load<i32>(record, ROWS));
  const starts = load<u32>(record, STARTS);
  const length = load<i32>(record, LENGTH);
  const stride = load<i32>(record, STRIDE);
  const first = load<i32>(record, FIRST);
  const last = load<i32>(record, LAST);
  const fill = load<u32>(record, FILL);
  const rowBytes = load<u32>(record, ROW_BYTES);
  let row = begin * unit;
  let to = load<u32>(record, TARGET) + <usize>row * rowBytes;
  while (row < end4) {
    const at = starts + ((<usize>row) << 2);
    const start = load<i32>(at);
    if (stride != WORD && row + 4 <= end4 && areNeighbours(at, start)) {
      transposeFour(load<u32>(record, SOURCE) + start, stride, to + ((<usize>first) << 2), rowBytes, last - first);
      for (let k = 0; k < 4; k++, to += rowBytes) fillAround(to, length, first, last, fill);
      row += 4;
      continue;
    }
    if (start < 0) {
      fillWords(to, to + ((<usize>length) << 2), fill);
    } else {
      copyRow(load<u32>(record, SOURCE) + start, stride, to + ((<usize>first) << 2), last - first);
      fillAround(to, length, first, last, fill);
    }
    row++;
    to += rowBytes;
  }
}

/** Whether four rows start at neighbours. */
function areNeighbours(at: usize, start: i32): bool {
  return (
    start >= 0 && load<i32>(at, 4) == start + 4 && load<i32>(at, 8) == start + 8 && load<i32>(at, 12) == start + 12
  );
}

function fillAround(to: usize, length: i32, first: i32, last: i32, fill: u32): void {
  if (first > 0) fillWords(to, to + ((<usize>first) << 2), fill);
  if (last < length) fillWords(to + ((<usize>last) << 2), to + ((<usize>length) << 2), fill);
}

function fillWords(to: usize, end: usize, fill: u32): void {
  for (; to < end; to += 4) store<u32>(to, fill);
}

function copyRow(from: usize, stride: i32, to: usize, count: i32): void {
  if (stride == WORD && count > FEW) {
    memory.copy(to, from, (<usize>count) << 2);
    return;
  }
  for (let i = 0; i < count; i++, from += stride, to += 4) store<u32>(to, load<u32>(from));
}

/** Four rows at once: four elements of each are a square that is turned in registers. */
function transposeFour(from: usize, stride: i32, to: usize, rowBytes: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4, to += 16) {
    const x0 = v128.load(from);
    const x1 = v128.load(from + stride);
    const x2 = v128.load(from + 2 * stride);
    const x3 = v128.load(from + 3 * stride);
    from += 4 * stride;
    const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(to + rowBytes, v128.shuffle<f64>(low01, low23, 1, 3));
    v128.store(to + 2 * rowBytes, v128.shuffle<f64>(high01, high23, 0, 2));
    v128.store(to + 3 * rowBytes, v128.shuffle<f64>(high01, high23, 1, 3));
  }
  for (; i < count; i++, to += 4, from += stride) {
    const x = v128.load(from);
    v128.store32_lane(to, x, 0);
    v128.store32_lane(to + rowBytes, x, 1);
    v128.store32_lane(to + 2 * rowBytes, x, 2);
    v128.store32_lane(to + 3 * rowBytes, x, 3);
  }
}
