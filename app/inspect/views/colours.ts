/** The one scale by which all layers' outputs are coloured: zero is black, what is positive goes through orange to cream, what is
 *  negative through blue to pale blue. It is fixed, so that a colour means the same number in every layer and at every step. */

/** The size of a number from which on a colour is at its brightest. */
export const BRIGHTEST = 4;

/** The numbers that the printed scale names. */
export const SCALE_TICKS = [-BRIGHTEST, -1, 0, 1, BRIGHTEST] as const;

/** The colours on the way up and on the way down: at three quarters of it, and at its end. */
const ways = {
  up: { middle: [255, 146, 43], end: [255, 240, 205] },
  down: { middle: [66, 135, 245], end: [205, 230, 255] },
} as const;

/** Where on the scale a number is, from -1 to 1: by the square root of its size, so that small ones can be told from zero. */
const placeOnScale = (value: number): number => Math.sign(value) * Math.sqrt(Math.min(1, Math.abs(value) / BRIGHTEST));

/** A number as red, green and blue, each from 0 to 255; grey where it is not finite. */
export function colourOf(value: number): readonly [number, number, number] {
  if (!Number.isFinite(value)) return [128, 128, 128];
  const place = placeOnScale(value);
  const { middle, end } = place < 0 ? ways.down : ways.up;
  const strength = Math.abs(place) / 0.75;
  const mix = (channel: 0 | 1 | 2): number => {
    const [from, to, share] =
      strength <= 1 ? [0, middle[channel], strength] : [middle[channel], end[channel], 3 * (strength - 1)];
    return Math.round(from + share * (to - from));
  };
  return [mix(0), mix(1), mix(2)];
}

/** How much light a channel gives, from 0 to 1. Source: WCAG 2.2, relative luminance. */
function lightOf(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

/** Black or white, whichever can be read better on a colour: a contrast of 4.58 at least, since both have that at a
 *  luminance of 0.179. */
export const inkOn = ([red, green, blue]: readonly [number, number, number]): "#000" | "#fff" =>
  0.2126 * lightOf(red) + 0.7152 * lightOf(green) + 0.0722 * lightOf(blue) > 0.179 ? "#000" : "#fff";

/** How finely colours are told apart that are drawn many at a time. */
const STEPS = 1020;
let table: Uint8ClampedArray | undefined;

/** The colours of all places on the scale, four bytes each. */
function tabled(): Uint8ClampedArray {
  table ??= Uint8ClampedArray.from(
    Array.from({ length: 2 * STEPS + 1 }, (_, i) => {
      const place = (i - STEPS) / STEPS;
      return [...colourOf(BRIGHTEST * place * Math.abs(place)), 255];
    }).flat(),
  );
  return table;
}

/** Colours one pixel of many. */
export function colourPixel(pixels: Uint8ClampedArray, pixel: number, value: number): void {
  const colours = tabled();
  const at = Number.isFinite(value) ? 4 * Math.round((placeOnScale(value) + 1) * STEPS) : -1;
  for (let k = 0; k < 4; k++) pixels[4 * pixel + k] = at < 0 ? (k < 3 ? 128 : 255) : (colours[at + k] ?? 0);
}

/** Numbers as opaque pixels. */
export function coloured(data: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * data.length);
  for (const [i, value] of data.entries()) colourPixel(pixels, i, value);
  return pixels;
}
