// Counter-based random numbers: their bits, their distribution, and that nothing but the counters decides them.
import { describe, expect, it } from "vitest";
import { hash4, normal, permutation, STREAM, uniform } from "../../src/engine/random";

const COUNT = 20_000;
const numbers = (draw: (i: number) => number): number[] => Array.from({ length: COUNT }, (_, i) => draw(i));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Pearson's statistic against equal shares. For k cells it is about k, with a deviation of sqrt(2 k). */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
}

describe("hash4", () => {
  // From a separate implementation in Python with unbounded integers: pcg4d, first word xor last.
  it.each([
    [[0, 0, 0, 0], 3693588675],
    [[1, 0, 0, 0], 1761732189],
    [[0, 1, 0, 0], 3995793892],
    [[0, 0, 1, 0], 2662994259],
    [[0, 0, 0, 1], 3577059762],
    [[1, 2, 3, 4], 882606393],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], 922057370],
    [[123456789, 60000, 0x5eed0003, 784], 1036413992],
  ] as const)("of %j is %i", ([seed, step, stream, index], expected) => {
    expect(hash4(seed, step, stream, index)).toBe(expected);
  });

  it("sets every bit half of the time", () => {
    const hashes = numbers((i) => hash4(1, 0, 0, i));
    for (let bit = 0; bit < 32; bit++) {
      // Five deviations of a fair coin: 0.5 / sqrt(20000) each.
      expect(Math.abs(mean(hashes.map((hash) => (hash >>> bit) & 1)) - 0.5), `bit ${bit}`).toBeLessThan(0.018);
    }
  });
});

describe("uniform", () => {
  it("is the hash's upper 24 bits below 1", () => {
    expect(uniform(0, 0, 0, 0)).toBe(14428080 / 2 ** 24);
    expect(uniform(1, 2, 3, 4)).toBe(3447681 / 2 ** 24);
  });

  // The counter that moves, so that no argument is a worse source of chance than the others.
  it.each([
    ["index", (i: number) => uniform(5, 0, 0, i)],
    ["stream", (i: number) => uniform(5, 0, i, 0)],
    ["step", (i: number) => uniform(5, i, 0, 0)],
    ["seed", (i: number) => uniform(i, 0, 0, 0)],
  ] as const)("is even along %s", (_, draw) => {
    const values = numbers(draw);
    expect(values.every((value) => value >= 0 && value < 1 && Math.fround(value) === value)).toBe(true);
    // Five deviations: sqrt(1/12 / 20000) for the mean; sqrt(1/180 / 20000) for the variance.
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(0.0103);
    expect(Math.abs(mean(values.map((value) => (value - 0.5) ** 2)) - 1 / 12)).toBeLessThan(0.0027);
    const cells = new Array<number>(64).fill(0);
    for (const value of values) cells[Math.floor(value * 64)]! += 1;
    // 63 degrees of freedom: 63 + 5 sqrt(126).
    expect(chiSquare(cells)).toBeLessThan(120);
    // Neighbours are unrelated: the correlation of n pairs deviates by 1 / sqrt(n).
    const pairs = values.slice(1).map((value, i) => (value - 0.5) * (values[i]! - 0.5) * 12);
    expect(Math.abs(mean(pairs))).toBeLessThan(0.036);
  });
});

describe("normal", () => {
  it("follows Box and Muller", () => {
    // Python's math library on the reference hash.
    expect(normal(7, 1, 2, 5)).toBeCloseTo(0.7263950166299462, 14);
    expect(normal(1, 0, 0, 0)).toBeCloseTo(-0.5850511089009606, 14);
  });

  it("has the moments of a standard normal distribution", () => {
    const values = numbers((i) => normal(3, 0, 0, i));
    // Five deviations of each estimate: sqrt(1/n), sqrt(2/n), sqrt(15/n), sqrt(96/n).
    for (const [power, moment, deviation] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ] as const) {
      const found = mean(values.map((value) => value ** power));
      expect(Math.abs(found - moment), `moment ${power}`).toBeLessThan(5 * Math.sqrt(deviation / COUNT));
    }
    const inside = mean(values.map((value) => (Math.abs(value) < 1 ? 1 : 0)));
    expect(Math.abs(inside - 0.6827)).toBeLessThan(5 * Math.sqrt((0.6827 * 0.3173) / COUNT));
  });
});

describe("permutation", () => {
  it.each([0, 1, 2, 3, 100, 10_007])("of %i holds each number once", (count) => {
    const order = permutation(count, 1, 0, STREAM.shuffle);
    expect(order.toSorted()).toEqual(Uint32Array.from({ length: count }, (_, i) => i));
  });

  it("is the same for the same counters, and another for any other", () => {
    const first = permutation(100, 1, 2, 3);
    expect(permutation(100, 1, 2, 3)).toEqual(first);
    for (const other of [permutation(100, 2, 2, 3), permutation(100, 1, 3, 3), permutation(100, 1, 2, 4)]) {
      expect(other).not.toEqual(first);
      // A random permutation has one fixed point on average; seven or more would be a coincidence of 1 in 10,000.
      expect(other.filter((value, i) => value === first[i]).length).toBeLessThan(7);
    }
  });

  it("takes each order equally often", () => {
    const counts = new Map<string, number>();
    for (let step = 0; step < 4800; step++) {
      const order = permutation(4, 1, step, STREAM.shuffle).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // 23 degrees of freedom: 23 + 5 sqrt(46).
    expect(chiSquare([...counts.values()])).toBeLessThan(57);
  });
});
