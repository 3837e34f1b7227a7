// What the other libraries share, because Descent has it built in.
import { pixelCount } from "../../bench/entrant";
import type { Digits } from "../../bench/protocol";
import { seededTexts, TEXT_LENGTH } from "../../bench/workloads";

/** Adam's, in every library. */
export const beta1 = 0.9;
export const beta2 = 0.999;
export const epsilon = 1e-7;
export const classCount = 10;

/** Pixels of the first samples, from 0 to 1. @returns `[batch, 784]` */
export function scaledPixels({ pixels }: Digits, batch: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(pixels.subarray(0, batch * pixelCount), (pixel) => pixel / 255);
}

/** What texts give to read and to tell: all characters but the last, and but the first. Both `[batch, 64]` */
export function textsOf(batch: number): { readonly read: Uint8Array; readonly told: Uint8Array } {
  const texts = seededTexts(batch);
  const from = (first: number) =>
    Uint8Array.from({ length: batch * TEXT_LENGTH }, (_, i) => {
      return texts[Math.floor(i / TEXT_LENGTH) * (TEXT_LENGTH + 1) + (i % TEXT_LENGTH) + first] ?? 0;
    });
  return { read: from(0), told: from(1) };
}

/** Makes the machine look as if it had so many logical CPUs, to libraries that start threads by that alone. */
export function pretendCpus(count: number): void {
  Object.defineProperty(navigator, "hardwareConcurrency", { value: count });
}

export const showThreads = (count: number) => `${count} ${count === 1 ? "thread" : "threads"}`;
