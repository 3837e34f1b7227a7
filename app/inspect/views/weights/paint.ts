/** Weights as pixels, and in a few numbers: pure. */
import type { Weights } from "../../../../src/engine";
import { colourPixel } from "../colours";

/** How much stronger than layers' outputs weights are coloured: they are that much smaller. */
export const STRENGTH = 8;
/** Channels of a unit, and rows of a matrix, that are drawn. */
export const MOST = { channels: 64, rows: 512 };

export interface Painted {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** The numbers of one unit, `[channels, height, width]`. @param unit counted from the first that is told of */
export function unitOf({ values, channels, height, width }: Weights, unit: number): Float32Array {
  const size = channels * height * width;
  return values.subarray(unit * size, (unit + 1) * size);
}

export const countOf = ({ values, channels, height, width }: Weights): number =>
  values.length / (channels * height * width);

/** How a unit's channels lie beside each other, in rows of so many, and how many pixels are between them. */
export function sheetOf({ channels, width }: Weights): {
  readonly across: number;
  readonly shown: number;
  readonly gap: number;
} {
  const shown = Math.min(channels, MOST.channels);
  return { across: Math.ceil(Math.sqrt(shown)), shown, gap: width > 8 ? 2 : 1 };
}

/** All channels of a unit as one picture; what is between them is transparent. */
export function paintUnit(weights: Weights, unit: number): Painted {
  const { height, width } = weights;
  const { across, shown, gap } = sheetOf(weights);
  const values = unitOf(weights, unit);
  const size = {
    width: across * (width + gap) - gap,
    height: Math.ceil(shown / across) * (height + gap) - gap,
  };
  const pixels = new Uint8ClampedArray(4 * size.width * size.height);
  for (let channel = 0; channel < shown; channel++) {
    const [left, top] = [(channel % across) * (width + gap), Math.floor(channel / across) * (height + gap)];
    for (let i = 0; i < height * width; i++) {
      const at = (top + Math.floor(i / width)) * size.width + left + (i % width);
      colourPixel(pixels, at, STRENGTH * (values[channel * height * width + i] ?? NaN));
    }
  }
  return { ...size, pixels };
}

/** Units beside each other, each a column. */
export function paintMatrix(weights: Weights): Painted {
  const width = countOf(weights);
  const height = Math.min(weights.height, MOST.rows);
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      colourPixel(pixels, y * width + x, STRENGTH * (weights.values[x * weights.height + y] ?? NaN));
    }
  }
  return { width, height, pixels };
}

/** One channel of a unit. */
export function paintChannel({ height, width }: Weights, values: Float32Array): Painted {
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) colourPixel(pixels, i, STRENGTH * (values[i] ?? NaN));
  return { width, height, pixels };
}

/** Some numbers in a few. */
export interface Summary {
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** The Euclidean length. */
  readonly length: number;
}

export function summed(values: Float32Array): Summary {
  let [low, high, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
    squares += value * value;
  }
  return { low, high, mean: sum / Math.max(1, values.length), length: Math.sqrt(squares) };
}

/** The places of the largest sizes, the largest first. */
export const strongestOf = (values: Float32Array, most: number): number[] =>
  [...values.keys()].toSorted((a, b) => Math.abs(values[b] ?? 0) - Math.abs(values[a] ?? 0)).slice(0, most);
