// The seam between the measuring and the libraries. Holds what they share, and no library.
import type { Digits, Weight } from "./protocol";
import type { Training } from "./workloads";

/** A library made ready for one workload. */
export interface Entrant {
  /** What it runs on, in words. */
  readonly adapter: string;
  /** Does this many steps, and is done with them when it resolves. */
  run(steps: number): Promise<void>;
  /** What the last step gave: its loss, or a few elements of the product. Not timed. */
  outcome(): Promise<readonly number[]>;
  /** The weights before the first step; asked of this project's engine only. */
  readonly weights?: readonly Weight[];
  readonly dispatchesPerStep?: number;
}

/** Thrown where a library says that it cannot do something. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";
}

/** The rate of Adam, in every library. */
export const learningRate = 0.001;
export const beta1 = 0.9;
export const beta2 = 0.999;
export const epsilon = 1e-7;
export const classCount = 10;
export const pixelCount = 28 * 28;

/** Pixels of the first samples, from 0 to 1. @returns `[batch, 784]` */
export function scaledPixels({ pixels }: Digits, { batch }: Training): Float32Array<ArrayBuffer> {
  return Float32Array.from(pixels.subarray(0, batch * pixelCount), (pixel) => pixel / 255);
}

/** The loss as a list, for `Entrant.outcome`. */
export const lossOf = (value: number | undefined): readonly number[] => [value ?? NaN];

/** Makes the machine look as if it had so many logical CPUs, to libraries that start threads by that alone. */
export function pretendCpus(count: number): void {
  Object.defineProperty(navigator, "hardwareConcurrency", { value: count });
}

export const showThreads = (count: number) => `${count} ${count === 1 ? "thread" : "threads"}`;
