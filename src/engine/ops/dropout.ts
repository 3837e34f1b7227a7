/** Dropout, whose mask is never stored: it is a pure function of counters, made again wherever it is needed. */
import dropoutText from "../../shaders/dropout.wgsl?raw";
import randomText from "../../shaders/lib/random.wgsl?raw";
import { ArgumentError } from "../errors";
import type { Node, Op } from "../graph/node";
import { apply } from "../graph/node";
import { hash4 } from "../random";
import { sizeOf } from "../shape";
import { checkCounters, checkFloats } from "./checks";
import { f32Literal, libraryPart, mapKernel, part } from "./wgsl";

/** The fraction of elements to drop, in [0, 1), and the random stream, different for each use in a model. */
export type DropoutOptions = { readonly rate: number; readonly stream: number };

/** `uniform >= rate` as a comparison of the whole numbers below 2^24 that uniform numbers are made from, so that
 *  backends whose `rate` is rounded differently still drop the same elements. */
export function threshold(rate: number): number {
  return Math.ceil(rate * 2 ** 24);
}

const dropoutOp: Op<DropoutOptions, ["x", "seed", "step"]> = {
  name: "dropout",
  type([x, seed, step], { rate, stream }) {
    if (!(rate >= 0 && rate < 1)) {
      throw new ArgumentError(`dropout: expected a rate of at least 0 and below 1, got ${rate}.`);
    }
    checkFloats("dropout", [x]);
    checkCounters("dropout", seed, step, stream);
    return x;
  },
  // What was dropped passes nothing back; what was kept was scaled, and so is its gradient.
  gradient: ({ inputs: [, seed, step], attrs }, dy) => [apply(dropoutOp, [dy, seed, step], attrs), null, null],
  inPlace: "elementwise",
  cpu({ inputs: [x, seed, step], outputs: [y], outputTypes, attrs: { rate, stream } }) {
    const size = sizeOf(outputTypes[0].shape);
    const least = threshold(rate);
    const scale = 1 / (1 - rate);
    return () => {
      for (let i = 0; i < size; i++) {
        y[i] = hash4(seed[0]!, step[0]!, stream, i) >>> 8 >= least ? x[i]! * scale : 0;
      }
    };
  },
  ...mapKernel<DropoutOptions>(({ attrs: { rate, stream } }) => ({
    inputs: [{ name: "x" }, { name: "seed" }, { name: "step_number" }],
    constants: { STREAM: stream, THRESHOLD: threshold(rate), SCALE: f32Literal(1 / (1 - rate)) },
    parts: [libraryPart("lib/random.wgsl", randomText), part("dropout.wgsl", dropoutText)],
  })),
};

/** Inverted dropout: `x_i / (1 - rate)` where `uniform(seed, step, stream, i) >= rate`, else 0, so that the expected
 *  value stays `x_i`. The same counters give the same mask on every backend.
 *  @param x any shape, f32  @param seed `[]` u32  @param step `[]` u32, a new mask for each
 *  @returns the same shape  @throws ArgumentError when the rate is outside [0, 1)
 *  @throws ShapeError when a type is wrong  Source: Srivastava et al. 2014, JMLR 15. */
export function dropout(x: Node, seed: Node, step: Node, { rate, stream }: DropoutOptions): Node {
  return apply(dropoutOp, [x, seed, step], { rate, stream });
}

/** The records behind this file's functions. */
export const dropoutOps = { dropout: dropoutOp };
