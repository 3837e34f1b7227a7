/** The trainer's predictions, sample by sample. */
import type { ColumnInfo, Predictions } from "../../../src/engine";
import { sizeOf } from "../../../src/engine";
import { formatScore, formatSureness } from "../../common/format";
import { t } from "../../common/words";

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

/** A classifier's answers: what was shown it, and what it made of that. */
export interface Classified {
  readonly verdicts: readonly Verdict[];
  readonly classNames: readonly string[];
  /** Whether a softmax or a sigmoid made them. Otherwise they are scores: any numbers, the largest for the likeliest. */
  readonly areProbabilities: boolean;
  /** The column that was read. */
  readonly input: ColumnInfo;
}

/** Takes predictions apart that say to which class samples belong; null where they say something else. */
export function readClassified({ count, columns, shown }: Predictions): Classified | null {
  const output = Object.values(shown).find(({ kind }) => kind === "class");
  const labels = Object.values(columns).find(({ info }) => info.kind === "class");
  const read = Object.values(columns).find(({ info }) => info.kind !== "class");
  const classNames = labels?.info.names;
  if (!output || !labels || !read || !classNames) return null;
  const outputs = classOutputs(output.data, count, classNames.length);
  const size = sizeOf(read.info.shape);
  const classes = classNames.length;
  const verdicts = Array.from({ length: count }, (_, index): Verdict => {
    const own = outputs.subarray(index * classes, (index + 1) * classes);
    const predicted = own.reduce((best, value, i) => (value > (own[best] ?? -Infinity) ? i : best), 0);
    const label = labels.values[index] ?? 0;
    const input = Float32Array.from(read.values.subarray(index * size, (index + 1) * size));
    return { index, input, label, predicted, outputs: own, isRight: predicted === label };
  });
  return { verdicts, classNames, areProbabilities: output.areProbabilities ?? false, input: read.info };
}

/** What a model says of samples as a number for each class, `[count, classes]`, where a single unit may speak for two. */
export const classOutputs = (data: Float32Array, count: number, classes: number): Float32Array =>
  data.length === count && classes === 2 ? bothClasses(data) : data;

/** A single unit's p as the pair `1 - p, p`. */
const bothClasses = (given: Float32Array): Float32Array =>
  Float32Array.from({ length: 2 * given.length }, (_, i) => {
    const p = given[i >> 1] ?? 0;
    return i % 2 === 0 ? 1 - p : p;
  });

/** How much of its bar an output fills, from 0 to 1: as much as it says, unless one of them says more than 1. */
export const fillOf = (outputs: Float32Array, i: number): number =>
  Math.max(0, outputs[i] ?? 0) / Math.max(1, ...outputs);

/** What the model says of a sample, in a sentence. `sure` is for probabilities only: a score is no share of anything. */
export function describeVerdict(
  { label, predicted, outputs, isRight }: Verdict,
  { areProbabilities, classNames }: Pick<Classified, "areProbabilities" | "classNames">,
): string {
  const output = outputs[predicted] ?? 0;
  const about = { label: classNames[label] ?? "", says: classNames[predicted] ?? "" };
  if (areProbabilities) {
    const sure = formatSureness(output);
    return t(isRight ? "results.rightlySure" : "results.wronglySure", { ...about, sure });
  }
  const score = formatScore(output);
  return t(isRight ? "results.rightlyScored" : "results.wronglyScored", { ...about, score });
}

/** Values from 0 to 1 as opaque RGBA pixels: of three channels or more the first are red, green and blue; of fewer the first is
 *  shown, as grey, white on black. */
export function toPixels(values: Float32Array, channels = 1): Uint8ClampedArray<ArrayBuffer> {
  const count = Math.floor(values.length / channels);
  const pixels = new Uint8ClampedArray(count * 4);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) pixels[i * 4 + c] = (values[i * channels + (channels >= 3 ? c : 0)] ?? 0) * 255;
    pixels[i * 4 + 3] = 255;
  }
  return pixels;
}

/** Points from two lists of numbers. */
export const pairsOf = (x: ArrayLike<number>, y: ArrayLike<number>): (readonly [number, number])[] =>
  Array.from({ length: Math.min(x.length, y.length) }, (_, i) => [x[i] ?? NaN, y[i] ?? NaN] as const);
