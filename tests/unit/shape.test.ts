// Arithmetic on shapes, against values worked out by hand and NumPy's rules.
import { describe, expect, it } from "vitest";
import { ArgumentError, ShapeError } from "../../src/engine/errors";
import {
  broadcastShapes,
  broadcastStrides,
  checkShape,
  formatShape,
  normalizeAxes,
  reducedShape,
  sameShape,
  showShape,
  sizeOf,
  stridesOf,
} from "../../src/engine/shape";

describe("sizes and strides", () => {
  it.each([
    [[], 1, []],
    [[5], 5, [1]],
    [[2, 3], 6, [3, 1]],
    [[2, 1, 4], 8, [4, 4, 1]],
    [[2, 3, 4, 5], 120, [60, 20, 5, 1]],
  ])("of %j are %i and %j", (shape, size, strides) => {
    expect(sizeOf(shape)).toBe(size);
    expect(stridesOf(shape)).toEqual(strides);
  });

  it("are shown to people and in messages", () => {
    expect(formatShape([28, 28, 1])).toBe("28×28×1");
    expect(formatShape([])).toBe("scalar");
    expect(showShape([28, 28, 1])).toBe("[28, 28, 1]");
    expect(showShape([])).toBe("[]");
  });

  it("are the same only for the same rank and dimensions", () => {
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([], [])).toBe(true);
    expect(sameShape([2, 3], [3, 2])).toBe(false);
    expect(sameShape([1, 2], [2])).toBe(false);
    expect(sameShape([2], [2, 1])).toBe(false);
  });
});

describe("checkShape", () => {
  it.each([[[0]], [[-1]], [[2.5]], [[NaN]], [[3, 0, 2]]])("refuses %j", (shape) => {
    expect(() => checkShape("here", shape)).toThrow(ShapeError);
    expect(() => checkShape("here", shape)).toThrow(
      `here: expected dimensions to be positive whole numbers, got ${showShape(shape)}`,
    );
  });

  it("refuses what 31 bits cannot address, and takes what is just below", () => {
    expect(() => checkShape("here", [2 ** 16, 2 ** 15])).toThrow("fewer than 2^31 elements, got [65536, 32768]");
    expect(() => checkShape("here", [2 ** 16 - 1, 2 ** 15])).not.toThrow();
    expect(() => checkShape("here", [])).not.toThrow();
  });
});

describe("broadcasting", () => {
  it.each([
    [[], [], []],
    [[3], [], [3]],
    [[2, 3], [3], [2, 3]],
    [[2, 1], [3], [2, 3]],
    [
      [2, 1, 4],
      [5, 1],
      [2, 5, 4],
    ],
    [[1], [1, 1], [1, 1]],
  ])("of %j and %j gives %j, either way round", (a, b, expected) => {
    expect(broadcastShapes("here", a, b)).toEqual(expected);
    expect(broadcastShapes("here", b, a)).toEqual(expected);
  });

  it.each([
    [[2], [3]],
    [[2, 3], [2]],
    [
      [4, 1, 3],
      [2, 5],
    ],
  ])("of %j and %j is refused with both shapes", (a, b) => {
    expect(() => broadcastShapes("add", a, b)).toThrow(ShapeError);
    expect(() => broadcastShapes("add", a, b)).toThrow(
      `add: expected shapes that broadcast together, got ${showShape(a)} and ${showShape(b)}`,
    );
  });

  it.each([
    [[3], [2, 3], [0, 1]],
    [
      [2, 1],
      [2, 3],
      [1, 0],
    ],
    [[], [2, 3], [0, 0]],
    [
      [2, 3],
      [2, 3],
      [3, 1],
    ],
    [
      [5, 1, 4],
      [2, 5, 3, 4],
      [0, 4, 0, 1],
    ],
  ])("reads %j as %j with strides %j", (shape, target, strides) => {
    expect(broadcastStrides(shape, target)).toEqual(strides);
  });
});

describe("axes", () => {
  it("are counted from the end when negative, and sorted", () => {
    expect(normalizeAxes("sum", 3, [-1, 0])).toEqual([0, 2]);
    expect(normalizeAxes("sum", 3, undefined)).toEqual([0, 1, 2]);
    expect(normalizeAxes("sum", 3, [])).toEqual([]);
    expect(normalizeAxes("sum", 0, undefined)).toEqual([]);
  });

  it.each([[[3]], [[-4]], [[0, 0]], [[1, -2]], [[0.5]], [[NaN]]])("%j are refused for three", (axes) => {
    expect(() => normalizeAxes("sum", 3, axes)).toThrow(ArgumentError);
    expect(() => normalizeAxes("sum", 3, axes)).toThrow(/^sum: expected distinct axes between -3 and 2, got \[/);
  });

  it("are dropped by a reduction, or kept as 1", () => {
    expect(reducedShape([2, 3, 4], [0, 2], false)).toEqual([3]);
    expect(reducedShape([2, 3, 4], [0, 2], true)).toEqual([1, 3, 1]);
    expect(reducedShape([2, 3], [], false)).toEqual([2, 3]);
  });
});
