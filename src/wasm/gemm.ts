// C = A * B for one strip of rows at a time. A is read where it lies, through a table of row offsets and a table of
// offsets along K, so a convolution's patches are never stored; B is packed first, in panels of eight columns. C is
// written through tables too, so patches can be added up where they belong. All offsets and pointers are in bytes.
import { DEPTH, LOOP_ADDRESS, Loop, STRIP_ROWS, TILE_COLUMNS, TILE_ROWS } from "./codes";
import { tile, tileAlong, tileByFours, tileStrip, word } from "./gemmTiles";
import { runElements } from "./pointwise";

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
/** Rows of a unit of work; columns, where a product is multiplied in blocks. */
const UNIT: usize = 64;
/** Bytes of C for each unit and for each batch. */
const UNIT_BYTES: usize = 68;
const C_BATCH: usize = 72;
/** The record of the element-wise program that finishes C, or 0. */
const EPILOGUE: usize = 76;
/** Bytes from one panel of B to the next, or from one thread's room to the next; and in a panel from one step along K to the next. */
const PANEL_STRIDE: usize = 80;
const STEP_STRIDE: usize = 84;
/** Whether products are added up in C, from zero. */
const SUMMED: usize = 88;
/** Rows of A side by side, those of each tile, where a product is multiplied in blocks. */
const STRIPS: usize = 92;
/** Further rows, which begin so many steps later, and where they are, side by side as well. */
const LATE: usize = 96;
const LATE_BY: usize = 100;
const LATE_STRIPS: usize = 104;

/** Columns that are packed at a time where they are neighbours. */
const FOUR_PANELS = 4 * TILE_COLUMNS;

/** Packs panels `begin` to `end - 1`, counted through all batches: `[K][8]` floats each. */
export function packB(record: usize, begin: i32, end: i32): void {
  const k = load<i32>(record, K);
  const panels = (load<i32>(record, N) + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const steps = load<u32>(record, B_STEPS);
  for (let unit = begin; unit < end; unit++) {
    const source = load<u32>(record, B) + load<u32>(load<u32>(record, B_BATCHES) + word(unit / panels));
    const to = load<u32>(record, PANELS) + word(unit * k * TILE_COLUMNS);
    packPanel(record, source, (unit % panels) * TILE_COLUMNS, steps, steps + word(k), to);
  }
}

/** Packs the panel of eight columns from `column` on, of the steps from one place in their table to another. Columns past the last
 *  repeat it, and what comes of them is not stored. */
function packPanel(record: usize, source: usize, column: i32, steps: usize, end: usize, to: usize): void {
  const n = load<i32>(record, N);
  const inFours = load<i32>(record, B_FOURS) != 0;
  const columns = load<u32>(record, B_COLUMNS) + word(column);
  if (n - column >= TILE_COLUMNS && load<u32>(columns, 28) - load<u32>(columns) == 28) {
    packRows(source + load<u32>(columns), steps, end, to);
    return;
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

/** Lays rows of A side by side, those of each of the tiles `begin` to `end - 1`, `[K][6]` each, where they are neighbours in memory:
 *  as columns of a matrix they would be read a cache line for each step. */
export function packA(record: usize, begin: i32, end: i32): void {
  const m = load<i32>(record, M);
  const k = load<i32>(record, K);
  const steps = load<u32>(record, A_STEPS);
  const a = load<u32>(record, A) + load<u32>(load<u32>(record, A_BATCHES));
  for (let strip = begin; strip < end; strip++) {
    const row = strip * TILE_ROWS;
    const height = min(TILE_ROWS, m - row);
    const source = a + load<u32>(load<u32>(record, A_ROWS) + word(row));
    let to = load<u32>(record, STRIPS) + word(row * k);
    const last = steps + word(k);
    for (let step = steps; step < last; step += 4, to += 24) {
      const from = source + load<u32>(step);
      if (height == TILE_ROWS) {
        v128.store(to, v128.load(from));
        store<u64>(to, load<u64>(from, 16), 16);
      } else {
        for (let r = 0; r < height; r++) store<f32>(to + word(r), load<f32>(from + word(r)));
      }
    }
  }
}

/** Both loops as types, which tell them apart when this is compiled, for each to have a copy of what calls it. */
type OneStep = i8;
type FourSteps = i32;

/** Multiplies units `begin` to `end - 1`, counted through all batches, and finishes them. */
export function multiply(record: usize, begin: i32, end: i32, thread: i32): void {
  if (load<i32>(LOOP_ADDRESS) == Loop.byFours) multiplyByFours(record, begin, end, thread);
  else multiplyBy<OneStep>(record, begin, end, thread);
}

/** The same by the other loop. A copy, since a function that holds both loops takes Chromium a twentieth longer. */
export function multiplyByFours(record: usize, begin: i32, end: i32, thread: i32): void {
  multiplyBy<FourSteps>(record, begin, end, thread);
}

function multiplyBy<Steps>(record: usize, begin: i32, end: i32, thread: i32): void {
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
      multiplyStrip<Steps>(record, batch, row, min(row + STRIP_ROWS, last), target + <usize>batch * batchBytes, summed);
    }
    if (epilogue) runElements(epilogue, <i32>(from >> 2), <i32>(to >> 2), thread);
  }
}

function multiplyStrip<Steps>(record: usize, batch: i32, row0: i32, row1: i32, c: usize, add: bool): void {
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
      const together = areNeighbours(columns, width);
      const panel = b + <usize>(column / TILE_COLUMNS) * panelStride + <usize>k0 * stepStride;
      const space = together ? 0 : width;
      const more = add || k0 > 0;
      for (let row = row0; row < row1; row += TILE_ROWS) {
        const rows = load<u32>(record, A_ROWS) + word(row);
        const cRows = load<u32>(record, C_ROWS) + word(row);
        const height = min(TILE_ROWS, row1 - row);
        if (sizeof<Steps>() == sizeof<FourSteps>()) {
          tileByFours(a, rows, steps, depth, panel, stepStride, c, cRows, columns, height, space, more);
        } else {
          tile(a, rows, steps, depth, panel, stepStride, c, cRows, columns, height, space, more);
        }
      }
    }
  }
}

