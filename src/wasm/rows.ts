// Draws a batch of rows from a resident dataset by a shuffled index, bytes becoming scaled floats.

const DATA: usize = 0;
const ORDER: usize = 4;
const OFFSET: usize = 8;
const TARGET: usize = 12;
/** Elements of a row. */
const LENGTH: usize = 16;
/** The last index that `order` has. */
const LAST: usize = 20;
const SCALE: usize = 24;
/** 0: bytes to floats; 1: floats to floats; 2: bytes to u32. */
const KIND: usize = 28;
/** The last row that the data have. */
const LAST_ROW: usize = 32;

/** Fills rows `begin` to `end - 1` of the batch. */
export function batchRows(record: usize, begin: i32, end: i32): void {
  const length = load<i32>(record, LENGTH);
  const kind = load<i32>(record, KIND);
  const scale = load<f32>(record, SCALE);
  const offset = load<u32>(load<u32>(record, OFFSET));
  for (let row = begin; row < end; row++) {
    const index = min<u32>(offset + row, load<u32>(record, LAST));
    const drawn = load<u32>(load<u32>(record, ORDER) + ((<usize>index) << 2));
    const source = min<u32>(drawn, load<u32>(record, LAST_ROW)) * length;
    const to = load<u32>(record, TARGET) + ((<usize>(row * length)) << 2);
    if (kind == 0) bytesToFloats(load<u32>(record, DATA) + source, to, length, scale);
    else if (kind == 1) scaleFloats(load<u32>(record, DATA) + (source << 2), to, length, scale);
    else bytesToWords(load<u32>(record, DATA) + source, to, length);
  }
}

function bytesToFloats(from: usize, to: usize, length: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const words = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load_zero<u32>(from + i)));
    v128.store(to + ((<usize>i) << 2), f32x4.mul(f32x4.convert_i32x4_u(words), factor));
  }
  for (; i < length; i++) store<f32>(to + ((<usize>i) << 2), <f32>load<u8>(from + i) * scale);
}

function scaleFloats(from: usize, to: usize, length: i32, scale: f32): void {
  for (let i = 0; i < length; i++) {
    const at = (<usize>i) << 2;
    store<f32>(to + at, load<f32>(from + at) * scale);
  }
}

function bytesToWords(from: usize, to: usize, length: i32): void {
  for (let i = 0; i < length; i++) store<u32>(to + ((<usize>i) << 2), load<u8>(from + i));
}
