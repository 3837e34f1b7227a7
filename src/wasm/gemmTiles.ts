// Tiles of a matrix product: six rows by eight columns, summed in twelve registers over the steps that both operands share. Each way in
// which the left operand lies has a tile of its own. All offsets and pointers are in bytes.
import { TILE_COLUMNS } from "./codes";
import { madd } from "./simd";

/** Bytes of so many words. */
export function word(count: i32): usize {
  return (<usize>count) << 2;
}

/** A tile of six rows by eight columns over `depth` steps, in twelve registers. Rows past `height` repeat the last.
 *  @param width how many columns there are, each with a place of its own; 0 for eight neighbours */
export function tile(
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

/** As {@link tile}, of rows whose elements are neighbours and a panel of B that is packed: four steps at a time, whose places need no
 *  table. */
export function tileAlong(
  a: usize,
  rows: usize,
  depth: i32,
  b: usize,
  c: usize,
  cRows: usize,
  cColumns: usize,
  height: i32,
  width: i32,
  add: bool,
): void {
  const last = height - 1;
  let r0 = a + load<u32>(rows);
  let r1 = a + load<u32>(rows + word(min(1, last)));
  let r2 = a + load<u32>(rows + word(min(2, last)));
  let r3 = a + load<u32>(rows + word(min(3, last)));
  let r4 = a + load<u32>(rows + word(min(4, last)));
  let r5 = a + load<u32>(rows + word(min(5, last)));
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
  const end = r0 + word(depth);
  const endOfFours = r0 + word(depth & ~3);
  while (r0 < endOfFours) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(r0);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load_splat<f32>(r1);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load_splat<f32>(r2);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load_splat<f32>(r3);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load_splat<f32>(r4);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load_splat<f32>(r5);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    b0 = v128.load(b, 32);
    b1 = v128.load(b, 48);
    x = v128.load_splat<f32>(r0, 4);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load_splat<f32>(r1, 4);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load_splat<f32>(r2, 4);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load_splat<f32>(r3, 4);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load_splat<f32>(r4, 4);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load_splat<f32>(r5, 4);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    b0 = v128.load(b, 64);
    b1 = v128.load(b, 80);
    x = v128.load_splat<f32>(r0, 8);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load_splat<f32>(r1, 8);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load_splat<f32>(r2, 8);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load_splat<f32>(r3, 8);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load_splat<f32>(r4, 8);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load_splat<f32>(r5, 8);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    b0 = v128.load(b, 96);
    b1 = v128.load(b, 112);
    x = v128.load_splat<f32>(r0, 12);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load_splat<f32>(r1, 12);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load_splat<f32>(r2, 12);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load_splat<f32>(r3, 12);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load_splat<f32>(r4, 12);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load_splat<f32>(r5, 12);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
    r4 += 16;
    r5 += 16;
    b += 128;
  }
  while (r0 < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(r0);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load_splat<f32>(r1);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load_splat<f32>(r2);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load_splat<f32>(r3);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load_splat<f32>(r4);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load_splat<f32>(r5);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
    r4 += 4;
    r5 += 4;
    b += 32;
  }
  storeRow(c + load<u32>(cRows), cColumns, width, add, c00, c01);
  if (height > 1) storeRow(c + load<u32>(cRows, 4), cColumns, width, add, c10, c11);
  if (height > 2) storeRow(c + load<u32>(cRows, 8), cColumns, width, add, c20, c21);
  if (height > 3) storeRow(c + load<u32>(cRows, 12), cColumns, width, add, c30, c31);
  if (height > 4) storeRow(c + load<u32>(cRows, 16), cColumns, width, add, c40, c41);
  if (height > 5) storeRow(c + load<u32>(cRows, 20), cColumns, width, add, c50, c51);
}

/** As {@link tile}, of six rows side by side, `[depth][6]`, and a panel of B that is packed. */
export function tileStrip(
  a: usize,
  depth: i32,
  b: usize,
  c: usize,
  cRows: usize,
  cColumns: usize,
  height: i32,
  width: i32,
  add: bool,
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
  const end = b + word(depth * TILE_COLUMNS);
  const endOfPairs = b + word((depth & ~1) * TILE_COLUMNS);
  while (b < endOfPairs) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load_splat<f32>(a, 4);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load_splat<f32>(a, 8);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load_splat<f32>(a, 12);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load_splat<f32>(a, 16);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load_splat<f32>(a, 20);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    b0 = v128.load(b, 32);
    b1 = v128.load(b, 48);
    x = v128.load_splat<f32>(a, 24);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load_splat<f32>(a, 28);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load_splat<f32>(a, 32);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load_splat<f32>(a, 36);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load_splat<f32>(a, 40);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load_splat<f32>(a, 44);
    c50 = madd(x, b0, c50);
    c51 = madd(x, b1, c51);
    a += 48;
    b += 64;
  }
  if (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load_splat<f32>(a, 4);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load_splat<f32>(a, 8);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load_splat<f32>(a, 12);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load_splat<f32>(a, 16);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    x = v128.load_splat<f32>(a, 20);
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
