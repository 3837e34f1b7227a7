/** Cross-entropies straight from logits, one loss per row or element, in nats. They never take the logarithm of a
 *  probability that has been rounded. Averaging over the batch is the caller's. */
import crossEntropyGradText from "../../shaders/cross_entropy_grad.wgsl?raw";
import crossEntropyLossText from "../../shaders/cross_entropy_loss.wgsl?raw";
import { ShapeError } from "../errors";
import type { CpuArgs, CpuKernel, NumericArray } from "../graph/kernel";
import type { Kernel, Node, Op } from "../graph/node";
import type { Each, TensorType } from "../graph/type";
import { apply } from "../graph/node";
import { sameShape, showShape, sizeOf } from "../shape";
import { add, mul, neg, softplus, sub } from "./pointwise";
import { sum } from "./broadcast";
import { logSoftmax, rowMaximum, rowsOf, softmaxRowsProgram, sumOfExp } from "./softmax";
import { part } from "./wgsl";

type NoAttrs = Record<string, never>;

const lossPart = part("cross_entropy_loss.wgsl", crossEntropyLossText);
const gradPart = part("cross_entropy_grad.wgsl", crossEntropyGradText);

function finishPart(...calls: readonly ("write_loss" | "write_grad")[]) {
  const lines = calls.map((call) => `  ${call}(row, first, top, total);`);
  const text = ["fn finish(row: u32, first: u32, top: f32, total: f32) {", ...lines, "}"].join("\n");
  return part("softmax_rows.wgsl finish", text);
}

function checkLabelled(where: string, logits: TensorType, labels: TensorType): void {
  const [rows] = logits.shape;
  if (logits.dtype !== "f32" || logits.shape.length !== 2) {
    throw new ShapeError(`${where}: expected f32 logits [N, C], got ${logits.dtype} ${showShape(logits.shape)}.`);
  }
  if (labels.dtype !== "u32" || labels.shape.length !== 1 || labels.shape[0] !== rows) {
    throw new ShapeError(
      `${where}: expected u32 labels [${rows}] for logits ${showShape(logits.shape)}, ` +
        `got ${labels.dtype} ${showShape(labels.shape)}. One-hot targets go to categoricalCrossEntropy.`,
    );
  }
}

/** The CPU's loop for loss, gradient or both; what is left out is not computed. */
function crossEntropyOnCpu(
  { inputs: [logits, labels], inputTypes }: CpuArgs<NoAttrs, ["logits", "labels", ...string[]]>,
  { loss, back }: { loss?: NumericArray; back?: { readonly dy: NumericArray; readonly dlogits: NumericArray } },
): CpuKernel {
  const { rows, columns } = rowsOf(inputTypes[0].shape);
  return () => {
    for (let row = 0; row < rows; row++) {
      const from = row * columns;
      const label = from + Math.min(labels[row]!, columns - 1);
      const top = rowMaximum(logits, from, columns);
      const total = sumOfExp(logits, from, columns, top);
      if (loss) loss[row] = Math.log(total) - (logits[label]! - top);
      if (back) {
        const { dy, dlogits } = back;
        const scale = dy[row]!;
        for (let i = from; i < from + columns; i++) dlogits[i] = (scale * Math.exp(logits[i]! - top)) / total;
        dlogits[label]! -= scale;
      }
    }
  };
}

const softmaxCrossEntropyOp: Op<NoAttrs, ["logits", "labels"]> = {
  name: "softmaxCrossEntropy",
  type([logits, labels]) {
    checkLabelled("softmaxCrossEntropy", logits, labels);
    return { shape: labels.shape, dtype: "f32" };
  },
  gradient: ({ inputs: [logits, labels] }, dy) => [apply(softmaxCrossEntropyGradOp, [logits, labels, dy], {}), null],
  cost: ([logits]) => ({ flops: 4 * sizeOf(logits.shape) }),
  cpu: (args) => crossEntropyOnCpu(args, { loss: args.outputs[0] }),
  wgsl: ({ inputTypes }) =>
    softmaxRowsProgram(
      inputTypes[0].shape,
      { inputs: [{ name: "logits" }, { name: "labels" }], outputs: [{ name: "loss" }] },
      [lossPart, finishPart("write_loss")],
    ),
};

type GradInputs = ["logits", "labels", "dy"];

/** For each logit: maximum, difference, exponential and sum, as for the loss, then a product and a quotient. */
const gradCost = ([logits]: Each<GradInputs, TensorType>) => ({ flops: 6 * sizeOf(logits.shape) });

const gradInputs = [{ name: "logits" }, { name: "labels" }, { name: "dy" }];

/** {@link softmaxCrossEntropy} and its gradient in one pass over the logits, for the compiler to put in their place.
 *  Inputs: logits `[N, C]` f32, labels `[N]` u32, dy `[N]` f32. Outputs: loss `[N]` f32, dlogits `[N, C]` f32. */
