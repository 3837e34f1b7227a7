/** WGSL of matrix products by quads, the groups of four neighbouring threads of a subgroup. Written out by a function, since
 *  it is unrolled, and how far is the difference between its variants. */
import type { ShaderPart } from "../graph/kernel";
import { part } from "./wgsl";

/** The threads of a quad hear three others; each call is one move of registers, cheaper than hearing a certain one. */
const swaps = ["", "quadSwapX", "quadSwapY", "quadSwapDiagonal"];

/** A template of `lib/gemm_blocks.wgsl` in which each thread computes `rows` x `columns` results, both multiples of 4, and
 *  takes `depth` k, four or eight, at a time.
 *
 *  The four threads of a quad share their rows and take four neighbouring k together. Each reads A at one of them, and hands
 *  what it read to the others by swaps: in turn i, thread t is at k + (t xor i), with its own columns of B. That is a quarter of
 *  the reads of A, which software adapters are limited by: they fetch every element of every lane on its own. Columns are
 *  the outer loop, so that few values are alive at a time.
 *
 *  Sums are scalars, and a sum's turns one expression: SwiftShader then keeps it in a register, where of a vector's four
 *  sums it stores each after every turn. That halves the time of the arithmetic. A sum that is carried round the loop costs as
 *  much there as five turns: hence eight k at a time, where a product is large enough to be worth the longer compiling.
 *
 *  Needs `enable subgroups;` and quads that are four neighbouring local indices. */
export function quadsPart(rows: number, columns: number, depth: 4 | 8): ShaderPart {
  const turns = range(depth);
  const eachRow = (line: (r: number) => string): string => range(rows).map(line).join("");
  const eachColumn = (line: (c: number) => string): string => range(columns).map(line).join("");
  const ifSums = (line: string): string => `    if (COLUMN_SUMS) {\n      ${line}\n    }\n`;
  const fours = range(depth / 4).map((f) => 4 * f);
  /** What the threads of a quad have at turn `first`, handed round in the three turns after it. */
  const swapped = (name: string, first: number): string =>
    range(4)
      .slice(1)
      .map((i) => `    let ${name}_${first + i} = ${swaps[i]}(${name}_${first});\n`)
      .join("");
  const text = `
@diagnostic(off, subgroup_uniformity)
fn run(workgroup: u32, lane: u32) {
  let tile = tile_at(workgroup);
  let row = tile.top + (lane / 4u) * ${rows}u;
  // A thread's columns are 4 apart: neighbouring threads read and write neighbouring elements.
  let column = tile.left + lane % 4u;
  // Quads below the last row leave, and leave whole, since their threads share rows.
  if (tile.slab >= SLABS || row >= M) {
    return;
  }
  // Past the edge the last line is read again, and not stored: no test in the loop.
${eachRow((r) => `  let row${r} = a_row(tile.batch, min(row + ${r}u, M - 1u));\n`)}\
${eachColumn((c) => `  let column${c} = b_column(tile.batch, min(column + ${4 * c}u, N - 1u));\n`)}\
${eachColumn((c) => eachRow((r) => `  var sum${r}_${c} = 0.0;\n`))}\
${eachColumn((c) => `  var column_sum${c} = 0.0;\n`)}\
  var k = tile.first_k;
  for (; k + ${depth}u <= tile.end_k; k += ${depth}u) {
${fours
  .map(
    (f) =>
      `    let own_k${f} = k + ${f}u + lane % 4u;\n` +
      `    let a_along_${f} = a_step(own_k${f});\n` +
      `    let b_along_${f} = b_step(own_k${f});\n` +
      swapped("b_along", f) +
      eachRow((r) => `    let a${r}_${f} = load_a(row${r}, a_along_${f});\n${swapped(`a${r}`, f)}`),
  )
  .join("")}\
${eachColumn(
  (c) =>
    turns.map((i) => `    let b${c}_${i} = load_b(column${c}, b_along_${i});\n`).join("") +
    eachRow((r) => {
      const sum = turns.reduce((inner, i) => `fma(a${r}_${i}, b${c}_${i}, ${inner})`, `sum${r}_${c}`);
      return `    sum${r}_${c} = ${sum};\n`;
    }) +
    ifSums(`column_sum${c} += ${turns.map((i) => `b${c}_${i}`).join(" + ")};`),
)}\
  }
  // Parts of K are multiples of eight, so that only K itself leaves a rest, which each thread reads alone.
  if (K % ${depth}u != 0u) {
    for (; k < tile.end_k; k++) {
      let a_along = a_step(k);
      let b_along = b_step(k);
${eachRow((r) => `      let a${r} = load_a(row${r}, a_along);\n`)}\
${eachColumn(
  (c) =>
    `      let b${c} = load_b(column${c}, b_along);\n` +
    eachRow((r) => `      sum${r}_${c} = fma(a${r}, b${c}, sum${r}_${c});\n`) +
    ifSums(`column_sum${c} += b${c};`),
)}\
    }
  }
  // One text of whatever finishes results, rather than one for each sum.
  let sums = array(${range(columns)
    .flatMap((c) =>
      range(rows / 4).map(
        (f) =>
          `vec4<f32>(${range(4)
            .map((i) => `sum${4 * f + i}_${c}`)
            .join(", ")})`,
      ),
    )
    .join(", ")});
  for (var i = 0u; i < ${(rows / 4) * columns}u; i++) {
    finish_rows(tile.slab, row + (i % ${rows / 4}u) * 4u, column + (i / ${rows / 4}u) * 4u, sums[i]);
  }
  if (COLUMN_SUMS && row == 0u) {
${range(columns / 4)
  .map((q) => {
    const sums = range(4)
      .map((j) => `column_sum${4 * q + j}`)
      .join(", ");
    return `    finish_column_sums(tile.slab, column + ${16 * q}u, 4u, vec4<f32>(${sums}));\n`;
  })
  .join("")}\
  }
}
`;
  return part(`gemm_quads${rows}x${columns}.wgsl`, text.trimStart());
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
