/** The GPU's half of the matrix product: one WGSL template with three slots, load A, load B and finish C. */
import gemmText from "../../shaders/gemm.wgsl?raw";
import type { Program, ShaderPart, WgslArgs, WgslProgram } from "../graph/kernel";
import type { Attrs } from "../graph/node";
import { sizeOf } from "../shape";
import type { GemmSpec } from "./gemm";
import { emitProgram, loadExpression, mathPart } from "./program";
import { dispatchPart, part } from "./wgsl";

/** WGSL for reading the operands: parts that define `load_a(batch, row, k)` and `load_b(batch, k, column)` over the
 *  buffers `a` and `b`, and the constants they use. Indices are always inside the matrices. */
export interface GemmShader {
  readonly loaders: readonly ShaderPart[];
  readonly constants: Readonly<Record<string, number>>;
}

/** Side of the square of results that a workgroup of 64 threads computes; see gemm.wgsl. */
const TILE = 32;

/** The shader of one product. */
export function gemmProgram<A extends Attrs>(
  { size, wgsl }: GemmSpec,
  args: WgslArgs<A>,
  epilogue: Program | undefined,
): WgslProgram {
  const { batch, m, n, k } = size;
  const columns = Math.ceil(n / TILE);
  const rows = Math.ceil(m / TILE);
  const extras = args.inputTypes.slice(2).map((type, i) => ({ name: `e${i}`, scalar: sizeOf(type.shape) === 1 }));
  return {
    inputs: [{ name: "a" }, { name: "b" }, ...extras],
    outputs: [{ name: "c" }],
    constants: { BATCH: batch, M: m, N: n, K: k, TILE_ROWS: rows, TILE_COLUMNS: columns, ...wgsl.constants },
    parts: [
      dispatchPart,
      ...(epilogue ? [mathPart] : []),
      ...wgsl.loaders,
      part("(generated epilogue)", finishText(args, epilogue)),
      part("gemm.wgsl", gemmText),
    ],
    workgroups: batch * rows * columns,
  };
}

/** `finish(i, value)` stores the product's element i of the output, after the epilogue. */
function finishText<A extends Attrs>(args: WgslArgs<A>, epilogue: Program | undefined): string {
  if (!epilogue) return "fn finish(i: u32, value: f32) {\n  c[i] = value;\n}\n";
  const target = args.outputTypes[0]?.shape ?? [];
  const operands = args.inputTypes.slice(2).map((type, i) => {
    if (sizeOf(type.shape) === 1) return type.dtype === "f32" ? `e${i}()` : `f32(e${i}())`;
    return loadExpression(`e${i}`, type, target, "i");
  });
  const { body, results } = emitProgram(epilogue, ["value", ...operands]);
  return `fn finish(i: u32, value: f32) {\n${body}  c[i] = ${results[0]};\n}\n`;
}
