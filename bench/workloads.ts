// What is measured, and how much arithmetic it is. Plain data; knows no library.
import type { PeakForm } from "../src/engine";

/** Multiply-adds of a model's layers as matrix products for one sample, the input's side first. */
type Product = readonly [rows: number, columns: number, depth: number];

/** Characters that a sample has, and of how many kinds. */
export const TEXT_LENGTH = 64;
export const VOCABULARY = 65;

/** Queries, keys and values; scores and weighted sums of four heads; what joins them; a dense layer four times as wide, and back. */
const transformerBlock = [
  [TEXT_LENGTH, 192, 64],
  [4 * TEXT_LENGTH, TEXT_LENGTH, 16],
  [4 * TEXT_LENGTH, 16, TEXT_LENGTH],
  [TEXT_LENGTH, 64, 64],
  [TEXT_LENGTH, 256, 64],
  [TEXT_LENGTH, 64, 256],
] as const satisfies readonly Product[];

const models = {
  /** 784-128-10. */
  mlp: [
    [1, 128, 784],
    [1, 10, 128],
  ],
  /** The Keras MNIST CNN: conv 32, pool, conv 64, pool, conv 64, dense 64, dense 10; 93,322 parameters. */
  cnn: [
    [26 * 26, 32, 9],
    [11 * 11, 64, 9 * 32],
    [3 * 3, 64, 9 * 64],
    [1, 64, 576],
    [1, 10, 64],
  ],
  /** An LSTM of 128 units over the 28 rows of an image, and 10 classes. */
  lstm: [
    [28, 512, 28],
    [28, 512, 128],
    [1, 10, 128],
  ],
  /** A transformer of four blocks, 64 wide, with four heads, over 64 characters of 65: 212,545 parameters. Looking up the characters
   *  multiplies nothing; what a causal mask leaves out of attention is counted. */
  gpt: [
    [TEXT_LENGTH, 64, 0],
    ...transformerBlock,
    ...transformerBlock,
    ...transformerBlock,
    ...transformerBlock,
    [TEXT_LENGTH, VOCABULARY, 64],
  ],
} as const satisfies Record<string, readonly Product[]>;

/** A step of training with Adam at a rate of 0.001, from a batch already in memory to weights and a loss that is known. */
export interface Training {
  readonly kind: "training";
  readonly model: keyof typeof models;
  readonly batch: number;
}

/** One product of two square matrices. */
export interface SquareGemm {
  readonly kind: "product";
  readonly size: number;
}

/** Multiply-adds and nothing else: what the GPU could do if moving data cost nothing. */
export interface Peak {
  readonly kind: "peak";
  readonly form: PeakForm;
}

export type Workload = Training | SquareGemm | Peak;

const training = (model: Training["model"], batch: number): Training => ({ kind: "training", model, batch });
const product = (size: number): SquareGemm => ({ kind: "product", size });

export const workloads = {
  peak: { kind: "peak", form: "vectors" },
  "peak-scalars": { kind: "peak", form: "scalars" },
  "mlp-b32": training("mlp", 32),
  "mlp-b128": training("mlp", 128),
  "cnn-b32": training("cnn", 32),
  "cnn-b128": training("cnn", 128),
  "lstm-b128": training("lstm", 128),
  "gpt-b16": training("gpt", 16),
  "matmul-256": product(256),
  "matmul-512": product(512),
  "matmul-1024": product(1024),
  "matmul-2048": product(2048),
} as const satisfies Record<string, Workload>;

export type WorkloadId = keyof typeof workloads;

export const isWorkload = (id: string): id is WorkloadId => Object.hasOwn(workloads, id);

/** Every workload, in the order of the table. */
export const workloadIds = Object.keys(workloads).filter(isWorkload);

/** The largest batch: how many samples a run needs. */
export const sampleCount = 128;

/** Floating-point operations of the matrix products of a step, a multiply-add counting as two. A layer costs three
 *  products when training, forward and two gradients; the first, whose input has no gradient, two. NaN for the peak,
 *  whose size is the machine's. */
export function flopsPerStep(workload: Workload): number {
  if (workload.kind === "peak") return NaN;
  if (workload.kind === "product") return 2 * workload.size ** 3;
  const perSample = models[workload.model].map(
    ([rows, columns, depth], i) => 2 * rows * columns * depth * (i === 0 ? 2 : 3),
  );
  return workload.batch * perSample.reduce((total, flops) => total + flops, 0);
}

/** A `size` by `size` matrix of numbers from 0 to 1, the same for the same seed. Positive, so that results are far from
 *  zero and relative differences mean something. Source: Steele and Vigna's mulberry32. */
export function seededMatrix(size: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: size * size }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  });
}

/** A few elements of a product, spread over it: enough to tell a wrong layout. */
export function pickElements(elements: ArrayLike<number>): number[] {
  return Array.from({ length: 8 }, (_, i) => elements[Math.floor(((2 * i + 1) * elements.length) / 16) + 3 * i] ?? NaN);
}

/** Texts of one character more than {@link TEXT_LENGTH}, each of which follows from the one before it in no way, `[count, 65]` u8. */
export function seededTexts(count: number): Uint8Array<ArrayBuffer> {
  const length = TEXT_LENGTH + 1;
  const noise = seededMatrix(Math.ceil(Math.sqrt(count * length)), 3);
  return Uint8Array.from({ length: count * length }, (_, i) => Math.floor((noise[i] ?? 0) * VOCABULARY));
}
