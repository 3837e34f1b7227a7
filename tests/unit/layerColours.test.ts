// The scale of layers' outputs: the same for all of them.
import { expect, it } from "vitest";
import { colourOf, inkOn, SCALE_TICKS } from "../../app/inspect/views/colours";
import { numberAt, paintMaps } from "../../app/inspect/views/layers/maps";

it("is black at zero, orange above, blue below, pale at its ends and beyond, and grey where nothing is known", () => {
  // A quarter of the brightest is half of the way by the square root: two thirds of the colour.
  expect(colourOf(1)).toEqual([170, 97, 29]);
  expect(colourOf(-1)).toEqual([44, 90, 163]);
  expect([0, 4, -4, 1e6, NaN].map(colourOf)).toEqual([
    [0, 0, 0],
    [255, 240, 205],
    [205, 230, 255],
    [255, 240, 205],
    [128, 128, 128],
  ]);
  expect(SCALE_TICKS).toEqual([-4, -1, 0, 1, 4]);
});

it("draws the maps of a layer, whose numbers alternate, beside each other, and knows again which number is where", () => {
  // Three maps of 3 by 2, two in a row; number n of the output is of map n % 3.
  const maps = { height: 3, width: 2, maps: 3, shown: 3, across: 2 };
  const data = Float32Array.from({ length: 18 }, (_, n) => (n === 7 ? 4 : 0));
  const { width, height, pixels } = paintMaps(maps, data, 1);
  // 26 pixels a map, and 2 between them.
  expect([width, height]).toEqual([54, 80]);
  const bright = [...Array(width * height).keys()].filter((pixel) => pixels[4 * pixel] === 255);
  // Its place is row 1, column 0 of map 1.
  expect([bright.length, bright[0]]).toEqual([13 * 13, 13 * width + 28]);
  expect(pixels[4 * (13 * width + 27) + 3], "between two maps nothing is drawn").toBe(0);
  const told = (x: number, y: number): number => numberAt(maps, (x + 0.5) / width, (y + 0.5) / height);
  expect(bright.map((pixel) => told(pixel % width, Math.floor(pixel / width)))).toEqual(bright.map(() => 7));
  expect([told(0, 0), told(27, 0), told(53, 38), told(0, 41), told(25, 79)]).toEqual([0, 3, 16, 2, 17]);
  expect(told(40, 60), "where there is no map any more").toBe(-1);
});

it("can be read wherever a number stands on its colour", () => {
  const light = (colour: readonly number[]): number =>
    colour
      .map((channel) => channel / 255)
      .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4))
      .reduce((sum, share, i) => sum + share * [0.2126, 0.7152, 0.0722][i]!, 0);
  const poor = Array.from({ length: 1001 }, (_, i) => i / 100 - 5).filter((value) => {
    const [low, high] = [light(colourOf(value)), inkOn(colourOf(value)) === "#000" ? 0 : 1].toSorted((a, b) => a - b);
    return (high! + 0.05) / (low! + 0.05) < 4.5;
  });
  expect(poor).toEqual([]);
});
