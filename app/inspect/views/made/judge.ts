/** The judge of made digits: a small convnet, trained on MNIST once and shipped with the page as it is, so that every model is judged by
 *  the same. 98.3% of the test digits, trained by
 *  `npm run train -- --model app/inspect/views/made/judge.json --save app/inspect/views/made/judge.safetensors`. Pure. */
import { readSafetensors } from "../../../../src/engine";

/** Of the images that it judges, and of its own two maps, each by half. */
const SIZE = 28;
export const CLASSES = 10;

/** How probably an image of a digit is each of the ten. @param image `[28, 28, 1]`, from 0 to 1 */
export type Judge = (image: Float32Array) => Float32Array;

/** @param file as `npm run train` saves it  @throws Error where it has other weights than the judge's */
export function readJudge(file: Uint8Array): Judge {
  const { tensors } = readSafetensors(file);
  const weightsOf = (name: string): Float32Array => {
    const found = tensors[name]?.data;
    if (!found) throw new Error(`Judge: expected weights "${name}", got ${Object.keys(tensors).join(", ")}.`);
    return found;
  };
  const layer = (name: string) => ({ kernel: weightsOf(`${name}/kernel`), bias: weightsOf(`${name}/bias`) });
  const [first, second, last] = [layer("conv2d"), layer("conv2d_1"), layer("dense")];
  return (image) => {
    const strokes = halve(image, SIZE, first);
    const shapes = halve(strokes, SIZE / 2, second);
    return softmax(project(shapes, last));
  };
}

interface Weights {
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** `relu(conv(x))` with 3x3 kernels and strides of 2, padded below and to the right: from `[size, size, C]` to half of it. */
function halve(x: Float32Array, size: number, { kernel, bias }: Weights): Float32Array {
  const [half, filters] = [size / 2, bias.length];
  const channels = x.length / (size * size);
  const y = new Float32Array(half * half * filters);
  for (let row = 0; row < half; row++) {
    for (let column = 0; column < half; column++) {
      const at = (row * half + column) * filters;
      y.set(bias, at);
      for (let i = 0; i < 3 && 2 * row + i < size; i++) {
        for (let j = 0; j < 3 && 2 * column + j < size; j++) {
          const from = ((2 * row + i) * size + 2 * column + j) * channels;
          for (let c = 0; c < channels; c++) {
            const value = x[from + c] ?? 0;
            if (value === 0) continue;
            const weights = ((i * 3 + j) * channels + c) * filters;
            for (let f = 0; f < filters; f++) y[at + f]! += value * kernel[weights + f]!;
          }
        }
      }
      for (let f = 0; f < filters; f++) y[at + f] = Math.max(0, y[at + f] ?? 0);
    }
  }
  return y;
}

function project(x: Float32Array, { kernel, bias }: Weights): Float32Array {
  const y = bias.slice();
  x.forEach((value, i) => {
    for (let k = 0; k < CLASSES; k++) y[k]! += value * kernel[i * CLASSES + k]!;
  });
  return y;
}

function softmax(logits: Float32Array): Float32Array {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** What a judge makes of many images. */
export interface Verdicts {
  readonly count: number;
  /** How many are taken for each class. */
  readonly byClass: readonly number[];
  /** How sure it is of the class that it takes each for, on average. */
  readonly confidence: number;
}

/** A class counts as hit from this share of all samples. */
export const MIN_SHARE = 0.03;

/** Adds up what is judged so far. @param answers one for each image */
export function sumUp(answers: readonly Float32Array[]): Verdicts {
  const byClass = Array<number>(CLASSES).fill(0);
  let sure = 0;
  for (const answer of answers) {
    const most = Math.max(...answer);
    const label = answer.indexOf(most);
    byClass[label] = (byClass[label] ?? 0) + 1;
    sure += most;
  }
  return { count: answers.length, byClass, confidence: sure / Math.max(1, answers.length) };
}

/** How many classes are hit. */
export const classesHit = ({ byClass, count }: Verdicts): number =>
  byClass.filter((hits) => hits >= MIN_SHARE * Math.max(1, count)).length;
