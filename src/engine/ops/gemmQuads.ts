/** WGSL of matrix products by quads, the groups of four neighbouring threads of a subgroup. Written out by a function, since
 *  it is unrolled, and how far is the difference between its variants. */
import type { ShaderPart } from "../graph/kernel";
import { part } from "./wgsl";

/** The threads of a quad hear three others; each call is one move of registers, cheaper than hearing a certain one. */
const swaps = ["", "quadSwapX", "quadSwapY", "quadSwapDiagonal"];

/** A template of `lib/gemm_blocks.wgsl` in which each thread computes `rows` x `columns` results, `rows` a multiple of 4, WIDE
 *  threads side by side, a multiple of 4 that divides THREADS.
 *
 *  The four threads of a quad share their rows and take four neighbouring k at a time. Each reads A at one of them, and hands
 *  what it read to the others by swaps: in turn i, thread t is at k + (t xor i), with its own columns of B. That is a quarter of
 *  the reads of A, which software adapters are limited by: they fetch every element of every lane on its own. Columns are
 *  the outer loop, and the four turns the inner one, so that few values are alive at a time.
 *
 *  Needs `enable subgroups;` and quads that are four neighbouring local indices. */
export function quadsPart(rows: number, columns: number): ShaderPart {
  const fours = range(rows / 4);
  const turns = range(4);
  const eachFour = (line: (f: number) => string): string => fours.map(line).join("");
  const eachColumn = (line: (c: number) => string): string => range(columns).map(line).join("");
  const eachSum = (line: (f: number, c: number) => string): string => eachColumn((c) => eachFour((f) => line(f, c)));
  const ifSums = (line: string): string => `    if (COLUMN_SUMS) {\n      ${line}\n    }\n`;
  const loadFour = (f: number, step: string): string =>
    `vec4<f32>(${turns.map((i) => `load_a(row${4 * f + i}, ${step})`).join(", ")})`;
  const text = `
@diagnostic(off, subgroup_uniformity)
fn run(workgroup: u32, lane: u32) {
  let tile = tile_at(workgroup);
  let row = tile.top + (lane / WIDE) * ${rows}u;
  // A thread's columns are WIDE apart: neighbouring threads read and write neighbouring elements.
  let column = tile.left + lane % WIDE;
  // Quads beyond the edge leave. No quad is torn apart: its threads share rows, and take the column of the first.
  if (tile.slab >= SLABS || row >= M || column - lane % 4u >= N) {
    return;
  }
  // Past the edge the last line is read again, and not stored: no test in the loop.
${range(rows)
  .map((r) => `  let row${r} = a_row(tile.batch, min(row + ${r}u, M - 1u));\n`)
  .join("")}\
${eachColumn((c) => `  let column${c} = b_column(tile.batch, min(column + ${c}u * WIDE, N - 1u));\n`)}\
${eachSum((f, c) => `  var sum${f}_${c} = vec4<f32>();\n`)}\
${eachColumn((c) => `  var column_sum${c} = 0.0;\n`)}\
  var k = tile.first_k;
  for (; k + 4u <= tile.end_k; k += 4u) {
    let own_k = k + lane % 4u;
    let a_along = a_step(own_k);
    let b_along0 = b_step(own_k);
${turns
  .slice(1)
  .map((i) => `    let b_along${i} = ${swaps[i]}(b_along0);\n`)
  .join("")}\
${eachFour(
  (f) =>
    `    let a${f}_0 = ${loadFour(f, "a_along")};\n` +
    turns
      .slice(1)
      .map((i) => `    let a${f}_${i} = ${swaps[i]}(a${f}_0);\n`)
      .join(""),
)}\
${eachColumn(
  (c) =>
    turns.map((i) => `    let b${c}_${i} = vec4<f32>(load_b(column${c}, b_along${i}));\n`).join("") +
    eachFour((f) => {
      const sum = turns.reduce((inner, i) => `fma(a${f}_${i}, b${c}_${i}, ${inner})`, `sum${f}_${c}`);
      return `    sum${f}_${c} = ${sum};\n`;
    }) +
    ifSums(`column_sum${c} += ${turns.map((i) => `b${c}_${i}.x`).join(" + ")};`),
)}\
  }
  // Parts of K are multiples of four, so that only K itself leaves a rest, which each thread reads alone.
  if (K % 4u != 0u) {
    for (; k < tile.end_k; k++) {
      let a_along = a_step(k);
      let b_along = b_step(k);
${eachFour((f) => `      let a${f} = ${loadFour(f, "a_along")};\n`)}\
${eachColumn(
  (c) =>
    `      let b${c} = vec4<f32>(load_b(column${c}, b_along));\n` +
    eachFour((f) => `      sum${f}_${c} = fma(a${f}, b${c}, sum${f}_${c});\n`) +
    ifSums(`column_sum${c} += b${c}.x;`),
)}\
    }
  }
  // One text of whatever finishes results, rather than one for each sum.
  let sums = array(${range(columns)
    .flatMap((c) => fours.map((f) => `sum${f}_${c}`))
    .join(", ")});
  for (var i = 0u; i < ${(rows / 4) * columns}u; i++) {
    finish_rows(tile.slab, row + (i % ${rows / 4}u) * 4u, column + (i / ${rows / 4}u) * WIDE, sums[i]);
  }
  if (COLUMN_SUMS && row == 0u) {
${range(columns / 4)
  .map((q) => {
    const sums = turns.map((j) => `column_sum${4 * q + j}`).join(", ");
    return `    finish_column_sums(tile.slab, column + ${4 * q}u * WIDE, WIDE, vec4<f32>(${sums}));\n`;
  })
  .join("")}\
  }
}
`;
  return part(`gemm_quads${rows}x${columns}.wgsl`, text.trimStart());
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
