/** A landscape of losses as colours and contour lines, by the logarithm of the loss. Pure. */
import type { Landscape } from "../../../../src/engine";

/** From low to high, told apart by the colour-blind too, and ever brighter. Source: Smith and van der Walt 2015, viridis. */
const COLOURS: readonly (readonly [number, number, number])[] = [
  [68, 1, 84],
  [65, 68, 135],
  [42, 120, 142],
  [34, 168, 132],
  [122, 209, 81],
  [253, 231, 37],
];

/** What is higher than so many times the lowest is as bright as it gets. */
const MAX_RATIO = 1e4;
const SMALLEST = 1e-12;

/** Of what losses colours tell. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Round losses between both, at which contour lines are drawn. */
  readonly levels: readonly number[];
}

/** From the lowest to the highest, at least a tenth above it. */
export function scaleOf({ losses }: Pick<Landscape, "losses">): Scale {
  const known = losses.filter(Number.isFinite);
  const low = Math.max(
    SMALLEST,
    known.reduce((a, b) => Math.min(a, b), Infinity),
  );
  const highest = known.reduce((a, b) => Math.max(a, b), 0);
  const high = Math.min(Math.max(highest, 1.1 * low), MAX_RATIO * low);
  return { low, high, levels: levelsBetween(low, high) };
}

/** Up to eight: of 1, 2 and 5 times powers of ten where there are enough, else evenly apart. */
function levelsBetween(low: number, high: number): number[] {
  const round: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const digit of [1, 2, 5]) {
      const level = Number(`${digit}e${power}`);
      if (level > low && level < high) round.push(level);
    }
  }
  if (round.length > 8) return round.filter((_, i) => i % 2 === 0).slice(0, 8);
  if (round.length > 2) return round;
  return Array.from({ length: 5 }, (_, i) => Number((low + ((high - low) * (i + 1)) / 6).toPrecision(3)));
}

/** Where on the scale a loss is, from 0 to 1. */
export function placeOf(loss: number, { low, high }: Scale): number {
  const place = Math.log(Math.max(loss, SMALLEST) / low) / Math.log(high / low);
  return Math.min(1, Math.max(0, place));
}

/** Grey where it is not finite. */
export function colourAt(loss: number, scale: Scale): readonly [number, number, number] {
  if (!Number.isFinite(loss)) return [128, 128, 128];
  const at = placeOf(loss, scale) * (COLOURS.length - 1);
  const below = Math.min(COLOURS.length - 2, Math.floor(at));
  const [from, to] = [COLOURS[below], COLOURS[below + 1]];
  const mix = (k: 0 | 1 | 2): number =>
    Math.round((from?.[k] ?? 0) + (at - below) * ((to?.[k] ?? 0) - (from?.[k] ?? 0)));
  return [mix(0), mix(1), mix(2)];
}

/** The loss between points, by those around it. @param x and `y` from 0 to `side - 1`, from the left and from below */
export function lossBetween({ losses, side }: Pick<Landscape, "losses" | "side">, x: number, y: number): number {
  const [left, low] = [Math.min(side - 2, Math.floor(x)), Math.min(side - 2, Math.floor(y))];
  const [u, v] = [x - left, y - low];
  const at = (row: number, column: number): number => losses[(low + row) * side + left + column] ?? NaN;
  return (1 - v) * ((1 - u) * at(0, 0) + u * at(0, 1)) + v * ((1 - u) * at(1, 0) + u * at(1, 1));
}

/** Opaque pixels of a square, the highest row first. */
export function paintRelief(landscape: Landscape, scale: Scale, pixelsAcross: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * pixelsAcross * pixelsAcross);
  const step = (landscape.side - 1) / (pixelsAcross - 1);
  for (let row = 0; row < pixelsAcross; row++) {
    for (let column = 0; column < pixelsAcross; column++) {
      const loss = lossBetween(landscape, column * step, (pixelsAcross - 1 - row) * step);
      const at = 4 * (row * pixelsAcross + column);
      const [red, green, blue] = colourAt(loss, scale);
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

type Point = readonly [x: number, y: number];

/** Pieces of the line on which the loss is as high as a level, in points from 0 to `side - 1`.
 *  Source: marching squares; Lorensen and Cline 1987 for cubes. */
export function contourOf({ losses, side }: Pick<Landscape, "losses" | "side">, level: number): [Point, Point][] {
  const pieces: [Point, Point][] = [];
  const goal = Math.log(level);
  const heightAt = (x: number, y: number): number => Math.log(Math.max(losses[y * side + x] ?? NaN, SMALLEST)) - goal;
  for (let y = 0; y + 1 < side; y++) {
    for (let x = 0; x + 1 < side; x++) {
      const corners: readonly Point[] = [
        [x, y],
        [x + 1, y],
        [x + 1, y + 1],
        [x, y + 1],
      ];
      const crossings: Point[] = [];
      for (const [k, [ax, ay]] of corners.entries()) {
        const [bx, by] = corners[(k + 1) % 4] ?? [ax, ay];
        const [a, b] = [heightAt(ax, ay), heightAt(bx, by)];
        if (!Number.isFinite(a) || !Number.isFinite(b) || a < 0 === b < 0) continue;
        const share = a / (a - b);
        crossings.push([ax + share * (bx - ax), ay + share * (by - ay)]);
      }
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        const [from, to] = [crossings[k], crossings[k + 1]];
        if (from && to) pieces.push([from, to]);
      }
    }
  }
  return pieces;
}

/** Round numbers along an axis, about as many as asked for. */
export function ticksOf([low, high]: readonly [number, number], about = 5): number[] {
  const raw = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((digit) => digit * power >= raw) ?? 10);
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) ticks.push(Number((k * step).toPrecision(6)));
  return ticks;
}
