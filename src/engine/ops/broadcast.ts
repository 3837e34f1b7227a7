/** Summation over axes and its adjoint, stretching over axes. */
import type { Node, Op } from "../graph/node";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { broadcastShapes, normalizeAxes, reducedShape, sameShape, showShape } from "../shape";
import { ShapeError } from "../errors";
import { checkFloats } from "./checks";
import { reshape } from "./layout";
import { programKernel } from "./program";
import { reductionKernel } from "./reduction";

type SumAttrs = { readonly axes: readonly number[]; readonly keepDims: boolean };
type BroadcastAttrs = { readonly shape: Shape };

const sumOp: Op<SumAttrs, ["x"]> = {
  ...reductionKernel<SumAttrs>("sum", { identity: 0, js: (a, b) => a + b, wgsl: "a + b" }),
  type: ([x], { axes, keepDims }) => {
    checkFloats("sum", [x]);
    return { shape: reducedShape(x.shape, axes, keepDims), dtype: "f32" };
  },
  gradient: (node, dy) => [unreduce(dy, node.inputs[0].shape, node.attrs.axes)],
};

const broadcastOp: Op<BroadcastAttrs, ["x"]> = {
  // A program of no instructions: what is loaded is what is stored, and loading broadcasts.
  ...programKernel("broadcastTo", () => ({ inputCount: 1, instructions: [], outputs: [0] })),
  type: ([x], { shape }) => {
    checkFloats("broadcastTo", [x]);
    if (!sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape)) {
      throw new ShapeError(
        `broadcastTo: expected a shape that ${showShape(x.shape)} stretches to, got ${showShape(shape)}. ` +
          `Aligned at the last axis, dimensions must be equal, or 1 in the operand.`,
      );
    }
    return { shape, dtype: "f32" };
  },
  gradient: (node, dy) => [sumTo(dy, node.inputs[0].shape)],
};

/** Sum over `axes` (all by default). f32; reduced axes are dropped, or kept as 1 with `keepDims`.
 *  The order of additions is fixed, so the same input gives the same bits. @throws ArgumentError for a bad axis. */
export function sum(x: Node, axes?: readonly number[], keepDims = false): Node {
  return apply(sumOp, [x], { axes: normalizeAxes("sum", x.shape.length, axes), keepDims });
}

/** x repeated along new or stretched axes until it has `shape`. @throws ShapeError when it does not stretch to it. */
export function broadcastTo(x: Node, shape: Shape): Node {
  return sameShape(x.shape, shape) ? x : apply(broadcastOp, [x], { shape });
}

/** The adjoint of broadcasting: sums x over the axes along which `shape` was stretched. */
export function sumTo(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.flatMap((dim, axis) => (axis < lead || (shape[axis - lead] === 1 && dim !== 1) ? [axis] : []));
  return reshape(sum(x, axes), shape);
}

/** Undoes the shape change of a reduction: dy, stretched over the reduced `axes` of `shape`. */
export function unreduce(dy: Node, shape: Shape, axes: readonly number[]): Node {
  return broadcastTo(reshape(dy, reducedShape(shape, axes, true)), shape);
}

/** The records behind this file's functions. */
export const broadcastOps = { sum: sumOp, broadcastTo: broadcastOp };
