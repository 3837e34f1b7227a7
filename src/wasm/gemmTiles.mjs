// Writes `gemmTiles.ts`, the tiles of a matrix product, when the kernels are compiled: six rows by eight columns, summed in twelve
// registers. Written out by a function because AssemblyScript neither unrolls loops nor keeps an array in registers. The tiles
// share all but where the left operand lies.

const ROWS = [0, 1, 2, 3, 4, 5];
/** Bytes of the eight columns of B that one step reads. */
const B_STEP = 32;

const opening = `
import { madd } from "./simd";

/** Bytes of so many words. */
export function word(count: i32): usize {
  return (<usize>count) << 2;
}

function storeRow(c: usize, columns: usize, width: i32, add: bool, left: v128, right: v128): void {
  if (width == 0) {
    const at = c + load<u32>(columns);
    v128.store(at, add ? f32x4.add(v128.load(at), left) : left);
    v128.store(at, add ? f32x4.add(v128.load(at, 16), right) : right, 16);
    return;
  }
${[0, 1, 2, 3, 4, 5, 6, 7]
  .map((i) => `  storeLane(c, columns, ${i}, width, add, f32x4.extract_lane(${i < 4 ? "left" : "right"}, ${i % 4}));\n`)
  .join("")}\
}

function storeLane(c: usize, columns: usize, lane: i32, width: i32, add: bool, value: f32): void {
  if (lane >= width) return;
  const at = c + load<u32>(columns + word(lane));
  store<f32>(at, add ? load<f32>(at) + value : value);
}
`;

/** One step: its row of B times its element of each row of A.
 *  @param {(row: number) => string} element where a row's element is  @param {number} offset of B, in bytes */
const step = (element, offset) => `\
    b0 = v128.load(b, ${offset});
    b1 = v128.load(b, ${offset + 16});
${ROWS.map(
  (r) => `\
    x = v128.load_splat<f32>(${element(r)});
    c${r}0 = madd(x, b0, c${r}0);
    c${r}1 = madd(x, b1, c${r}1);
`,
).join("")}`;

/** `count` steps after each other, whose panel of B is packed.
 *  @param {(row: number, step: number) => string} element  @param {number} count */
const steps = (element, count) =>
  Array.from({ length: count }, (_, s) => step((r) => element(r, s), s * B_STEP)).join("");

/** A function that sums a tile and stores it; rows past `height` repeat the last one, or are not stored. All offsets and pointers
 *  are in bytes. Its last parameters are `c`, where the result is, with the places of its rows and columns; `height`; `width`, how many columns
 *  there are, each with a place of its own, or 0 for eight neighbours; and `add`, whether the sums are added to what is there.
 *  @param {string} name  @param {string} operands its first parameters  @param {string} sums statements that sum */
const tile = (name, operands, sums) => `
export function ${name}(${operands}, c: usize, cRows: usize, cColumns: usize, height: i32, width: i32, add: bool): void {
${ROWS.map((r) => `  let c${r}0 = f32x4.splat(0), c${r}1 = f32x4.splat(0);\n`).join("")}\
  let b0: v128, b1: v128, x: v128;
${sums}\
${ROWS.map((r) => {
  const condition = r === 0 ? "" : `if (height > ${r}) `;
  return `  ${condition}storeRow(c + load<u32>(cRows, ${4 * r}), cColumns, width, add, c${r}0, c${r}1);\n`;
}).join("")}\
}
`;

const rowPointers = `\
  const last = height - 1;
${ROWS.map((r) => `  let r${r} = a + load<u32>(rows${r === 0 ? "" : ` + word(min(${r}, last))`});\n`).join("")}`;

const TABLES = "a: usize, rows: usize, steps: usize, depth: i32, b: usize, stride: usize";

/** One step whose place in A a table says. @param {number} offset of the step in the table, in bytes */
const stepOfTable = (offset) => `\
    at = load<u32>(steps, ${offset});
${step((r) => `r${r} + at`, 0)}\
    b += stride;
`;

/** Rows and steps of A wherever two tables say; B wherever it lies, `stride` from step to step. */
const anywhere = tile(
  "tile",
  TABLES,
  `\
${rowPointers}\
  for (let end = steps + word(depth); steps < end; steps += 4, b += stride) {
    const at = load<u32>(steps);
${step((r) => `r${r} + at`, 0)}\
  }
`,
);

/** The same sums, four steps at a time: Firefox takes half the time so, and Chromium a fifth more. See `quickerLoop.ts`. */
const anywhereByFours = tile(
  "tileByFours",
  TABLES,
  `\
${rowPointers}\
  let at: u32;
  const end = steps + word(depth);
  const endOfFours = steps + word(depth & ~3);
  for (; steps < endOfFours; steps += 16) {
${[0, 4, 8, 12].map(stepOfTable).join("")}\
  }
  for (; steps < end; steps += 4) {
${stepOfTable(0)}\
  }
`,
);

/** Rows of A whose elements are neighbours: four steps at a time, whose places need no table. */
const along = tile(
  "tileAlong",
  "a: usize, rows: usize, depth: i32, b: usize",
  `\
${rowPointers}\
  const end = r0 + word(depth);
  const endOfFours = r0 + word(depth & ~3);
  while (r0 < endOfFours) {
${steps((r, s) => `r${r}, ${4 * s}`, 4)}\
${ROWS.map((r) => `    r${r} += 16;\n`).join("")}\
    b += ${4 * B_STEP};
  }
  while (r0 < end) {
${steps((r) => `r${r}`, 1)}\
${ROWS.map((r) => `    r${r} += 4;\n`).join("")}\
    b += ${B_STEP};
  }
`,
);

/** Six rows of A side by side, `[depth][6]`: four steps at a time, a seventh quicker than two and a quarter quicker than eight. */
const strip = tile(
  "tileStrip",
  "a: usize, depth: i32, b: usize",
  `\
  const end = b + <usize>depth * ${B_STEP};
  const endOfFours = b + <usize>(depth & ~3) * ${B_STEP};
  while (b < endOfFours) {
${steps((r, s) => `a, ${4 * (ROWS.length * s + r)}`, 4)}\
    a += ${4 * 4 * ROWS.length};
    b += ${4 * B_STEP};
  }
  while (b < end) {
${steps((r) => `a, ${4 * r}`, 1)}\
    a += ${4 * ROWS.length};
    b += ${B_STEP};
  }
`,
);

export default opening + anywhere + anywhereByFours + along + strip;
