/** Weight initializers, as in Keras, from counter-based random numbers: a weight depends on the seed, on the names of
 *  its layer and itself, and on its index, and on nothing else. */
import { normal, uniform } from "../random";
import type { Shape } from "../shape";
import { sizeOf } from "../shape";

/** Draws element `index` of a weight with these fans. */
type Draw = (fanIn: number, fanOut: number, random: { uniform: () => number; truncatedNormal: () => number }) => number;

const symmetric = (limit: number, u: number): number => (2 * u - 1) * limit;
// The standard deviation of a normal distribution cut at two of its own.
const TRUNCATED_STDDEV = 0.87962566103423978;

/** Initializers by Keras name. Sources: Glorot and Bengio 2010; He et al. 2015; LeCun et al. 1998. */
export const initializers = {
  glorotUniform: (fanIn, fanOut, random) => symmetric(Math.sqrt(6 / (fanIn + fanOut)), random.uniform()),
  glorotNormal: (fanIn, fanOut, random) =>
    (Math.sqrt(2 / (fanIn + fanOut)) / TRUNCATED_STDDEV) * random.truncatedNormal(),
  heUniform: (fanIn, _, random) => symmetric(Math.sqrt(6 / fanIn), random.uniform()),
  heNormal: (fanIn, _, random) => (Math.sqrt(2 / fanIn) / TRUNCATED_STDDEV) * random.truncatedNormal(),
  lecunNormal: (fanIn, _, random) => (Math.sqrt(1 / fanIn) / TRUNCATED_STDDEV) * random.truncatedNormal(),
  zeros: () => 0,
  ones: () => 1,
} satisfies Record<string, Draw>;

/** Keras's name in camel case, as layers have it for each of their weights. */
export type InitializerName = keyof typeof initializers;

/** The choices to offer for kernels. */
export const kernelInitializers = [
  "glorotUniform",
  "glorotNormal",
  "heUniform",
  "heNormal",
  "lecunNormal",
  "zeros",
] as const satisfies readonly InitializerName[];

/** The values a weight starts from. `shape` f32, the last two axes being inputs and outputs, those before them the
 *  receptive field, as Keras computes fans. @param stream of random numbers that no other weight draws from */
export function initialValues(
  name: InitializerName,
  shape: Shape,
  seed: number,
  stream: number,
): Float32Array<ArrayBuffer> {
  const field = sizeOf(shape.slice(0, -2));
  const fanOut = field * (shape.at(-1) ?? 1);
  const fanIn = shape.length < 2 ? fanOut : field * (shape.at(-2) ?? 1);
  const draw: Draw = initializers[name];
  return Float32Array.from({ length: sizeOf(shape) }, (_, index) =>
    draw(fanIn, fanOut, {
      uniform: () => uniform(seed, 0, stream, index),
      truncatedNormal: () => {
        // Redraw beyond two standard deviations; the step counts the attempts, so every draw is its own counter.
        for (let attempt = 0; ; attempt++) {
          const value = normal(seed, attempt, stream, index);
          if (Math.abs(value) < 2) return value;
        }
      },
    }),
  );
}
