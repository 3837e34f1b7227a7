// How results are held against the reference: errors, scales, and bits.
import { describe, expect, it } from "vitest";
import {
  formatError,
  haveSameBits,
  judge,
  judgeAll,
  judgePlaces,
  scaleOf,
  toleranceOfSum,
  worstDeviation,
} from "../../src/engine/check/compare";

describe("the worst deviation", () => {
  it("is relative to values above the floor and to the floor below", () => {
    expect(worstDeviation([1, 101, 0.1], [1, 100, 0])).toEqual({ error: 0.1, index: 2 });
    expect(worstDeviation([1, 101, 0.1], [1, 100, 0], 100)).toEqual({ error: 0.01, index: 1 });
  });

  it.each<[string, number, number]>([
    ["a number that is missing", NaN, 1],
    ["a number that is too much", 1, NaN],
    ["infinity for a number", Infinity, 1],
    ["infinity of the other sign", -Infinity, Infinity],
    ["no number for infinity", NaN, Infinity],
  ])("is infinite for %s", (_, got, wanted) => {
    expect(worstDeviation([0, got], [0, wanted])).toEqual({ error: Infinity, index: 1 });
  });

  it("is zero where both are not finite in the same way", () => {
    expect(worstDeviation([NaN, Infinity, -Infinity], [NaN, Infinity, -Infinity]).error).toBe(0);
  });

  it("is infinite for arrays of different lengths", () => {
    expect(worstDeviation([1], [1, 2]).error).toBe(Infinity);
  });
});

describe("two runs", () => {
  const right = Float32Array.of(1, 0, NaN);

  it("pass when both are right and alike", () => {
    expect(judge(right, [right, right.slice()], 1e-6)).toEqual({
      ok: true,
      worst: 0,
      allowed: 1e-6,
      deterministic: true,
    });
  });

  it.each([
    ["in the last place", Float32Array.of(1 + 2 ** -23, 0, NaN)],
    ["in the sign of a zero", Float32Array.of(1, -0, NaN)],
  ])("fail when they differ %s, though both are close enough", (_, other) => {
    expect(judge(right, [right, other], 1e-6)).toMatchObject({ ok: false, deterministic: false });
    expect(judge(right, [right, other], 1e-6).worst).toBeLessThan(1e-6);
  });

  it("fail when only the second is wrong", () => {
    expect(judge(right, [right, Float32Array.of(2, 0, NaN)], 1e-6)).toMatchObject({ ok: false, worst: 1 });
  });

  it("tell NaNs apart by their bits", () => {
    const [a, b] = [Uint32Array.of(0x7fc00000), Uint32Array.of(0x7fc00001)];
    expect(haveSameBits(new Float32Array(a.buffer), new Float32Array(b.buffer))).toBe(false);
    expect(haveSameBits(new Float32Array(a.buffer), new Float32Array(a.slice().buffer))).toBe(true);
  });

  it("of several outputs are as bad as the worst, measured by what is allowed", () => {
    const good = { ok: true, worst: 1e-5, allowed: 1e-4, deterministic: true };
    const bad = { ok: false, worst: 3e-6, allowed: 2e-6, deterministic: false };
    expect(judgeAll([good, bad])).toEqual(bad);
    expect(judgeAll([good, good])).toEqual(good);
  });
});

describe("places of the largest values", () => {
  const places = Uint32Array.from({ length: 4000 }, (_, i) => i % 4);
  const withFirst = (count: number, place: number): Uint32Array => places.map((own, i) => (i < count ? place : own));

  it("may differ in one of a thousand, where two values are the largest but for rounding", () => {
    const run = withFirst(4, 1);
    expect(judgePlaces(places, [run, run])).toMatchObject({ ok: true, worst: 3 / 4000 });
  });

  it("may not differ in more", () => {
    const run = withFirst(8, 3);
    expect(judgePlaces(places, [run, run])).toMatchObject({ ok: false, worst: 6 / 4000 });
  });

  it("must exist", () => {
    const run = withFirst(1, 0xffff_ffff);
    expect(judgePlaces(places, [run, run])).toMatchObject({ ok: false, worst: Infinity });
    expect(judgePlaces(places, [places, places.slice(1)])).toMatchObject({ ok: false, worst: Infinity });
  });

  it("may always differ once", () => {
    const run = Uint32Array.of(1, 1);
    expect(judgePlaces(Uint32Array.of(0, 1), [run, run])).toMatchObject({ ok: true, worst: 0.5 });
    expect(judgePlaces(Uint32Array.of(0, 0), [run, run])).toMatchObject({ ok: false, worst: 1 });
  });

  it("must be the same twice", () => {
    expect(judgePlaces(places, [places, withFirst(2, 1)])).toMatchObject({ ok: false, deterministic: false });
  });
});

it("small tensors are measured by their largest value, but not by what f32 flushes to zero", () => {
  expect(scaleOf([0.001, -0.004, Infinity, NaN])).toBe(0.004);
  expect(scaleOf([0, 1e-42])).toBe(1e-30);
});

it("a sum's tolerance grows like the square root of its terms", () => {
  expect(toleranceOfSum(0.5)).toBe(2e-6);
  expect(toleranceOfSum(100)).toBeCloseTo(2e-5, 12);
});

it.each([
  [0, "0"],
  [0.3, "0.3"],
  [2.05e-5, "2.1e-5"],
  [1e-5, "1e-5"],
  [12.4, "12"],
  [Infinity, "infinite"],
])("errors are written short: %f", (error, text) => {
  expect(formatError(error)).toBe(text);
});
