/** One number of a layer, taken apart for the eye: its products, the window that they lie in, and where it is itself. Pure. */
import type { Arithmetic } from "../../../../src/engine";

export interface Term {
  /** Which of the inputs it is. */
  readonly place: number;
  readonly value: number;
  readonly weight: number;
  readonly product: number;
}

export const termsOf = ({ places, values, weights }: Arithmetic): Term[] =>
  Array.from(places, (place, i) => {
    const [value, weight] = [values[i] ?? NaN, weights[i] ?? NaN];
    return { place, value, weight, product: value * weight };
  });

/** One channel of a window; places outside of the image, or that do not count, are 0. */
interface Channel {
  readonly channel: number;
  readonly patch: readonly number[];
  readonly kernel: readonly number[];
  readonly products: readonly number[];
}

interface Window {
  /** How many of the places lie beside each other. */
  readonly across: number;
  readonly channels: number;
  readonly all: readonly Channel[];
}

/** A larger window is no picture of numbers any more. */
export const MAX_SIDE = 7;

/** The inputs that count as a window of an image; null where they lie too far apart, or in no image. */
export function windowOf(answer: Arithmetic): Window | null {
  const [height, width, channels, ...others] = answer.inputShape;
  if (height === undefined || width === undefined || channels === undefined || others.length > 0) return null;
  const terms = termsOf(answer);
  const at = ({ place }: Term) => ({
    y: Math.floor(place / (width * channels)),
    x: Math.floor(place / channels) % width,
    channel: place % channels,
  });
  const [ys, xs] = [terms.map((term) => at(term).y), terms.map((term) => at(term).x)];
  const [top, left] = [Math.min(...ys), Math.min(...xs)];
  const [down, across] = [Math.max(...ys) - top + 1, Math.max(...xs) - left + 1];
  if (terms.length === 0 || down > MAX_SIDE || across > MAX_SIDE) return null;
  const found = new Map<number, { patch: number[]; kernel: number[]; products: number[] }>();
  const zeros = (): number[] => Array.from({ length: down * across }, () => 0);
  for (const term of terms) {
    const { y, x, channel } = at(term);
    const own = found.get(channel) ?? { patch: zeros(), kernel: zeros(), products: zeros() };
    const i = (y - top) * across + x - left;
    own.patch[i] = term.value;
    own.kernel[i] = term.weight;
    own.products[i] = term.product;
    found.set(channel, own);
  }
  return { across, channels: found.size, all: [...found].map(([channel, own]) => ({ channel, ...own })) };
}

/** The channels that add most, up to so many, in their order. */
export function strongest({ all }: Window, most: number): Channel[] {
  const size = ({ products }: Channel): number => products.reduce((sum, product) => sum + Math.abs(product), 0);
  const first = all.toSorted((a, b) => size(b) - size(a)).slice(0, most);
  return first.toSorted((a, b) => a.channel - b.channel);
}

interface Axis {
  readonly name: "map" | "row" | "column" | "step" | "number";
  readonly at: number;
  readonly count: number;
  /** How many numbers further the next one is. */
  readonly stride: number;
}

const NAMES: Readonly<Record<number, readonly Axis["name"][]>> = {
  1: ["number"],
  2: ["step", "number"],
  3: ["row", "column", "map"],
};

/** Where a number is in an output. */
export function axesOf(shape: readonly number[], unit: number): Axis[] {
  const names = NAMES[shape.length];
  if (!names) return [{ name: "number", at: unit, count: shape.reduce((a, b) => a * b, 1), stride: 1 }];
  let stride = 1;
  const axes: Axis[] = [];
  for (let i = shape.length - 1; i >= 0; i--) {
    const count = shape[i] ?? 1;
    axes.unshift({ name: names[i] ?? "number", at: Math.floor(unit / stride) % count, count, stride });
    stride *= count;
  }
  return axes;
}

/** The number of the next place of the same map, row by row; from the last on to the first. */
export function nextUnit(shape: readonly number[], unit: number): number {
  const size = shape.reduce((a, b) => a * b, 1);
  return (unit + (shape.at(-1) ?? 1)) % size;
}
