/** The GPU's half of the matrix product: one WGSL template with three slots, load A, load B and finish C. */
import registersText from "../../shaders/gemm_registers.wgsl?raw";
import tiledText from "../../shaders/gemm_tiled.wgsl?raw";
import storeText from "../../shaders/lib/store_four.wgsl?raw";
import type { GemmVariant, Program, ShaderPart, WgslArgs, WgslProgram } from "../graph/kernel";
import type { Attrs } from "../graph/node";
import type { GemmSpec } from "./gemm";
import { emitProgram, loadExpression, mathPart } from "./program";
import { part } from "./wgsl";

/** WGSL for reading the operands, over the buffers `a` and `b`: parts that define
 *  `a_row(batch, row)` and `a_step(k)`, which find a line of A across and along K once, `load_a(row, step)` for the
 *  element where they cross, and `b_column(batch, column)` and `b_step(k)`, offsets whose sum is the element of B;
 *  and the constants they use. Indices are always inside the matrices. */
export interface GemmShader {
  readonly loaders: readonly ShaderPart[];
  readonly constants: Readonly<Record<string, number>>;
  /** Elements of a sample of A, where its lines are found by `a_start`. */
  readonly sample?: number;
}

/** The entry point of each variant, the side of the square of results it computes at a time, and how many squares a
 *  workgroup does. */
const variants: Readonly<Record<GemmVariant, { part: ShaderPart; side: number; perWorkgroup: number }>> = {
  tiled: { part: part("gemm_tiled.wgsl", tiledText), side: 32, perWorkgroup: 1 },
  registers: { part: part("gemm_registers.wgsl", registersText), side: 8, perWorkgroup: 64 },
};

/** The shader of one product. */
export function gemmProgram<A extends Attrs>(
  { size, wgsl }: GemmSpec,
  args: WgslArgs<A>,
  epilogue: Program | undefined,
): WgslProgram {
  const { batch, m, n, k } = size;
  const { part: main, side, perWorkgroup } = variants[args.gemm];
  const columns = Math.ceil(n / side);
  const rows = Math.ceil(m / side);
  const extras = args.inputTypes.slice(2).map((_, i) => ({ name: `e${i}` }));
  return {
    inputs: [{ name: "a", ...(wgsl.sample !== undefined && { sample: wgsl.sample }) }, { name: "b" }, ...extras],
    outputs: [{ name: "c" }],
    constants: { BATCH: batch, M: m, N: n, K: k, TILE_ROWS: rows, TILE_COLUMNS: columns, ...wgsl.constants },
    parts: [
      ...(epilogue ? [mathPart] : []),
      ...wgsl.loaders,
      part("(generated epilogue)", finishText(args, epilogue)),
      part("lib/store_four.wgsl", storeText),
      main,
    ],
    workgroups: Math.ceil((batch * rows * columns) / perWorkgroup),
  };
}

/** `finish(i, value)` stores the product's element i of the output, after the epilogue. */
function finishText<A extends Attrs>(args: WgslArgs<A>, epilogue: Program | undefined): string {
  if (!epilogue) return "fn finish(i: u32, value: f32) {\n  set_c(i, value);\n}\n";
  const target = args.outputTypes[0]?.shape ?? [];
  const operands = args.inputTypes.slice(2).map((type, i) => loadExpression(`e${i}`, type, target, "i"));
  const { body, results } = emitProgram(epilogue, ["value", ...operands]);
  return `fn finish(i: u32, value: f32) {\n${body}  set_c(i, ${results[0]});\n}\n`;
}
