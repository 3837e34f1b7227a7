// Enlarges images `[N, H, W, C]`, or passes the gradient back: every pixel of the target is a weighted sum of a few rows and
// columns of the source. The tables of weights are written by `backend/cpu/wasm/lowerUpSample.ts`.
import { madd } from "./simd";

const SOURCE: usize = 0;
const TARGET: usize = 4;
const CHANNELS: usize = 8;
const FROM_H: usize = 12;
const FROM_W: usize = 16;
const TO_H: usize = 20;
const TO_W: usize = 24;
/** For each row and for each column of the target: the first that it reads, how many, and their weights. */
const ROWS: usize = 28;
const COLUMNS: usize = 32;
/** Bytes of an entry of those tables. */
const ROW_STRIDE: usize = 36;
const COLUMN_STRIDE: usize = 40;
/** Whether pixels are only copied. */
const IS_COPY: usize = 44;

const FIRST: usize = 0;
const COUNT: usize = 4;
const WEIGHTS: usize = 8;

/** Rows of the target `begin` to `end - 1`, counted through all samples. */
export function upSample(record: usize, begin: i32, end: i32): void {
  const toH = load<i32>(record, TO_H);
  const width = load<i32>(record, TO_W);
  const pixelBytes = (<usize>load<u32>(record, CHANNELS)) << 2;
  const rowBytes = pixelBytes * load<u32>(record, FROM_W);
  const stride = load<u32>(record, COLUMN_STRIDE);
  const isCopy = load<i32>(record, IS_COPY) != 0;
  for (let line = begin; line < end; line++) {
    const row = load<u32>(record, ROWS) + <usize>(line % toH) * load<u32>(record, ROW_STRIDE);
    const sample = <usize>(line / toH) * load<u32>(record, FROM_H);
    const from = load<u32>(record, SOURCE) + (sample + load<u32>(row, FIRST)) * rowBytes;
    let to = load<u32>(record, TARGET) + <usize>line * <usize>width * pixelBytes;
    let column: usize = load<u32>(record, COLUMNS);
    for (let w = 0; w < width; w++, column += stride, to += pixelBytes) {
      const pixel = from + load<u32>(column, FIRST) * pixelBytes;
      if (isCopy) copyPixel(pixel, to, pixelBytes);
      else weighPixel(pixel, to, pixelBytes, rowBytes, row, column);
    }
  }
}

function copyPixel(from: usize, to: usize, bytes: usize): void {
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) v128.store(to + c, v128.load(from + c));
  for (; c < bytes; c += 4) store<u32>(to + c, load<u32>(from + c));
}

function weighPixel(from: usize, to: usize, bytes: usize, rowBytes: usize, row: usize, column: usize): void {
  const rows = load<u32>(row, COUNT);
  const columns = load<u32>(column, COUNT);
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) {
    let sum = f32x4.splat(0);
    for (let k: u32 = 0; k < rows; k++) {
      let at = from + c + <usize>k * rowBytes;
      let lineSum = f32x4.splat(0);
      for (let l: u32 = 0; l < columns; l++, at += bytes) {
        lineSum = madd(v128.load_splat<f32>(column + ((<usize>l) << 2), WEIGHTS), v128.load(at), lineSum);
      }
      sum = madd(v128.load_splat<f32>(row + ((<usize>k) << 2), WEIGHTS), lineSum, sum);
    }
    v128.store(to + c, sum);
  }
  for (; c < bytes; c += 4) {
    let sum: f32 = 0;
    for (let k: u32 = 0; k < rows; k++) {
      let at = from + c + <usize>k * rowBytes;
      let lineSum: f32 = 0;
      for (let l: u32 = 0; l < columns; l++, at += bytes) {
        lineSum += load<f32>(column + ((<usize>l) << 2), WEIGHTS) * load<f32>(at);
      }
      sum += load<f32>(row + ((<usize>k) << 2), WEIGHTS) * lineSum;
    }
    store<f32>(to + c, sum);
  }
}
