/** Ops that move no numbers: reshape, segment and stopGradient are views of the same bytes; pack lays tensors end to end, which the
 *  memory plan usually makes free by having their producers write in place. */
import copyText from "../../shaders/copy.wgsl?raw";
import { REPORT_BUG, ShapeError } from "../errors";
import type { Kernel, Node, Op } from "../graph/node";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { showShape, sizeOf } from "../shape";
import { part, workgroupsFor } from "./wgsl";
import { SEGMENT_ALIGNMENT } from "./packing";

type ReshapeAttrs = { readonly shape: Shape };
type SegmentAttrs = { readonly offset: number; readonly shape: Shape };
type PackAttrs = { readonly offsets: readonly number[]; readonly size: number };

function viewHasNoKernel(name: string): never {
  throw new ShapeError(`${name}: expected to be planned as a view, got a request for a kernel. ${REPORT_BUG}`);
}

const reshapeOp: Op<ReshapeAttrs, ["x"]> = {
  name: "reshape",
  storage: "view",
  type: ([x], { shape }) => {
    if (sizeOf(x.shape) !== sizeOf(shape)) {
      throw new ShapeError(
        `reshape: expected ${sizeOf(x.shape)} elements as in ${showShape(x.shape)}, ` +
          `got ${sizeOf(shape)} in ${showShape(shape)}. The product of the dimensions must stay the same.`,
      );
    }
    return { shape, dtype: x.dtype };
  },
  gradient: (node, dy) => [reshape(dy, node.inputs[0].shape)],
  cpu: () => viewHasNoKernel("reshape"),
  wgsl: () => viewHasNoKernel("reshape"),
};

const segmentOp: Op<SegmentAttrs, ["flat"]> = {
  name: "segment",
  storage: "view",
  type: ([flat], { offset, shape }) => {
    const end = offset + sizeOf(shape);
    if (flat.shape.length !== 1 || end > sizeOf(flat.shape) || offset % SEGMENT_ALIGNMENT !== 0) {
      throw new ShapeError(
        `segment: expected a range inside a flat tensor that starts at a multiple of ${SEGMENT_ALIGNMENT}, ` +
          `got elements ${offset} to ${end} of ${showShape(flat.shape)}.`,
      );
    }
    return { shape, dtype: flat.dtype };
  },
  gradient: (node, dy) => {
    const flat = node.inputs[0];
    return [pack([dy], [node.attrs.offset], sizeOf(flat.shape))];
  },
  cpu: () => viewHasNoKernel("segment"),
  wgsl: () => viewHasNoKernel("segment"),
};

/** Planned by `compile/memory.ts`: parts are produced in place or copied there; the gaps are zero and stay so. */
const packOp: Op<PackAttrs> = {
  name: "pack",
  storage: "pack",
  type: (parts, { offsets, size }) => {
    const fits = parts.every((x, i) => (offsets[i] ?? Infinity) + sizeOf(x.shape) <= (offsets[i + 1] ?? size));
    if (parts.length !== offsets.length || !fits || offsets.some((offset) => offset % SEGMENT_ALIGNMENT !== 0)) {
      throw new ShapeError(
        `pack: expected ascending offsets, multiples of ${SEGMENT_ALIGNMENT}, that leave room for each part, ` +
          `got offsets [${offsets.join(", ")}] for ${parts.map((x) => showShape(x.shape)).join(", ")} in ${size}.`,
      );
    }
    return { shape: [size], dtype: parts[0]?.dtype ?? "f32" };
  },
  gradient: (node, dy) => node.inputs.map((x, i) => segment(dy, node.attrs.offsets[i]!, x.shape)),
  cpu: () => viewHasNoKernel("pack"),
  wgsl: () => viewHasNoKernel("pack"),
};

/** Input 0 as it is, and a gradient rule of its own. */
const transparentOp = (name: string): Op<Record<string, never>, ["x", ...string[]]> => ({
  name,
  storage: "view",
  isTransparent: true,
  type: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  gradient: "none",
  cpu: () => viewHasNoKernel(name),
  wgsl: () => viewHasNoKernel(name),
});

const stopGradientOp = transparentOp("stopGradient");

/** x as it is, through which no gradient passes: `d/dx stopGradient(x) = 0`. It costs nothing, since the compiler removes it.
 *  @param x any shape and dtype  @returns the same values */
export function stopGradient(x: Node): Node {
  return apply(stopGradientOp, [x], {});
}

/** A value whose gradient is given rather than derived: `rule` takes dy, shaped like the value, to one gradient for each of
 *  `inputs`, null where there is none. It costs nothing, since the compiler removes it.
 *  @param value any f32 node  @returns the same values */
export function customGradient(
  value: Node,
  inputs: readonly Node[],
  rule: (dy: Node) => readonly (Node | null)[],
): Node {
  const op: Op<Record<string, never>, ["value", ...string[]]> = {
    ...transparentOp("customGradient"),
    gradient: (_, dy) => [null, ...rule(dy)],
  };
  return apply(op, [value, ...inputs], {});
}

/** The same elements in row-major order under another shape. @throws ShapeError when the sizes differ. */
export function reshape(x: Node, shape: Shape): Node {
  return apply(reshapeOp, [x], { shape });
}

/** `sizeOf(shape)` consecutive elements of a flat tensor `[P]`, from element `offset`, as `shape`. */
export function segment(flat: Node, offset: number, shape: Shape): Node {
  return apply(segmentOp, [flat], { offset, shape });
}

/** A flat tensor `[size]` that holds each part at its offset, and zeros between. */
export function pack(parts: readonly Node[], offsets: readonly number[], size: number): Node {
  return apply(packOp, parts, { offsets, size });
}

/** A plain copy, for values that could not be produced where they are wanted. */
export const copyKernel: Kernel<Record<string, never>, ["from"], ["to"]> = {
  name: "copy",
  cost: () => ({ flops: 0 }),
  cpu: ({ inputs: [from], outputs: [to] }) => {
    return () => to.set(from);
  },
  wgsl: ({ outputTypes }) => {
    const size = sizeOf(outputTypes[0].shape);
    return {
      inputs: [{ name: "x" }],
      outputs: [{ name: "out" }],
      constants: { SIZE: size },
      parts: [part("copy.wgsl", copyText)],
      workgroups: workgroupsFor(size),
    };
  },
};

const copyOp: Op<Record<string, never>, ["x"]> = {
  ...copyKernel,
  type: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  gradient: (_, dy) => [dy],
};

/** x in memory of its own, for the compiler. @param x any shape, f32 */
export function copy(x: Node): Node {
  return apply(copyOp, [x], {});
}

/** The records behind this file's functions. */
export const layoutOps = {
  reshape: reshapeOp,
  segment: segmentOp,
  stopGradient: stopGradientOp,
  pack: packOp,
  copy: copyOp,
};
