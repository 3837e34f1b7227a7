/** Tensors that no memory need hold: constants, which the compiler bakes into the kernels that read them, and ranges. */
import type { PointwiseRule } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import { apply } from "../graph/node";
import type { Shape } from "../shape";
import { programKernel } from "./program";
import { f32Literal, mapKernel, part } from "./wgsl";

type ConstantAttrs = { readonly value: number; readonly shape: Shape };

const rule: PointwiseRule = {
  name: "constant",
  arity: 0,
  js: (_a, _b, attrs) => Number(attrs["value"]),
  wgsl: (_a, _b, attrs) => f32Literal(Number(attrs["value"])),
};

const constantOp: Op<ConstantAttrs, []> = {
  ...programKernel("constant", (attrs) => ({
    inputCount: 0,
    instructions: [{ rule, attrs, args: [] }],
    outputs: [0],
  })),
  type: (_, { shape }) => ({ shape, dtype: "f32" }),
  pointwise: rule,
  gradient: () => [],
};

/** A tensor filled with one value. `shape` f32, a scalar unless told otherwise. */
export function constant(value: number, shape: Shape = []): Node {
  return apply(constantOp, [], { value, shape });
}

/** The value of a constant node, or undefined for any other node. */
export function constantValue(node: Node): number | undefined {
  return node.op.name === constantOp.name ? Number(node.attrs["value"]) : undefined;
}

type RangeAttrs = { readonly count: number };

const rangeOp: Op<RangeAttrs, []> = {
  name: "range",
  type: (_, { count }) => ({ shape: [count], dtype: "f32" }),
  gradient: "none",
  cpu: ({ outputs: [y] }) => {
    return () => {
      for (let i = 0; i < y.length; i++) y[i] = i;
    };
  },
  ...mapKernel<RangeAttrs>(() => ({
    inputs: [],
    constants: {},
    parts: [part("(range)", "fn element(i: u32) -> f32 { return f32(i); }")],
  })),
};

/** `0, 1, .., count - 1`. `[count]` f32  @throws ShapeError when the count is no size */
export function range(count: number): Node {
  return apply(rangeOp, [], { count });
}

/** The records behind this file's functions. */
export const constantOps = { constant: constantOp, range: rangeOp };
