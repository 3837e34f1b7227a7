/** Random tensors, which are never the state of anything: each element is a pure function of counters, made wherever it
 *  is needed. They have no gradient, since nothing they are made of is differentiable. */
import normalText from "../../shaders/lib/normal.wgsl?raw";
import randomText from "../../shaders/lib/random.wgsl?raw";
import randomNormalText from "../../shaders/random_normal.wgsl?raw";
import randomUniformText from "../../shaders/random_uniform.wgsl?raw";
import type { ShaderPart } from "../graph/kernel";
import type { Node, Op } from "../graph/node";
import { apply } from "../graph/node";
import { normal, uniform } from "../random";
import type { Shape } from "../shape";
import { sizeOf } from "../shape";
import { checkCounters } from "./checks";
import { libraryPart, mapKernel, part } from "./wgsl";

/** The random stream, a number of 32 bits that is different for each use in a model, and the shape to fill. */
export type RandomOptions = { readonly stream: number; readonly shape: Shape };

/** One number of a stream. */
type Draw = (seed: number, step: number, stream: number, index: number) => number;

function randomOp(name: string, draw: Draw, parts: readonly ShaderPart[]): Op<RandomOptions, ["seed", "step"]> {
  return {
    name,
    type([seed, step], { stream, shape }) {
      checkCounters(name, seed, step, stream);
      return { shape, dtype: "f32" };
    },
    gradient: "none",
    cpu({ inputs: [seed, step], outputs: [y], attrs: { stream, shape } }) {
      const size = sizeOf(shape);
      return () => {
        for (let i = 0; i < size; i++) y[i] = draw(seed[0]!, step[0]!, stream, i);
      };
    },
    ...mapKernel<RandomOptions>(({ attrs: { stream } }) => ({
      inputs: [{ name: "seed" }, { name: "step_number" }],
      constants: { STREAM: stream },
      parts: [libraryPart("lib/random.wgsl", randomText), ...parts],
    })),
  };
}

const randomUniformOp = randomOp("randomUniform", uniform, [part("random_uniform.wgsl", randomUniformText)]);

const randomNormalOp = randomOp("randomNormal", normal, [
  libraryPart("lib/normal.wgsl", normalText),
  part("random_normal.wgsl", randomNormalText),
]);

/** Numbers drawn evenly from [0, 1): element i is `uniform(seed, step, stream, i)` of {@link uniform}, of 24 bits, the
 *  same bits on every backend.
 *  @param seed `[]` u32  @param step `[]` u32, other numbers for each  @returns `shape`, f32
 *  @throws ShapeError when a counter is no u32 scalar  @throws ArgumentError when the stream does not fit 32 bits */
export function randomUniform(seed: Node, step: Node, { stream, shape }: RandomOptions): Node {
  return apply(randomUniformOp, [seed, step], { stream, shape });
}

/** Standard normal numbers: element i is `sqrt(-2 log u) cos(2 pi v)`, where `1 - u` and v are the uniform numbers at 2i and
 *  2i + 1 of the stream; the same on every backend up to the rounding of log and cos.
 *  @param seed `[]` u32  @param step `[]` u32, other numbers for each  @returns `shape`, f32, within +-5.77
 *  @throws ShapeError when a counter is no u32 scalar  @throws ArgumentError when the stream does not fit 32 bits
 *  Source: Box and Muller 1958. */
export function randomNormal(seed: Node, step: Node, { stream, shape }: RandomOptions): Node {
  return apply(randomNormalOp, [seed, step], { stream, shape });
}

/** The records behind this file's functions. */
export const randomOps = { randomUniform: randomUniformOp, randomNormal: randomNormalOp };
