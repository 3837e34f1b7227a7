// Clips as single pictures, by hand.
import { expect, it } from "vitest";
import { stillOf } from "../../app/inspect/views/trail";

it("draws a clip's way: later frames are brighter, and none hides a brighter one", () => {
  // A point goes from left to right in four frames of one row; the last place shines all the time.
  const values = Float32Array.of(1, 0, 0, 0.2, 0, 1, 0, 0.2, 0, 0, 1, 0.2, 0, 0, 0, 1);
  const still = stillOf({ kind: "series", shape: [4, 1, 4, 1] }, values);
  expect(still?.shape).toEqual([1, 4, 1]);
  expect([...(still?.values ?? [])]).toEqual([0.25, 0.5, 0.75, 1]);
});

it("leaves images as they are, and draws no picture of a series of numbers", () => {
  const values = Float32Array.of(0, 1);
  expect(stillOf({ kind: "image", shape: [1, 2, 1] }, values)?.values).toBe(values);
  expect(stillOf({ kind: "series", shape: [2, 1] }, values)).toBeUndefined();
});