/** Whether eight columns are neighbours, by the table of their offsets. */
function areNeighbours(columns: usize, width: i32): bool {
  return width == TILE_COLUMNS && load<u32>(columns, 28) - load<u32>(columns) == 28;
}

/** Multiplies blocks of columns `begin` to `end - 1`, of which rows of A lie side by side. Of each a few hundred steps at a time are packed
 *  into the thread's own room, and stay in its cache while all rows pass over them: B is read once, and nowhere stored as it is packed. */
export function multiplyBlocks(record: usize, begin: i32, end: i32, thread: i32): void {
  const m = load<i32>(record, M);
  const n = load<i32>(record, N);
  const k = load<i32>(record, K);
  const size = load<i32>(record, UNIT);
  const late = load<i32>(record, LATE);
  const lateBy = load<i32>(record, LATE_BY);
  const source = load<u32>(record, B) + load<u32>(load<u32>(record, B_BATCHES));
  const room = load<u32>(record, PANELS) + <usize>thread * load<u32>(record, PANEL_STRIDE);
  for (let unit = begin; unit < end; unit++) {
    const first = unit * size;
    const last = min(first + size, n);
    for (let k0 = 0; k0 < k;) {
      const depth = min(DEPTH, (k0 < lateBy ? lateBy : k) - k0);
      const steps = load<u32>(record, B_STEPS) + word(k0);
      packBlock(record, source, first, last, steps, depth, room);
      for (let column = first; column < last; column += TILE_COLUMNS) {
        const panel = room + word((column - first) * depth);
        multiplyStrips(record, load<u32>(record, STRIPS), 0, m, k, k0, depth, column, panel);
        if (k0 >= lateBy) {
          const strips = load<u32>(record, LATE_STRIPS);
          multiplyStrips(record, strips, m, late, k - lateBy, k0 - lateBy, depth, column, panel);
        }
      }
      k0 += depth;
    }
  }
}

