/** The end of a classifier as one kernel: the last dense layer, softmax cross-entropy with its gradient, the most probable
 *  class, and the gradient that is passed back. All of it is row by row, so nothing need leave the workgroup between. */
import denseText from "../../shaders/dense_cross_entropy.wgsl?raw";
import rowsText from "../../shaders/dense_cross_entropy_rows.wgsl?raw";
import passBackRowText from "../../shaders/lib/dense_pass_back_row.wgsl?raw";
import passBackText from "../../shaders/lib/dense_pass_back.wgsl?raw";
import type { Program, ShaderPart, WgslArgs, WgslProgram } from "../graph/kernel";
import type { Attrs, TensorType } from "../graph/type";
import type { Shape } from "../shape";
import { dimensionOf, isMatrix, sizeOf } from "../shape";
import { emitProgram, loadExpression, mathParts } from "./program";
import { rowReducePart, shiftedExpPart } from "./softmax";
import { part, WORKGROUP_SIZE } from "./wgsl";

/** The most classes: two for each of the threads of a workgroup. `dense_cross_entropy.wgsl` has room for so many. */
export const MAX_CLASSES = 2 * WORKGROUP_SIZE;

const NO_PASS_BACK = "pass_back(row: u32, first: u32, base: u32)";
const NO_PASS_BACK_ROW = "pass_back_row(row: u32, slopes: ptr<function, array<f32, COLUMNS>>)";

/** An element-wise program over a sum, with operands of its own after it. */
export interface Finish {
  readonly program: Program | undefined;
  readonly operands: readonly TensorType[];
}

/** Those of the last dense layer, and whatever follows them. */
export type DenseInputs = ["x", "w", ...string[]];

/** The shader. Inputs: x `[N, K]` f32, w `[K, C]` f32, operands of `logits`, labels `[N]` u32, dy `[N]` f32, operands of
 *  `dx`. Outputs: loss `[N]` f32, dlogits `[N, C]` f32, the most probable class `[N]` u32 if `choosesClass`, and
 *  dx `[N, K]` f32 if it is given. */
export function denseCrossEntropyProgram(
  { inputTypes: [x, w], dearBarriers = false, ...args }: WgslArgs<Attrs, DenseInputs>,
  { logits, dx, choosesClass }: { logits: Finish; dx: Finish | undefined; choosesClass: boolean },
): WgslProgram {
  const rows = dimensionOf(x.shape, 0);
  const [depth, columns] = [dimensionOf(w.shape, 0), dimensionOf(w.shape, 1)];
  // A thread for each class of a row, or two, or for all, where they had better not wait for each other.
  const lanes = args.lanes ?? (dearBarriers ? 1 : Math.min(WORKGROUP_SIZE, 2 ** Math.ceil(Math.log2(columns))));
  const chosen = choosesClass ? "set_chosen(row, class_index);" : "";
  const backwards: ShaderPart[] = dx
    ? [
        part(
          "(generated input gradient)",
          finishing("finish(i: u32, value: f32)", "set_dx(i, $);", dx, "g", [rows, depth]),
        ),
        dearBarriers
          ? part("lib/dense_pass_back_row.wgsl", passBackRowText)
          : part("lib/dense_pass_back.wgsl", passBackText),
      ]
    : [part("(no input gradient)", `fn ${dearBarriers ? NO_PASS_BACK_ROW : NO_PASS_BACK} {}\n`)];
  const named = (finish: Finish, letter: string) => finish.operands.map((_, i) => ({ name: `${letter}${i}` }));
  return {
    inputs: [
      { name: "x" },
      { name: "w" },
      ...named(logits, "e"),
      { name: "labels" },
      { name: "dy" },
      ...(dx ? named(dx, "g") : []),
    ],
    outputs: [
      { name: "loss" },
      { name: "dlogits" },
      ...(choosesClass ? [{ name: "chosen" }] : []),
      ...(dx ? [{ name: "dx" }] : []),
    ],
    constants: { ROWS: rows, DEPTH: depth, COLUMNS: columns, LANES: lanes, EACH: Math.ceil(columns / lanes) },
    parts: [
      ...mathParts,
      ...(dearBarriers ? [] : [rowReducePart]),
      shiftedExpPart,
      part(
        "(generated logits)",
        finishing("logit(i: u32, value: f32) -> f32", "return $;", logits, "e", [rows, columns]) +
          `fn choose(row: u32, class_index: u32) { ${chosen} }\n`,
      ),
      ...backwards,
      dearBarriers ? part("dense_cross_entropy_rows.wgsl", rowsText) : part("dense_cross_entropy.wgsl", denseText),
    ],
    lanes,
    workgroups: Math.ceil((rows * lanes) / WORKGROUP_SIZE),
  };
}

/** A function that runs a program over `value`, element i of an output; `$` in `use` stands for the result. */
function finishing(head: string, use: string, { program, operands }: Finish, letter: string, target: Shape): string {
  if (!program) return `fn ${head} {\n  ${use.replace("$", "value")}\n}\n`;
  const loads = operands.map((type, i) => loadExpression(`${letter}${i}`, type, target, "i"));
  const { body, results } = emitProgram(program, ["value", ...loads]);
  return `fn ${head} {\n${body}  ${use.replace("$", results[0] ?? "value")}\n}\n`;
}

/** Whether the kernel has room for this many classes: few enough, and no more work than a thread should do alone. */
export function fitsDenseCrossEntropy(x: TensorType, w: TensorType): boolean {
  return isMatrix(x.shape) && isMatrix(w.shape) && w.shape[1] <= MAX_CLASSES && sizeOf(w.shape) <= 2 ** 20;
}
