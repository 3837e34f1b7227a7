// The sets of points: what they hold, that it is the same each time, and that a line separates the clouds alone.
import { describe, expect, it } from "vitest";
import type { DatasetDef, Split } from "../../src/engine/data";
import { circle } from "../../src/engine/data/circle";
import { gaussians } from "../../src/engine/data/gaussians";
import { heightAt, hills, HILLS_NOISE } from "../../src/engine/data/hills";
import { moons } from "../../src/engine/data/moons";
import { spiral } from "../../src/engine/data/spiral";

const load = (def: DatasetDef) => def.load(async () => new Uint8Array());

/** Points as `[x, y, label]`. */
function pointsOf({ count, columns }: Split): (readonly [number, number, number])[] {
  const [point, label] = [columns["point"] ?? [], columns["label"] ?? []];
  return Array.from({ length: count }, (_, n) => [point[2 * n] ?? NaN, point[2 * n + 1] ?? NaN, label[n] ?? NaN]);
}

/** The share of points that the best line found errs for, among lines in all directions. */
function errorOfBestLine(points: readonly (readonly [number, number, number])[]): number {
  let least = 1;
  for (let turn = 0; turn < 90; turn++) {
    const [a, b] = [Math.cos((Math.PI * turn) / 90), Math.sin((Math.PI * turn) / 90)];
    const sorted = points.toSorted((p, q) => a * p[0] + b * p[1] - a * q[0] - b * q[1]);
    // Errors where those before the line are taken for class 0.
    let errors = sorted.filter(([, , label]) => label === 0).length;
    for (const [, , label] of sorted) {
      errors += label === 0 ? -1 : 1;
      least = Math.min(least, errors / points.length, 1 - errors / points.length);
    }
  }
  return least;
}

describe.each([
  ["circle", circle, 0.2, 0.5],
  ["gaussians", gaussians, 0.002, 0.03],
  ["moons", moons, 0.08, 0.2],
  ["spiral", spiral, 0.25, 0.5],
] as const)("%s", (_, def, least, most) => {
  it("has as many points of one class as of the other, the same each time, others to test with", async () => {
    const [one, two] = [await load(def), await load(def)];
    expect(one.train.columns).toEqual(two.train.columns);
    const [train, test] = [pointsOf(one.train), pointsOf(one.test)];
    expect([train.length, test.length]).toEqual([1000, 500]);
    expect(train.filter(([, , label]) => label === 1)).toHaveLength(500);
    expect(new Set(train.concat(test).map(([x]) => x)).size).toBeGreaterThan(1490);
    expect(Math.max(...train.flatMap(([x, y]) => [Math.abs(x), Math.abs(y)]))).toBeLessThan(1.5);
  });

  it("is as hard for a line as it should be", async () => {
    const error = errorOfBestLine(pointsOf((await load(def)).train));
    expect(error).toBeGreaterThanOrEqual(least);
    expect(error).toBeLessThan(most);
  });
});

it("a disc lies within its ring, with room between them", async () => {
  for (const [x, y, label] of pointsOf((await load(circle)).train)) {
    const radius = Math.hypot(x, y);
    expect(label === 1 ? radius <= 0.5 : radius >= 0.7 && radius <= 1.0000001).toBe(true);
  }
});

it("hills are as high as their formula says, up to noise, and the same each time", async () => {
  const [one, two] = [await load(hills), await load(hills)];
  expect(one.train.columns).toEqual(two.train.columns);
  const { point = [], height = [] } = one.test.columns;
  const off = Array.from(height, (value, n) => value - heightAt(point[2 * n] ?? NaN, point[2 * n + 1] ?? NaN));
  const squares = off.reduce((total, each) => total + each * each, 0) / off.length;
  expect(Math.sqrt(squares)).toBeCloseTo(HILLS_NOISE, 2);
  expect(Math.max(...height)).toBeGreaterThan(0.9);
  expect(Math.min(...height)).toBeLessThan(-0.9);
  expect(Math.max(...Array.from(point, Math.abs))).toBeLessThanOrEqual(1);
});
