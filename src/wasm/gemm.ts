// C = A * B for one strip of rows at a time. A is read where it lies, through a table of row offsets and a table of
// offsets along K, so a convolution's patches are never stored; B is packed first, in panels of eight columns.
// All offsets and pointers are in bytes. C is finished by an element-wise program where there is one.
import { madd } from "./simd";

/** Depth multiplied at a time: six rows of A and a panel of B then fit the first-level cache. */
const DEPTH: i32 = 384;
const ROWS: i32 = 6;
const COLUMNS: i32 = 8;

/** The record of a product; see `backend/cpu/wasm/gemm.ts`, which writes it. */
const A: usize = 0;
const B: usize = 4;
const C: usize = 8;
const M: usize = 12;
const N: usize = 16;
const K: usize = 20;
const A_BATCHES: usize = 24;
const A_ROWS: usize = 28;
const A_STEPS: usize = 32;
const B_BATCHES: usize = 36;
const B_STEPS: usize = 40;
const B_COLUMNS: usize = 44;
const PACKED: usize = 48;
const STRIP: usize = 52;

/** Packs panels `begin` to `end - 1`, counted through all batches: `[K][8]` floats each, zeros past the last column. */
export function packB(record: usize, begin: i32, end: i32): void {
  const n = load<i32>(record, N);
  const k = load<i32>(record, K);
  const panels = (n + COLUMNS - 1) / COLUMNS;
  const steps = load<u32>(record, B_STEPS);
  const columns = load<u32>(record, B_COLUMNS);
  for (let unit = begin; unit < end; unit++) {
    const batch = unit / panels;
    const column = (unit % panels) * COLUMNS;
    const source = load<u32>(record, B) + load<u32>(load<u32>(record, B_BATCHES) + ((<usize>batch) << 2));
    let to = load<u32>(record, PACKED) + ((<usize>unit * k) << 5);
    const width = min(COLUMNS, n - column);
    const first = columns + ((<usize>column) << 2);
    const from = source + load<u32>(first);
    const contiguous = width == COLUMNS && load<u32>(first, 28) - load<u32>(first) == 28;
    for (let i = 0; i < k; i++, to += 32) {
      const step = load<u32>(steps + ((<usize>i) << 2));
      if (contiguous) {
        v128.store(to, v128.load(from + step));
        v128.store(to, v128.load(from + step, 16), 16);
      } else {
        for (let j = 0; j < COLUMNS; j++) {
          const value = j < width ? load<f32>(source + step + load<u32>(first + ((<usize>j) << 2))) : 0;
          store<f32>(to + ((<usize>j) << 2), value);
        }
      }
    }
  }
}

/** Multiplies strips of rows `begin` to `end - 1`, counted through all batches. */
export function multiply(record: usize, begin: i32, end: i32): void {
  const m = load<i32>(record, M);
  const n = load<i32>(record, N);
  const k = load<i32>(record, K);
  const strip = load<i32>(record, STRIP);
  const strips = (m + strip - 1) / strip;
  const panels = (n + COLUMNS - 1) / COLUMNS;
  const steps = load<u32>(record, A_STEPS);
  for (let unit = begin; unit < end; unit++) {
    const batch = unit / strips;
    const row0 = (unit % strips) * strip;
    const row1 = min(row0 + strip, m);
    const a = load<u32>(record, A) + load<u32>(load<u32>(record, A_BATCHES) + ((<usize>batch) << 2));
    const b = load<u32>(record, PACKED) + ((<usize>(batch * panels) * k) << 5);
    const c = load<u32>(record, C) + ((<usize>(batch * m) * n) << 2);
    for (let k0 = 0; k0 < k; k0 += DEPTH) {
      const depth = min(DEPTH, k - k0);
      // A panel of B stays in the first-level cache while the strip's rows pass over it.
      for (let panel = 0; panel < panels; panel++) {
        const column = panel * COLUMNS;
        const bPanel = b + ((<usize>(panel * k + k0)) << 5);
        const width = min(COLUMNS, n - column);
        for (let row = row0; row < row1; row += ROWS) {
          const rows = load<u32>(record, A_ROWS) + ((<usize>row) << 2);
          const last = <usize>(min(ROWS, row1 - row) - 1);
          tile(
            a + load<u32>(rows),
            a + load<u32>(rows + (min<usize>(1, last) << 2)),
            a + load<u32>(rows + (min<usize>(2, last) << 2)),
            a + load<u32>(rows + (min<usize>(3, last) << 2)),
            a + load<u32>(rows + (min<usize>(4, last) << 2)),
            a + load<u32>(rows + (min<usize>(5, last) << 2)),
            steps + ((<usize>k0) << 2),
            bPanel,
            depth,
            c + ((<usize>(row * n + column)) << 2),
            (<usize>n) << 2,
            <i32>last + 1,
            width,
            k0 > 0,
          );
        }
      }
    }
  }
}

