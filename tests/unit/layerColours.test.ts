// The scale of layers' outputs: the same for all of them.
import { expect, it } from "vitest";
import { coloured, colourOf, inkOn, SCALE_TICKS } from "../../app/inspect/views/colours";

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

it("draws one of several maps whose numbers alternate", () => {
  expect([...coloured(Float32Array.of(0, 4, 0, 1), 1, 2)]).toEqual([255, 240, 205, 255, 170, 97, 29, 255]);
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
