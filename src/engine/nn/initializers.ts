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
  /** Keras's RandomUniform. */
  uniform: (_fanIn, _fanOut, random) => symmetric(0.05, random.uniform()),
  zeros: () => 0,
  ones: () => 1,
} satisfies Record<string, Draw>;

/** Draws from a weight's own numbers. */
type Random = (index: number, attempt: number) => number;

/** Initializers of a weight as a whole, by Keras name, from normal numbers. */
const wholes = {
  /** Rows or columns, whichever are fewer, that are at right angles and of length 1, so that repeated multiplication neither grows
   *  nor shrinks what it is given. Source: Saxe, McClelland and Ganguli 2014, "Exact solutions to the nonlinear dynamics of
   *  learning". */
  orthogonal: (shape, random) => {
    const columns = shape.at(-1) ?? 1;
    const rows = sizeOf(shape) / columns;
    const [many, few] = [Math.max(rows, columns), Math.min(rows, columns)];
    const vectors = orthonormal(
      Array.from({ length: few }, (_, v) => Float64Array.from({ length: many }, (__, i) => random(v * many + i, 0))),
    );
    return (index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      return (rows < columns ? vectors[row]?.[column] : vectors[column]?.[row]) ?? 0;
    };
  },
  /** The bias of an LSTM that remembers until it has learnt to forget: 1 for the second of four gates, 0 for the others.
   *  Source: Jozefowicz, Zaremba and Sutskever 2015, "An empirical exploration of recurrent network architectures". */
  unitForgetBias: (shape) => {
    const units = sizeOf(shape) / 4;
    return (index) => (index >= units && index < 2 * units ? 1 : 0);
  },
} satisfies Record<string, (shape: Shape, random: Random) => (index: number) => number>;

/** Makes vectors orthogonal and of length 1, one after another: Gram-Schmidt, twice, since once leaves rounding errors. */
function orthonormal(vectors: readonly Float64Array[]): readonly Float64Array[] {
  for (const [v, vector] of vectors.entries()) {
    for (const other of [...vectors.slice(0, v), ...vectors.slice(0, v)]) {
      const along = vector.reduce((total, value, i) => total + value * (other[i] ?? 0), 0);
      for (const [i, value] of other.entries()) vector[i] = (vector[i] ?? 0) - along * value;
    }
    const length = Math.hypot(...vector);
    for (const [i, value] of vector.entries()) vector[i] = value / length;
  }
  return vectors;
}

/** Keras's name in camel case, as layers have it for each of their weights. */
export type InitializerName = keyof typeof initializers | keyof typeof wholes;

/** The choices to offer for kernels. */
export const kernelInitializers = [
  "glorotUniform",
  "glorotNormal",
  "heUniform",
  "heNormal",
  "lecunNormal",
  "zeros",
] as const satisfies readonly InitializerName[];

/** The choices to offer for what multiplies a layer's own state. */
export const recurrentInitializers = [
  "orthogonal",
  ...kernelInitializers,
] as const satisfies readonly InitializerName[];

/** The values a weight starts from. `shape` f32, the last two axes being inputs and outputs, those before them the
 *  receptive field, as Keras computes fans. @param stream of random numbers that no other weight draws from */
export function initialValues(
  name: InitializerName,
  shape: Shape,
  seed: number,
  stream: number,
): Float32Array<ArrayBuffer> {
  if (name in wholes) {
    const values = wholes[name as keyof typeof wholes](shape, (index, attempt) => normal(seed, attempt, stream, index));
    return Float32Array.from({ length: sizeOf(shape) }, (_, index) => values(index));
  }
  const field = sizeOf(shape.slice(0, -2));
  const fanOut = field * (shape.at(-1) ?? 1);
  const fanIn = shape.length < 2 ? fanOut : field * (shape.at(-2) ?? 1);
  const draw: Draw = initializers[name as keyof typeof initializers];
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
