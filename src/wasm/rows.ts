// Rows by number: drawn from a table or, by a shuffled index, from a resident dataset, bytes becoming scaled floats; and
// the small kernels that write rows of one-hot codes, counting numbers and scores.
import { ONE_HOT_UNIT, RowElement } from "./codes";

const DATA: usize = 0;
const ORDER: usize = 4;
const OFFSET: usize = 8;
const TARGET: usize = 12;
/** Elements of a row. */
const LENGTH: usize = 16;
/** The last index that `order` has. */
const LAST: usize = 20;
const SCALE: usize = 24;
/** A `RowElement`. */
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
    if (kind == RowElement.bytesToFloats) bytesToFloats(load<u32>(record, DATA) + source, to, length, scale);
    else if (kind == RowElement.floatsToFloats) scaleFloats(load<u32>(record, DATA) + (source << 2), to, length, scale);
    else if (kind == RowElement.copied) memory.copy(to, load<u32>(record, DATA) + (source << 2), (<usize>length) << 2);
    else if (kind == RowElement.wordsToFloats)
      wordsToFloats(load<u32>(record, DATA) + (source << 2), to, length, scale);
    else if (kind == RowElement.halvesToFloats)
      halvesToFloats(load<u32>(record, DATA) + (source << 1), to, length, scale);
    else if (kind == RowElement.halvesToWords) halvesToWords(load<u32>(record, DATA) + (source << 1), to, length);
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

function halvesToFloats(from: usize, to: usize, length: i32, scale: f32): void {
  for (let i = 0; i < length; i++) store<f32>(to + ((<usize>i) << 2), <f32>load<u16>(from + ((<usize>i) << 1)) * scale);
}

function halvesToWords(from: usize, to: usize, length: i32): void {
  for (let i = 0; i < length; i++) store<u32>(to + ((<usize>i) << 2), load<u16>(from + ((<usize>i) << 1)));
}

function wordsToFloats(from: usize, to: usize, length: i32, scale: f32): void {
  for (let i = 0; i < length; i++) {
    const at = (<usize>i) << 2;
    store<f32>(to + at, <f32>load<u32>(from + at) * scale);
  }
}

const HOT_INDICES: usize = 0;
const HOT_TARGET: usize = 4;
const HOT_COUNT: usize = 8;
const HOT_DEPTH: usize = 12;

/** One-hot codes of units `begin` to `end - 1`. */
export function oneHot(record: usize, begin: i32, end: i32): void {
  const depth = load<u32>(record, HOT_DEPTH);
  const rowBytes = (<usize>depth) << 2;
  const last = min(end * ONE_HOT_UNIT, load<i32>(record, HOT_COUNT));
  const target = load<u32>(record, HOT_TARGET);
  memory.fill(target + <usize>(begin * ONE_HOT_UNIT) * rowBytes, 0, <usize>(last - begin * ONE_HOT_UNIT) * rowBytes);
  for (let n = begin * ONE_HOT_UNIT; n < last; n++) {
    const index = load<u32>(load<u32>(record, HOT_INDICES) + ((<usize>n) << 2));
    if (index < depth) store<f32>(target + <usize>n * rowBytes + ((<usize>index) << 2), 1);
  }
}

/** `0, 1, 2, ..`: an address, and how many. */
export function range(record: usize): void {
  const target = load<u32>(record);
  const count = load<i32>(record, 4);
  for (let i = 0; i < count; i++) store<f32>(target + ((<usize>i) << 2), <f32>i);
}

const RING: usize = 0;
/** Address of the row's number, which counts on past the last. */
const RING_ROW: usize = 4;
const RING_ROWS: usize = 8;
const RING_COLUMNS: usize = 12;
const RING_COUNT: usize = 16;
/** The values' addresses follow. */
const RING_VALUES: usize = 20;

/** Writes values over the first columns of a row, as bits. */
export function writeRow(record: usize): void {
  const row = load<u32>(load<u32>(record, RING_ROW)) % load<u32>(record, RING_ROWS);
  const first = load<u32>(record, RING) + ((<usize>(row * load<u32>(record, RING_COLUMNS))) << 2);
  const count = load<i32>(record, RING_COUNT);
  for (let c = 0; c < count; c++) {
    const at = (<usize>c) << 2;
    store<u32>(first + at, load<u32>(load<u32>(record + at, RING_VALUES)));
  }
}
