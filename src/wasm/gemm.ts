// C = A * B for one strip of rows at a time. A is read where it lies, through a table of row offsets and a table of
// offsets along K, so a convolution's patches are never stored; B is packed first, in panels of eight columns. C is
// written through tables too, so patches can be added up where they belong. All offsets and pointers are in bytes.
import { STRIP_ROWS, TILE_COLUMNS, TILE_ROWS } from "./codes";
import { runElements } from "./pointwise";
import { madd } from "./simd";

/** Depth multiplied at a time: six rows of A and a panel of B then fit the first-level cache. */
const DEPTH: i32 = 384;

/** The record of a product; see `backend/cpu/wasm/lower.ts`, which writes it. */
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
const C_ROWS: usize = 48;
const C_COLUMNS: usize = 52;
/** Whether the offsets of B along K come as four neighbours at a time. */
const B_FOURS: usize = 56;
/** B as tiles read it: packed, or where it lies when so few rows pass over it that packing does not pay. */
const PANELS: usize = 60;
/** Rows of a unit of work. */
const UNIT: usize = 64;
/** Bytes of C for each unit and for each batch. */
const UNIT_BYTES: usize = 68;
const C_BATCH: usize = 72;
/** The record of the element-wise program that finishes C, or 0. */
const EPILOGUE: usize = 76;
/** Bytes from one panel of B to the next, and in a panel from one step along K to the next. */
const PANEL_STRIDE: usize = 80;
const STEP_STRIDE: usize = 84;
/** Whether products are added up in C, from zero. */
const SUMMED: usize = 88;

/** Packs panels `begin` to `end - 1`, counted through all batches: `[K][8]` floats each. Columns past the last repeat
 *  it, and what comes of them is not stored. */
