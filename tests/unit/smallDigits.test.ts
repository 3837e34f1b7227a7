// Digits of 8 by 8 pixels: each is the mean of the three and a half by three and a half of MNIST's that it covers.
import { expect, it } from "vitest";
import { shrink, smallDigits } from "../../src/engine/data/smallDigits";
import { uniform } from "../../src/engine/random";

const SIZE = 28 * 28;
const image = Uint8Array.from({ length: 2 * SIZE }, (_, i) => Math.floor(256 * uniform(1, 0, 0, i)));
const label = Uint8Array.of(3, 8);

it("covers the whole image, in halves of pixels where it must", () => {
  const { count, columns } = shrink({ count: 2, columns: { image, label } });
  expect([count, columns["label"], columns["image"]?.length]).toEqual([2, label, 2 * 64]);
  for (const [at, small] of (columns["image"] ?? []).entries()) {
    const [n, y, x] = [Math.floor(at / 64), Math.floor(at / 8) % 8, at % 8];
    let sum = 0;
    // Seven halves of pixels along each side.
    for (let j = 7 * y; j < 7 * y + 7; j++) {
      for (let i = 7 * x; i < 7 * x + 7; i++) sum += image[n * SIZE + (j >> 1) * 28 + (i >> 1)] ?? NaN;
    }
    expect(Math.abs(small - sum / 49)).toBeLessThanOrEqual(0.5001);
  }
});

it("is MNIST in all else", () => {
  expect(smallDigits.columns["image"]?.shape).toEqual([8, 8, 1]);
  expect([smallDigits.trainCount, smallDigits.columns["label"]?.names?.length]).toEqual([60_000, 10]);
});
