/** Reductions built on summation, and the maximum over axes. */
import type { Node, Op } from "../graph/node";
import { apply } from "../graph/node";
import { normalizeAxes, reducedShape, sizeOf } from "../shape";
import { sum, unreduce } from "./broadcast";
import { checkFloats } from "./checks";
import { div, equal, mul } from "./pointwise";
import { reductionKernel } from "./reduction";

type MaxAttrs = { readonly axes: readonly number[]; readonly keepDims: boolean };

const maxOp: Op<MaxAttrs, ["x"]> = {
  // On the GPU the lowest finite f32 stands in for infinity, which WGSL does not promise.
  ...reductionKernel<MaxAttrs>("max", { identity: -Infinity, js: Math.max, wgsl: "larger(a, b)" }),
  type: ([x], { axes, keepDims }) => {
    checkFloats("max", [x]);
    return { shape: reducedShape(x.shape, axes, keepDims), dtype: "f32" };
  },
  // Shared evenly among the elements that attain the maximum.
  gradient: (node, dy) => {
    const x = node.inputs[0];
    const { axes } = node.attrs;
    const winners = equal(x, unreduce(node, x.shape, axes));
    const share = div(winners, sum(winners, axes, true));
    return [mul(share, unreduce(dy, x.shape, axes))];
  },
};

/** Arithmetic mean over `axes` (all by default). f32; shape as for `sum`. */
export function mean(x: Node, axes?: readonly number[], keepDims = false): Node {
  const total = sum(x, axes, keepDims);
  return mul(total, sizeOf(total.shape) / sizeOf(x.shape));
}

/** Largest element over `axes` (all by default), NaN where there is one. f32; ties share the gradient evenly. */
export function max(x: Node, axes?: readonly number[], keepDims = false): Node {
  return apply(maxOp, [x], { axes: normalizeAxes("max", x.shape.length, axes), keepDims });
}

/** The records behind this file's functions. */
export const reduceOps = { max: maxOp };