export function packB(record: usize, begin: i32, end: i32): void {
  const n = load<i32>(record, N);
  const k = load<i32>(record, K);
  const panels = (n + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const steps = load<u32>(record, B_STEPS);
  const inFours = load<i32>(record, B_FOURS) != 0;
  for (let unit = begin; unit < end; unit++) {
    const source = load<u32>(record, B) + load<u32>(load<u32>(record, B_BATCHES) + word(unit / panels));
    const column = (unit % panels) * TILE_COLUMNS;
    const columns = load<u32>(record, B_COLUMNS) + word(column);
    const to = load<u32>(record, PANELS) + word(unit * k * TILE_COLUMNS);
    const end = steps + word(k);
    if (n - column >= TILE_COLUMNS && load<u32>(columns, 28) - load<u32>(columns) == 28) {
      packRows(source + load<u32>(columns), steps, end, to);
      continue;
    }
    const last = min(TILE_COLUMNS, n - column) - 1;
    for (let side = 0; side < TILE_COLUMNS; side += 4) {
      packFour(
        source + load<u32>(columns + word(min(side, last))),
        source + load<u32>(columns + word(min(side + 1, last))),
        source + load<u32>(columns + word(min(side + 2, last))),
        source + load<u32>(columns + word(min(side + 3, last))),
        steps,
        end,
        inFours,
        to + word(side),
      );
    }
  }
}

/** A panel whose columns are neighbours. */
function packRows(source: usize, step: usize, end: usize, to: usize): void {
  for (; step < end; step += 4, to += 32) {
    const from = source + load<u32>(step);
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  }
}

/** Half of a panel, four rows at a time where those are neighbours. */
function packFour(c0: usize, c1: usize, c2: usize, c3: usize, step: usize, end: usize, inFours: bool, to: usize): void {
  if (inFours) {
    for (; step + 12 < end; step += 16, to += 128) {
      const offset = load<u32>(step);
      const x0 = v128.load(c0 + offset);
      const x1 = v128.load(c1 + offset);
      const x2 = v128.load(c2 + offset);
      const x3 = v128.load(c3 + offset);
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
      const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
      const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
      v128.store(to, v128.shuffle<f64>(low01, low23, 1, 3), 32);
      v128.store(to, v128.shuffle<f64>(high01, high23, 0, 2), 64);
      v128.store(to, v128.shuffle<f64>(high01, high23, 1, 3), 96);
    }
  }
  for (; step < end; step += 4, to += 32) {
    const offset = load<u32>(step);
    store<f32>(to, load<f32>(c0 + offset));
    store<f32>(to, load<f32>(c1 + offset), 4);
    store<f32>(to, load<f32>(c2 + offset), 8);
    store<f32>(to, load<f32>(c3 + offset), 12);
  }
}

/** Multiplies units `begin` to `end - 1`, counted through all batches, and finishes them. */
export function multiply(record: usize, begin: i32, end: i32, thread: i32): void {
  const m = load<i32>(record, M);
  const size = load<i32>(record, UNIT);
  const units = (m + size - 1) / size;
  const summed = load<i32>(record, SUMMED) != 0;
  const unitBytes = load<u32>(record, UNIT_BYTES);
  const batchBytes = load<u32>(record, C_BATCH);
  const epilogue = load<u32>(record, EPILOGUE);
  for (let unit = begin; unit < end; unit++) {
    const batch = unit / units;
    const first = (unit % units) * size;
    const last = min(first + size, m);
    // What of C this unit writes, and no other.
    const from = <usize>batch * batchBytes + <usize>(unit % units) * unitBytes;
    const to = min(from + unitBytes, <usize>(batch + 1) * batchBytes);
    const target = load<u32>(record, C);
    if (summed) memory.fill(target + from, 0, to - from);
    for (let row = first; row < last; row += STRIP_ROWS) {
      multiplyStrip(record, batch, row, min(row + STRIP_ROWS, last), target + <usize>batch * batchBytes, summed);
    }
    if (epilogue) runElements(epilogue, <i32>(from >> 2), <i32>(to >> 2), thread);
  }
}

function multiplyStrip(record: usize, batch: i32, row0: i32, row1: i32, c: usize, add: bool): void {
  const n = load<i32>(record, N);
  const k = load<i32>(record, K);
  const panels = (n + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const a = load<u32>(record, A) + load<u32>(load<u32>(record, A_BATCHES) + word(batch));
  const panelStride = load<u32>(record, PANEL_STRIDE);
  const stepStride = load<u32>(record, STEP_STRIDE);
  const b = load<u32>(record, PANELS) + <usize>(batch * panels) * panelStride;
  for (let k0 = 0; k0 < k; k0 += DEPTH) {
    const depth = min(DEPTH, k - k0);
    const steps = load<u32>(record, A_STEPS) + word(k0);
    // A panel of B stays in the first-level cache while the strip's rows pass over it.
    for (let column = 0; column < n; column += TILE_COLUMNS) {
      const columns = load<u32>(record, C_COLUMNS) + word(column);
      const width = min(TILE_COLUMNS, n - column);
      const together = width == TILE_COLUMNS && load<u32>(columns, 28) - load<u32>(columns) == 28;
      for (let row = row0; row < row1; row += TILE_ROWS) {
        tile(
          a,
          load<u32>(record, A_ROWS) + word(row),
          steps,
          depth,
          b + <usize>(column / TILE_COLUMNS) * panelStride + <usize>k0 * stepStride,
          stepStride,
          c,
          load<u32>(record, C_ROWS) + word(row),
          columns,
          min(TILE_ROWS, row1 - row),
          together ? 0 : width,
          add || k0 > 0,
        );
      }
    }
  }
}

/** Bytes of so many words. */
function word(count: i32): usize {
  return (<usize>count) << 2;
}

/** `C = A * B` for a few rows, of packed panels of B that follow each other: `rows` by `n` results over `k` steps.
 *  @param aRows, aSteps, cRows, cColumns offsets in bytes, as in a product's record */
export function multiplyRows(
  a: usize,
  aRows: usize,
  aSteps: usize,
  panels: usize,
  c: usize,
  cRows: usize,
  cColumns: usize,
  rows: i32,
  n: i32,
  k: i32,
): void {
  for (let k0 = 0; k0 < k; k0 += DEPTH) {
    const depth = min(DEPTH, k - k0);
    for (let column = 0; column < n; column += TILE_COLUMNS) {
      const width = min(TILE_COLUMNS, n - column);
      const panel = panels + word(column * k + k0 * TILE_COLUMNS);
      for (let row = 0; row < rows; row += TILE_ROWS) {
        tile(
          a,
          aRows + word(row),
          aSteps + word(k0),
          depth,
          panel,
          TILE_COLUMNS * 4,
          c,
          cRows + word(row),
          cColumns + word(column),
          min(TILE_ROWS, rows - row),
          width == TILE_COLUMNS ? 0 : width,
          k0 > 0,
        );
      }
    }
  }
}

/** A tile of six rows by eight columns over `depth` steps, in twelve registers. Rows past `height` repeat the last.
 *  @param width how many columns there are, each with a place of its own; 0 for eight neighbours */
function tile(
  a: usize,
  rows: usize,
  steps: usize,
  depth: i32,
  b: usize,
  stride: usize,
  c: usize,
  cRows: usize,
  cColumns: usize,
  height: i32,
  width: i32,
  add: bool,
): void {
  const last = height - 1;
  const r0 = a + load<u32>(rows);
  const r1 = a + load<u32>(rows + word(min(1, last)));
  const r2 = a + load<u32>(rows + word(min(2, last)));
  const r3 = a + load<u32>(rows + word(min(3, last)));
  const r4 = a + load<u32>(rows + word(min(4, last)));
  const r5 = a + load<u32>(rows + word(min(5, last)));
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
  for (let end = steps + word(depth); steps < end; steps += 4, b += stride) {
    const step = load<u32>(steps);
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(r0 + step);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load_splat<f32>(r1 + step);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load_splat<f32>(r2 + step);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load_splat<f32>(r3 + step);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load_splat<f32>(r4 + step);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load_splat<f32>(r5 + step);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
  }
  storeRow(c + load<u32>(cRows), cColumns, width, add, c00, c01);
  if (height > 1) storeRow(c + load<u32>(cRows, 4), cColumns, width, add, c10, c11);
  if (height > 2) storeRow(c + load<u32>(cRows, 8), cColumns, width, add, c20, c21);
  if (height > 3) storeRow(c + load<u32>(cRows, 12), cColumns, width, add, c30, c31);
  if (height > 4) storeRow(c + load<u32>(cRows, 16), cColumns, width, add, c40, c41);
  if (height > 5) storeRow(c + load<u32>(cRows, 20), cColumns, width, add, c50, c51);
}

function storeRow(c: usize, columns: usize, width: i32, add: bool, left: v128, right: v128): void {
  if (width == 0) {
    const at = c + load<u32>(columns);
    v128.store(at, add ? f32x4.add(v128.load(at), left) : left);
    v128.store(at, add ? f32x4.add(v128.load(at, 16), right) : right, 16);
    return;
  }
  storeLane(c, columns, 0, width, add, f32x4.extract_lane(left, 0));
  storeLane(c, columns, 1, width, add, f32x4.extract_lane(left, 1));
  storeLane(c, columns, 2, width, add, f32x4.extract_lane(left, 2));
  storeLane(c, columns, 3, width, add, f32x4.extract_lane(left, 3));
  storeLane(c, columns, 4, width, add, f32x4.extract_lane(right, 0));
  storeLane(c, columns, 5, width, add, f32x4.extract_lane(right, 1));
  storeLane(c, columns, 6, width, add, f32x4.extract_lane(right, 2));
  storeLane(c, columns, 7, width, add, f32x4.extract_lane(right, 3));
}

function storeLane(c: usize, columns: usize, lane: i32, width: i32, add: bool, value: f32): void {
  if (lane >= width) return;
  const at = c + load<u32>(columns + word(lane));
  store<f32>(at, add ? load<f32>(at) + value : value);
}