/** A tile of six rows by eight columns over `depth` steps, in twelve registers. */
function tile(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  r4: usize,
  r5: usize,
  steps: usize,
  b: usize,
  depth: i32,
  c: usize,
  stride: usize,
  height: i32,
  width: i32,
  accumulate: bool,
): void {
  let c00 = f32x4.splat(0),
    c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0),
    c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0),
    c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0),
    c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0),
    c41 = f32x4.splat(0);
  let c50 = f32x4.splat(0),
    c51 = f32x4.splat(0);
  for (let end = steps + ((<usize>depth) << 2); steps < end; steps += 4, b += 32) {
    const step = load<u32>(steps);
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let a = v128.load_splat<f32>(r0 + step);
    c00 = madd(a, b0, c00);
    c01 = madd(a, b1, c01);
    a = v128.load_splat<f32>(r1 + step);
    c10 = madd(a, b0, c10);
    c11 = madd(a, b1, c11);
    a = v128.load_splat<f32>(r2 + step);
    c20 = madd(a, b0, c20);
    c21 = madd(a, b1, c21);
    a = v128.load_splat<f32>(r3 + step);
    c30 = madd(a, b0, c30);
    c31 = madd(a, b1, c31);
    a = v128.load_splat<f32>(r4 + step);
    c40 = madd(a, b0, c40);
    c41 = madd(a, b1, c41);
    a = v128.load_splat<f32>(r5 + step);
    c50 = madd(a, b0, c50);
    c51 = madd(a, b1, c51);
  }
  storeRow(c, width, accumulate, c00, c01);
  if (height > 1) storeRow(c + stride, width, accumulate, c10, c11);
  if (height > 2) storeRow(c + 2 * stride, width, accumulate, c20, c21);
  if (height > 3) storeRow(c + 3 * stride, width, accumulate, c30, c31);
  if (height > 4) storeRow(c + 4 * stride, width, accumulate, c40, c41);
  if (height > 5) storeRow(c + 5 * stride, width, accumulate, c50, c51);
}

function storeRow(c: usize, width: i32, accumulate: bool, left: v128, right: v128): void {
  if (width == COLUMNS) {
    v128.store(c, accumulate ? f32x4.add(v128.load(c), left) : left);
    v128.store(c, accumulate ? f32x4.add(v128.load(c, 16), right) : right, 16);
    return;
  }
  storeLane(c, 0, width, accumulate, f32x4.extract_lane(left, 0));
  storeLane(c, 1, width, accumulate, f32x4.extract_lane(left, 1));
  storeLane(c, 2, width, accumulate, f32x4.extract_lane(left, 2));
  storeLane(c, 3, width, accumulate, f32x4.extract_lane(left, 3));
  storeLane(c, 4, width, accumulate, f32x4.extract_lane(right, 0));
  storeLane(c, 5, width, accumulate, f32x4.extract_lane(right, 1));
  storeLane(c, 6, width, accumulate, f32x4.extract_lane(right, 2));
}

function storeLane(c: usize, lane: i32, width: i32, accumulate: bool, value: f32): void {
  if (lane >= width) return;
  const at = c + ((<usize>lane) << 2);
  store<f32>(at, accumulate ? load<f32>(at) + value : value);
}
