// The interface between the measuring and what is measured. Knows no library.
import type { Digits, Weight } from "./protocol";

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
  /** The arithmetic of a step, where the workload alone does not say. */
  readonly flopsPerStep?: number;
}

/** Thrown where something cannot be done here, and says so itself. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";
}

/** The rate of Adam. */
export const learningRate = 0.001;
export const pixelCount = 28 * 28;

/** The loss as a list, for `Entrant.outcome`. */
export const lossOf = (value: number | undefined): readonly number[] => [value ?? NaN];

/** Noise in place of digits, the same every time: how fast a step is does not depend on what is learnt. */
export function noiseDigits(count: number): Digits {
  const noise = (length: number, below: number, step: number) =>
    Uint8Array.from({ length }, (_, i) => (Math.imul(i + 1, step) >>> 16) % below);
  return { pixels: noise(count * pixelCount, 256, 0x9e3779b1), labels: noise(count, 10, 0x85ebca6b) };
}
