// How well made points stand for real ones, by what lies near.
import { expect, it } from "vitest";
import { coverageOf, neighbourhoodsOf } from "../../app/inspect/views/made/coverage";
import { normal } from "../../src/engine/random";

/** Points about each of some places. */
const about = (seed: number, places: readonly (readonly [number, number])[], each: number): Float32Array =>
  Float32Array.from({ length: 2 * each * places.length }, (_, i) => {
    const [x, y] = places[Math.floor(i / 2 / each)] ?? [NaN, NaN];
    return (i % 2 === 0 ? x : y) + 0.05 * normal(seed, 0, 0, i);
  });

const [left, right] = [[-1, 0] as const, [1, 0] as const];

it("neighbourhoods reach to the fifth neighbour, or to the last where there are fewer", () => {
  const line = Float32Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? i / 2 : 0));
  expect([...neighbourhoodsOf(line)].slice(0, 3)).toEqual([25, 16, 9]);
  expect([...neighbourhoodsOf(Float32Array.of(0, 0, 3, 4))]).toEqual([25, 25]);
});

it("points of the same places cover nearly all, those of one place half, and those elsewhere nothing", () => {
  const real = about(1, [left, right], 100);
  const judge = (made: Float32Array) => coverageOf(real, neighbourhoodsOf(real), made);
  const same = judge(about(2, [left, right], 100));
  expect(same.coverage).toBeGreaterThan(0.9);
  expect(same.precision).toBeGreaterThan(0.9);
  // A collapse: what is made is right, but half is not made at all.
  const one = judge(about(3, [left], 200));
  expect(one.coverage).toBeGreaterThan(0.45);
  expect(one.coverage).toBeLessThanOrEqual(0.5);
  expect(one.precision).toBeGreaterThan(0.9);
  expect(judge(about(4, [[0, 2]], 200))).toEqual({ coverage: 0, precision: 0 });
  expect(judge(new Float32Array())).toEqual({ coverage: 0, precision: 0 });
});
