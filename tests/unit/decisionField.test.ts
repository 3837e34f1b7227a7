// The decision field's arithmetic: where it asks, what it paints, how far it reaches.
import { describe, expect, it } from "vitest";
import { finer, FINER, paintField, placesOf, reachOf } from "../../app/inspect/views/field/paint";

describe("a decision field", () => {
  it("asks for the middles of its squares, row by row from the top", () => {
    expect([...placesOf(2, 2)]).toEqual([-1, 1, 1, 1, -1, -1, 1, -1]);
  });

  it("takes the colour of the likeliest class, the more of it the surer", () => {
    const outputs = Float32Array.of(1, 0, 0.5, 0.5, 0.25, 0.75, -3, 4);
    const pixels = paintField(outputs, 2);
    const alphas = [3, 7, 11, 15].map((at) => pixels[at]);
    expect(alphas).toEqual([204, 0, 102, 204]);
    expect([...pixels.subarray(0, 3)]).not.toEqual([...pixels.subarray(8, 11)]);
    expect([...pixels.subarray(8, 11)]).toEqual([...pixels.subarray(12, 15)]);
    // Of four classes a quarter says nothing.
    expect(paintField(Float32Array.of(0.25, 0.25, 0.25, 0.25), 4)[3]).toBe(0);
  });

  it("is painted more finely than it is asked about: a slope stays one, and a border is a line half way", () => {
    const resolution = 4;
    const side = FINER * resolution;
    // The first output rises from left to right, the second is 1 in the lower half.
    const outputs = Float32Array.from({ length: 2 * resolution ** 2 }, (_, i) =>
      i % 2 === 0 ? (i / 2) % resolution : Number(i >= resolution ** 2),
    );
    const fine = finer(outputs, 2, resolution);
    expect(fine).toHaveLength(2 * side ** 2);
    const across = Array.from({ length: side }, (_, column) => fine[2 * (5 * side + column)] ?? NaN);
    const wanted = across.map((_, column) => Math.min(3, Math.max(0, (column - 1) / FINER)));
    across.forEach((value, column) => expect(value).toBeCloseTo(wanted[column] ?? NaN, 6));
    const down = Array.from({ length: side }, (_, row) => fine[2 * (row * side + 7) + 1] ?? NaN);
    expect(down.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(down[5]).toBeCloseTo(1 / 3, 6);
    expect(down[6]).toBeCloseTo(2 / 3, 6);
    expect(down.slice(7)).toEqual([1, 1, 1, 1, 1]);
  });

  it("reaches a little further than the points, to a round number", () => {
    expect([[0.94], [1, -1.1], [0, 0], [0.031], [9.4, -96]].map((values) => reachOf(values))).toEqual([
      1, 1.25, 1, 0.04, 125,
    ]);
    expect(reachOf([NaN, 1])).toBe(1.25);
  });
});
