/** The trainer's predictions, sample by sample. */
import type { Predictions } from "../../src/engine";

/** What the model says of one sample. */
export interface Verdict {
  readonly index: number;
  readonly input: Float32Array;
  readonly label: number;
  /** The class with the highest probability. */
  readonly predicted: number;
  /** One a class. */
  readonly probabilities: Float32Array;
  readonly isRight: boolean;
}

/** Takes predictions apart. */
export function readVerdicts({ inputs, labels, probabilities, classNames }: Predictions): Verdict[] {
  const size = labels.length === 0 ? 0 : inputs.length / labels.length;
  const classes = classNames.length;
  return labels.map((label, index) => {
    const own = probabilities.subarray(index * classes, (index + 1) * classes);
    const predicted = own.reduce((best, value, i) => (value > (own[best] ?? -1) ? i : best), 0);
    return {
      index,
      input: inputs.subarray(index * size, (index + 1) * size),
      label,
      predicted,
      probabilities: own,
      isRight: predicted === label,
    };
  });
}

/** Grey values from 0 to 1 as opaque RGBA pixels, white on black. */
export function toPixels(values: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  values.forEach((value, i) => {
    pixels.fill(value * 255, i * 4, i * 4 + 3);
    pixels[i * 4 + 3] = 255;
  });
  return pixels;
}
