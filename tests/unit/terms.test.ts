// One number of a layer, taken apart for the eye.
import { describe, expect, it } from "vitest";
import { axesOf, nextUnit, strongest, termsOf, windowOf } from "../../app/inspect/views/layers/terms";
import type { Arithmetic } from "../../src/engine";

const told: Arithmetic = {
  among: null,
  parts: [],
  network: "model",
  block: "conv",
  unit: 0,
  shape: [3, 4, 2],
  // Two rows, three columns, two channels, from the second row and column on.
  inputShape: [4, 5, 2],
  places: Uint32Array.of(12, 13, 14, 16, 24, 27),
  values: Float64Array.of(1, 2, 3, 4, 5, 6),
  weights: Float64Array.of(1, -2, 0.5, 1, 2, 3),
  isSum: true,
  constant: 0,
  before: 0,
  row: Float64Array.of(0),
  activation: undefined,
  output: 0,
};

describe("a number of a layer", () => {
  it("has the window that its inputs lie in, channel by channel", () => {
    expect(termsOf(told).map(({ product }) => product)).toEqual([1, -4, 1.5, 4, 10, 18]);
    const window = windowOf(told);
    expect([window?.across, window?.channels]).toEqual([3, 2]);
    expect(window?.all).toEqual([
      { channel: 0, patch: [1, 3, 4, 0, 5, 0], kernel: [1, 0.5, 1, 0, 2, 0], products: [1, 1.5, 4, 0, 10, 0] },
      { channel: 1, patch: [2, 0, 0, 0, 0, 6], kernel: [-2, 0, 0, 0, 0, 3], products: [-4, 0, 0, 0, 0, 18] },
    ]);
    expect(window && strongest(window, 1).map(({ channel }) => channel)).toEqual([1]);
    expect(windowOf({ ...told, inputShape: [40] })).toBeNull();
  });

  it("has a place along each axis, and another after it in the same map", () => {
    expect(axesOf([3, 4, 2], 13).map(({ name, at, stride }) => [name, at, stride])).toEqual([
      ["row", 1, 8],
      ["column", 2, 2],
      ["map", 1, 1],
    ]);
    expect([nextUnit([3, 4, 2], 13), nextUnit([3, 4, 2], 23)]).toEqual([15, 1]);
  });
});
