// The scale of layers' outputs: the same for all of them.
import { expect, it } from "vitest";
import { coloured, colourOf, SCALE_TICKS } from "../../app/inspect/views/colours";

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
