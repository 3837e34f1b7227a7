/** The trainer's predictions, sample by sample. */
import type { Predictions } from "../../src/engine";
import { formatPercent, formatScore } from "../format";

/** What the model says of one sample. */
export interface Verdict {
  readonly index: number;
  readonly input: Float32Array;
  readonly label: number;
  /** The class with the largest output. */
  readonly predicted: number;
  /** One a class. */
  readonly outputs: Float32Array;
  readonly isRight: boolean;
}

/** Takes predictions apart. */
export function readVerdicts({ inputs, labels, outputs, classNames }: Predictions): Verdict[] {
  const size = labels.length === 0 ? 0 : inputs.length / labels.length;
  const classes = classNames.length;
  return labels.map((label, index) => {
    const own = outputs.subarray(index * classes, (index + 1) * classes);
    const predicted = own.reduce((best, value, i) => (value > (own[best] ?? -Infinity) ? i : best), 0);
    return {
      index,
      input: inputs.subarray(index * size, (index + 1) * size),
      label,
      predicted,
      outputs: own,
      isRight: predicted === label,
    };
  });
}

/** How much of its bar an output fills, from 0 to 1: as much as it says, unless one of them says more than 1. */
export const fillOf = (outputs: Float32Array, i: number): number =>
  Math.max(0, outputs[i] ?? 0) / Math.max(1, ...outputs);

/** What the model says of a sample, in a sentence. `sure` is for probabilities only: a score is no share of anything. */
export function describeVerdict(
  { label, predicted, outputs, isRight }: Verdict,
  { areProbabilities, classNames }: Pick<Predictions, "areProbabilities" | "classNames">,
): string {
  const output = outputs[predicted] ?? 0;
  const [is, says] = [classNames[label] ?? "", classNames[predicted] ?? ""];
  if (areProbabilities) {
    const sure = formatPercent(output, 1);
    return isRight ? `A ${is}, and the model is ${sure} sure of it` : `A ${is}; the model says ${says}, ${sure} sure`;
  }
  const score = formatScore(output);
  return isRight
    ? `A ${is}, and the model scores it highest: ${score}`
    : `A ${is}; the model says ${says}, score ${score}`;
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
