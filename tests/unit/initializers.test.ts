// Initial weights: the limits and moments of Glorot, He and LeCun, and that each weight has its own numbers.
import { describe, expect, it } from "vitest";
import {
  initialValues,
  initializers,
  type InitializerName,
  kernelInitializers,
} from "../../src/engine/nn/initializers";
import type { Shape } from "../../src/engine/shape";

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: ArrayLike<number>): number => Math.sqrt(mean(Array.from(values, (value) => value ** 2)));

/** A matrix of 100 inputs and 300 outputs; a kernel whose fans count its nine taps: 9 * 32 in, 9 * 64 out. */
const shapes: { shape: Shape; fanIn: number; fanOut: number }[] = [
  { shape: [100, 300], fanIn: 100, fanOut: 300 },
  { shape: [3, 3, 32, 64], fanIn: 288, fanOut: 576 },
];

const variances: Record<
  Exclude<InitializerName, "zeros" | "ones" | "orthogonal" | "unitForgetBias">,
  (fanIn: number, fanOut: number) => number
> = {
  glorotUniform: (fanIn, fanOut) => 2 / (fanIn + fanOut),
  glorotNormal: (fanIn, fanOut) => 2 / (fanIn + fanOut),
  heUniform: (fanIn) => 2 / fanIn,
  heNormal: (fanIn) => 2 / fanIn,
  lecunNormal: (fanIn) => 1 / fanIn,
  uniform: () => 0.05 ** 2 / 3,
};
const random = Object.keys(variances) as (keyof typeof variances)[];

describe.each(shapes)("of $shape", ({ shape, fanIn, fanOut }) => {
  it.each(random)("%s has mean 0 and the variance of its paper", (name) => {
    const values = initialValues(name, shape, 1, 0);
    const wanted = Math.sqrt(variances[name](fanIn, fanOut));
    // Five deviations of the mean of n numbers, and of their root mean square (which is less than 1 / sqrt(2 n)).
    expect(Math.abs(mean(values))).toBeLessThan((5 * wanted) / Math.sqrt(values.length));
    expect(Math.abs(deviation(values) / wanted - 1)).toBeLessThan(5 / Math.sqrt(2 * values.length));
  });

  it.each(random)("%s fills its range and stays inside", (name) => {
    const values = initialValues(name, shape, 1, 0);
    const wanted = Math.sqrt(variances[name](fanIn, fanOut));
    // An even distribution reaches sqrt(3) of its deviation; a normal one cut at 2 is 0.8796 as wide as it was.
    const limit = /uniform$/i.test(name) ? Math.sqrt(3) * wanted : (2 * wanted) / 0.87962566103423978;
    const largest = Math.max(...Array.from(values, Math.abs));
    expect(largest).toBeLessThanOrEqual(limit * (1 + 1e-6));
    expect(largest).toBeGreaterThan(limit * 0.99);
  });
});

it("normal initializers cut the tails rather than fold them", () => {
  const values = initialValues("lecunNormal", [200, 200], 1, 0);
  const scale = Math.sqrt(1 / 200) / 0.87962566103423978;
  const share = mean(Array.from(values, (value) => (Math.abs(value / scale) < 1 ? 1 : 0)));
  // 0.6827 of a normal distribution lie within one deviation, of those 0.9545 within two. Five deviations: 0.011.
  expect(Math.abs(share - 0.6827 / 0.9545)).toBeLessThan(0.0113);
});

it("zeros and ones are what they say", () => {
  expect(initialValues("zeros", [5], 1, 0)).toEqual(new Float32Array(5));
  expect(initialValues("ones", [5], 1, 0)).toEqual(new Float32Array(5).fill(1));
});

it("treats a vector's length as both fans", () => {
  const largest = Math.max(...Array.from(initialValues("glorotUniform", [3000], 1, 0), Math.abs));
  expect(largest).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / 6000)));
  expect(largest).toBeGreaterThan(0.99 * Math.sqrt(6 / 6000));
});

it.each(random)("%s depends on the seed, the weight and the index alone", (name) => {
  const values = initialValues(name, [20, 30], 1, 2);
  expect(initialValues(name, [20, 30], 1, 2)).toEqual(values);
  for (const other of [initialValues(name, [20, 30], 2, 2), initialValues(name, [20, 30], 1, 3)]) {
    expect(other.filter((value, i) => value === values[i]).length).toBeLessThan(3);
  }
});

it("offers only initializers there are, and none that make every unit the same but zeros", () => {
  expect(kernelInitializers.every((name) => name in initializers)).toBe(true);
  expect(kernelInitializers).not.toContain("ones");
});

it.each([[[40, 160]], [[160, 40]], [[3, 3, 7, 20]]])(
  "orthogonal %j: rows or columns at right angles, of length 1",
  (shape) => {
    const columns = shape.at(-1) ?? 1;
    const values = initialValues("orthogonal", shape, 1, 0);
    const rows = values.length / columns;
    const isWide = rows < columns;
    const vectors = Array.from({ length: Math.min(rows, columns) }, (_, v) =>
      values.filter((__, i) => (isWide ? Math.floor(i / columns) : i % columns) === v),
    );
    for (const [a, left] of vectors.entries()) {
      for (const [b, right] of vectors.entries()) {
        const product = left.reduce((total, value, i) => total + value * (right[i] ?? NaN), 0);
        expect(Math.abs(product - (a === b ? 1 : 0))).toBeLessThan(1e-6);
      }
    }
    expect(initialValues("orthogonal", shape, 1, 0)).toEqual(values);
    expect(initialValues("orthogonal", shape, 2, 0)).not.toEqual(values);
  },
);

it("the bias of an LSTM starts with ones for the second of its gates", () => {
  expect([...initialValues("unitForgetBias", [8], 1, 0)]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
});