/** Packs the panels of columns `first` to `last - 1`, four at a time where their columns are neighbours: of long rows, two cache lines at
 *  a time are read in a quarter less time than half a line. */
function packBlock(record: usize, source: usize, first: i32, last: i32, steps: usize, depth: i32, to: usize): void {
  const panelBytes = word(TILE_COLUMNS * depth);
  let column = first;
  for (; column + FOUR_PANELS <= last; column += FOUR_PANELS) {
    const columns = load<u32>(record, B_COLUMNS) + word(column);
    if (load<u32>(columns + word(FOUR_PANELS - 1)) - load<u32>(columns) != word(FOUR_PANELS - 1)) break;
    packFourPanels(source + load<u32>(columns), steps, depth, to, panelBytes);
    to += 4 * panelBytes;
  }
  for (; column < last; column += TILE_COLUMNS, to += panelBytes) {
    packPanel(record, source, column, steps, steps + word(depth), to);
  }
}

function packFourPanels(source: usize, step: usize, depth: i32, to: usize, panelBytes: usize): void {
  const to1 = to + panelBytes;
  const to2 = to1 + panelBytes;
  const to3 = to2 + panelBytes;
  const end = step + word(depth);
  for (let at: usize = 0; step < end; step += 4, at += 32) {
    const from = source + load<u32>(step);
    v128.store(to + at, v128.load(from));
    v128.store(to + at, v128.load(from, 16), 16);
    v128.store(to1 + at, v128.load(from, 32));
    v128.store(to1 + at, v128.load(from, 48), 16);
    v128.store(to2 + at, v128.load(from, 64));
    v128.store(to2 + at, v128.load(from, 80), 16);
    v128.store(to3 + at, v128.load(from, 96));
    v128.store(to3 + at, v128.load(from, 112), 16);
  }
}

/** A panel's part of the results in `count` rows from `first` on, which have k steps, of the steps from k0 on. */
function multiplyStrips(
  record: usize,
  strips: usize,
  first: i32,
  count: i32,
  k: i32,
  k0: i32,
  depth: i32,
  column: i32,
  panel: usize,
): void {
  const columns = load<u32>(record, C_COLUMNS) + word(column);
  const width = min(TILE_COLUMNS, load<i32>(record, N) - column);
  const space = areNeighbours(columns, width) ? 0 : width;
  for (let row = 0; row < count; row += TILE_ROWS) {
    tileStrip(
      strips + word(row * k + k0 * TILE_ROWS),
      depth,
      panel,
      load<u32>(record, C),
      load<u32>(record, C_ROWS) + word(first + row),
      columns,
      min(TILE_ROWS, count - row),
      space,
      k0 > 0,
    );
  }
}

/** `C = A * B` for a few rows, of packed panels of B that follow each other: `rows` by `n` results over `k` steps, where neighbours in
 *  a row of A are neighbours in memory. @param panelSteps steps that panels have, of which the first k are taken
 *  @param aRows, cRows, cColumns offsets in bytes, as in a product's record */
export function multiplyRows(
  a: usize,
  aRows: usize,
  panels: usize,
  c: usize,
  cRows: usize,
  cColumns: usize,
  rows: i32,
  n: i32,
  k: i32,
  panelSteps: i32,
): void {
  for (let k0 = 0; k0 < k; k0 += DEPTH) {
    const depth = min(DEPTH, k - k0);
    for (let column = 0; column < n; column += TILE_COLUMNS) {
      const width = min(TILE_COLUMNS, n - column);
      const panel = panels + word(column * panelSteps + k0 * TILE_COLUMNS);
      for (let row = 0; row < rows; row += TILE_ROWS) {
        tileAlong(
          a + word(k0),
          aRows + word(row),
          depth,
          panel,
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
