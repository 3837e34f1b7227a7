/** Counter-based random numbers: a pure function of (seed, step, stream, index), so that any element can be made
 *  anywhere, in any order, on any backend. It keeps no state. `src/shaders/lib/random.wgsl` is the same in WGSL. */

/** The first and last words of pcg4d, xored: four 32-bit counters in, 32 well-mixed bits out.
 *  Source: Jarzynski and Olano 2020, "Hash Functions for GPU Rendering", JCGT 9(3), listing pcg4d. */
export function hash4(seed: number, step: number, stream: number, index: number): number {
  let x = (Math.imul(seed, 1664525) + 1013904223) | 0;
  let y = (Math.imul(step, 1664525) + 1013904223) | 0;
  let z = (Math.imul(stream, 1664525) + 1013904223) | 0;
  let w = (Math.imul(index, 1664525) + 1013904223) | 0;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  w ^= w >>> 16;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  return (x ^ w) >>> 0;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = hash4(hash, text.charCodeAt(i), 0, 0);
  return hash;
}

/** A short name for a text: its hash, in letters and digits. */
export function hashText(text: string): string {
  return hashOf(text).toString(36);
}

/** A uniform number in [0, 1) with 24 bits, exactly representable in f32. */
export function uniform(seed: number, step: number, stream: number, index: number): number {
  return (hash4(seed, step, stream, index) >>> 8) / 16777216;
}

/** A standard normal number by Box and Muller 1958, from the two uniform numbers at `2 index` and `2 index + 1`. */
export function normal(seed: number, step: number, stream: number, index: number): number {
  const u = 1 - uniform(seed, step, stream, 2 * index);
  const v = uniform(seed, step, stream, 2 * index + 1);
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}

/** Streams keep the uses of one seed apart. They are below 2^31, and those of {@link streamOf} are above. */
/** Normal numbers that are the same whenever they are asked for: noise to compare answers by. */
export const steadyNoise = (length: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, (_, i) => normal(1, 0, 0, i));

export const STREAM = {
  shuffle: 0x5eed0001,
  split: 0x5eed0002,
  play: 0x5ee00001,
  trial: 0x5ee00002,
  /** And those after it: the last. */
  noise: 0x5eed0003,
} as const;

/** The stream of whatever a text names, a layer or a weight of it: from 2^31 on. Two names share one with a probability of
 *  2^-31. */
export function streamOf(name: string): number {
  return (hashOf(name) | 0x80000000) >>> 0;
}

/** A permutation of `0 .. count - 1` by Fisher and Yates, the same for the same (seed, step, stream).
 *  @returns `[count]` u32 */
export function permutation(count: number, seed: number, step: number, stream: number): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform(seed, step, stream, i) * (i + 1));
    const kept = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = kept;
  }
  return order;
}
