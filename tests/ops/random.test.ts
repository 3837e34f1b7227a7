// Random tensors: the numbers of src/engine/random.ts on every backend, and other ones for other counters.
import { describe, expect, test } from "vitest";
import { compile } from "../../src/engine/compile/compile";
import { input } from "../../src/engine/ops/leaf";
import { add, mul } from "../../src/engine/ops/pointwise";
import { type RandomOptions, randomNormal, randomUniform } from "../../src/engine/ops/random";
import { normal, uniform } from "../../src/engine/random";
import { counter } from "../../src/engine/selftest/sample";
import { expectClose } from "./support/compare";
import { backendNames, testBackend } from "./support/run";

const SIZE = 70_001;

/** What log, cos and a root of f32 may be off, relative to results above 1. */
const TOLERANCE = 1e-6;

const counters = [input("seed", [], "u32"), input("step", [], "u32")] as const;
const [seed, step] = counters;
const indices = Array.from({ length: SIZE }, (_, i) => i);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe.each(backendNames)("%s", (name) => {
  const backend = testBackend(name);
  const run = async (draw: typeof randomUniform, options: RandomOptions, of: readonly number[] = [3, 4]) => {
    const [values] = await backend().run([draw(seed, step, options)], counters, of.map(counter));
    return [...values!];
  };

  test("uniform numbers have the bits of the host's", async () => {
    const values = await run(randomUniform, { stream: 5, shape: [SIZE] });
    expect(values).toHaveLength(SIZE);
    // The places rather than all numbers, whose difference takes minutes to print.
    expect(indices.filter((i) => values[i] !== uniform(3, 4, 5, i)).slice(0, 5)).toEqual([]);
  });

  test("normal numbers are the host's up to rounding, where they are small too", async () => {
    const values = await run(randomNormal, { stream: 5, shape: [SIZE] });
    const expected = indices.map((i) => normal(3, 4, 5, i));
    expectClose(values, expected, TOLERANCE);
    // Neither close to nothing nor far out is left to chance: both are among them.
    const smallest = indices.reduce((least, i) => (Math.abs(expected[i]!) < Math.abs(expected[least]!) ? i : least));
    expect(Math.abs(expected[smallest]!)).toBeLessThan(1e-4);
    expect(values[smallest]! / expected[smallest]!).toBeCloseTo(1, 5);
    expect(Math.max(...values)).toBeGreaterThan(4);
    // Five deviations: sqrt(1 / n) for the mean, sqrt(2 / n) for the variance.
    expect(Math.abs(mean(values))).toBeLessThan(5 / Math.sqrt(SIZE));
    expect(Math.abs(mean(values.map((value) => value * value)) - 1)).toBeLessThan(5 * Math.sqrt(2 / SIZE));
  });

  test("another seed, step or stream gives other numbers, and a shape gives the same ones in rows", async () => {
    const shape = [20, 50];
    const [first, ...others] = await Promise.all([
      run(randomUniform, { stream: 5, shape }),
      run(randomUniform, { stream: 6, shape }),
      run(randomUniform, { stream: 5, shape }, [4, 4]),
      run(randomUniform, { stream: 5, shape }, [3, 5]),
    ]);
    for (const other of others) {
      // Of independent numbers of 24 bits hardly one in a thousand is the same by chance.
      expect(first.filter((value, i) => value === other[i]).length).toBeLessThan(3);
    }
    expect(await run(randomUniform, { stream: 5, shape: [1000] })).toEqual(first);
  });
});

test("what is drawn twice alike is drawn once, and streams are not mistaken for each other", () => {
  const options = { stream: 1, shape: [100, 100] };
  const twice = add(randomNormal(seed, step, options), mul(randomNormal(seed, step, options), 2));
  const apart = add(randomNormal(seed, step, options), randomNormal(seed, step, { ...options, stream: 2 }));
  const kernels = (output: typeof twice) => compile({ outputs: [output] }).launches.map(({ kernel }) => kernel.name);
  expect(kernels(twice).filter((name) => name === "randomNormal")).toHaveLength(1);
  expect(kernels(apart).filter((name) => name === "randomNormal")).toHaveLength(2);
});