export const softmaxCrossEntropyWithGrad: Kernel<NoAttrs, GradInputs, ["loss", "dlogits"]> = {
  name: "softmaxCrossEntropyWithGrad",
  cost: gradCost,
  cpu: (args) => {
    const [loss, dlogits] = args.outputs;
    return crossEntropyOnCpu(args, { loss, back: { dy: args.inputs[2], dlogits } });
  },
  wgsl: ({ inputTypes }) =>
    softmaxRowsProgram(inputTypes[0].shape, { inputs: gradInputs, outputs: [{ name: "loss" }, { name: "dlogits" }] }, [
      lossPart,
      gradPart,
      finishPart("write_loss", "write_grad"),
    ]),
};

const softmaxCrossEntropyGradOp: Op<NoAttrs, GradInputs> = {
  name: "softmaxCrossEntropyGrad",
  sharesPass: { with: "softmaxCrossEntropy", kernel: softmaxCrossEntropyWithGrad },
  type([logits, labels, dy]) {
    checkLabelled("softmaxCrossEntropyGrad", logits, labels);
    if (!sameShape(dy.shape, labels.shape)) {
      throw new ShapeError(
        `softmaxCrossEntropyGrad: expected dy ${showShape(labels.shape)}, got ${showShape(dy.shape)}.`,
      );
    }
    return logits;
  },
  gradient: "none",
  cost: gradCost,
  cpu: (args) => crossEntropyOnCpu(args, { back: { dy: args.inputs[2], dlogits: args.outputs[0] } }),
  wgsl: ({ inputTypes }) =>
    softmaxRowsProgram(inputTypes[0].shape, { inputs: gradInputs, outputs: [{ name: "dlogits" }] }, [
      gradPart,
      finishPart("write_grad"),
    ]),
};

/** Softmax cross-entropy of each row in nats: `-log softmax(logits)[n, labels[n]]`.
 *  Computed as `log sum exp(x - max) - (x[label] - max)`, so large logits do not overflow.
 *  @param logits `[N, C]` f32
 *  @param labels `[N]` u32, each below C; a larger one is a mistake of the caller's and is taken for C - 1
 *  @returns `[N]` f32  @throws ShapeError when the two N differ or a type is wrong
 *  Source: Goodfellow, Bengio, Courville 2016, section 6.2.2.3. */
export function softmaxCrossEntropy(logits: Node, labels: Node): Node {
  return apply(softmaxCrossEntropyOp, [logits, labels], {});
}

function checkSameTargets(where: string, logits: Node, targets: Node): void {
  if (logits.dtype !== "f32" || targets.dtype !== "f32" || !sameShape(logits.shape, targets.shape)) {
    throw new ShapeError(
      `${where}: expected f32 logits and targets of one shape, ` +
        `got ${logits.dtype} ${showShape(logits.shape)} and ${targets.dtype} ${showShape(targets.shape)}.`,
    );
  }
}

/** Binary cross-entropy of each element in nats, from logits: `-t log sigmoid(x) - (1 - t) log(1 - sigmoid(x))`.
 *  Equal to `max(x, 0) - x t + log(1 + exp(-|x|))`, but computed as `t softplus(-x) + (1 - t) softplus(x)`, which for
 *  t in [0, 1] subtracts nothing from nothing, and whose derivative is `sigmoid(x) - t` at 0 too.
 *  @param logits any shape, f32  @param targets the same shape, f32, probabilities
 *  @returns the same shape  @throws ShapeError when shapes or types differ */
export function sigmoidCrossEntropy(logits: Node, targets: Node): Node {
  checkSameTargets("sigmoidCrossEntropy", logits, targets);
  return add(mul(targets, softplus(neg(logits))), mul(sub(1, targets), softplus(logits)));
}

/** Cross-entropy of each row in nats against target probabilities: `-sum_c targets[n, c] log softmax(logits)[n, c]`.
 *  @param logits `[N, C]` f32  @param targets `[N, C]` f32, rows that add up to 1
 *  @returns `[N]` f32  @throws ShapeError when shapes or types differ, or are not rows */
export function categoricalCrossEntropy(logits: Node, targets: Node): Node {
  checkSameTargets("categoricalCrossEntropy", logits, targets);
  if (logits.shape.length !== 2) {
    throw new ShapeError(`categoricalCrossEntropy: expected logits [N, C], got ${showShape(logits.shape)}.`);
  }
  return neg(sum(mul(targets, logSoftmax(logits)), [-1]));
}

/** The records behind this file's functions. */
export const crossEntropyOps = {
  softmaxCrossEntropy: softmaxCrossEntropyOp,
  softmaxCrossEntropyGrad: softmaxCrossEntropyGradOp,
};
