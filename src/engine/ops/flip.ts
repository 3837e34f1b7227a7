/** Turns one axis round. */
import { ArgumentError } from "../errors";
import type { Node, Op } from "../graph/node";
import { apply } from "../graph/node";
import { dimensionOf, normalizeAxes, type Shape, showShape, sizeOf } from "../shape";
import { checkFloats } from "./checks";
import { mapKernel, part } from "./wgsl";

type FlipAttrs = { readonly axis: number };

/** Runs that stay as they are, how many of them change places, and how often that is so. */
function runsOf(shape: Shape, axis: number): { run: number; along: number; outer: number } {
  const run = sizeOf(shape.slice(axis + 1));
  const along = dimensionOf(shape, axis);
  return { run, along, outer: sizeOf(shape) / (run * along) };
}

/** Where each run of the result starts in the input. */
function startsOf(shape: Shape, axis: number): Int32Array {
  const { run, along, outer } = runsOf(shape, axis);
  return Int32Array.from({ length: outer * along }, (_, r) => (r + along - 1 - 2 * (r % along)) * run);
}

const flipOp: Op<FlipAttrs, ["x"]> = {
  name: "flip",
  type([x], { axis }) {
    checkFloats("flip", [x]);
    if (!Number.isInteger(axis) || axis < 0 || axis >= x.shape.length) {
      throw new ArgumentError(`flip: expected an axis of ${showShape(x.shape)}, got axis ${axis}.`);
    }
    return x;
  },
  gradient: ({ attrs }, dy) => [apply(flipOp, [dy], attrs)],
  cost: () => ({ flops: 0 }),
  form: ([{ shape }], { axis }) => ({
    kind: "copy",
    rows: () => {
      const { run } = runsOf(shape, axis);
      return { starts: startsOf(shape, axis), length: run, stride: 1, first: 0, last: run, fill: 0 };
    },
  }),
  cpu({ inputs: [x], outputs: [y], inputTypes: [{ shape }], attrs: { axis } }) {
    const { run } = runsOf(shape, axis);
    const starts = startsOf(shape, axis);
    return () => {
      for (const [r, start] of starts.entries()) {
        for (let i = 0; i < run; i++) y[r * run + i] = x[start + i]!;
      }
    };
  },
  ...mapKernel<FlipAttrs, ["x"]>(({ inputTypes: [{ shape }], attrs: { axis } }) => {
    const { run, along } = runsOf(shape, axis);
    const text =
      `fn element(i: u32) -> f32 {\n  let r = i / ${run}u;\n` +
      `  return x((r + ${along - 1}u - 2u * (r % ${along}u)) * ${run}u + i % ${run}u);\n}\n`;
    return { inputs: [{ name: "x" }], constants: {}, parts: [part("(generated flip)", text)] };
  }),
};

/** The same numbers with an axis the other way round: `y[.., i, ..] = x[.., n - 1 - i, ..]`.
 *  @param x f32  @param axis counted from the end when negative  @throws ArgumentError when there is no such axis */
export function flip(x: Node, axis: number): Node {
  const [only = axis] = normalizeAxes("flip", x.shape.length, [axis]);
  return apply(flipOp, [x], { axis: only });
}

/** The records behind this file's functions. */
export const flipOps = { flip: flipOp };
