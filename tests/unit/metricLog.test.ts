// The log of a run's metrics: what buckets hold, how they merge, and that no length of a run makes it grow.
import { describe, expect, it } from "vitest";
import { createMetricLog } from "../../src/engine/train/metricLog";
import { append, learning, logOf, meanOf } from "../support/curves";

/** The buckets of one metric, as plain objects. */
function bucketsOf(log: ReturnType<typeof logOf>, id = "mae") {
  const { counts, means, lows, highs, lasts } = log.column(id);
  return Array.from({ length: log.count }, (_, i) => ({
    from: log.from[i] ?? NaN,
    to: log.to[i] ?? NaN,
    fromMs: log.fromMs[i] ?? NaN,
    toMs: log.toMs[i] ?? NaN,
    steps: log.counts[i] ?? NaN,
    count: counts[i] ?? NaN,
    mean: means[i] ?? NaN,
    low: lows[i] ?? NaN,
    high: highs[i] ?? NaN,
    last: lasts[i] ?? NaN,
  }));
}

describe("the log of metrics", () => {
  it("keeps every step of a short run as it is", () => {
    const log = logOf([3, 1, 2]);
    expect(bucketsOf(log).map(({ from, to, mean, low, high, last }) => [from, to, mean, low, high, last])).toEqual([
      [1, 1, 3, 3, 3, 3],
      [2, 2, 1, 1, 1, 1],
      [3, 3, 2, 2, 2, 2],
    ]);
    expect([...log.column("recall").means.subarray(0, 3)]).toEqual([0.25, 0.75, 0.5]);
  });

  it.each([
    [64, 65],
    [64, 1000],
    [64, 12_345],
    [63, 5000],
    [256, 40_000],
  ])("with %i buckets holds the truth of %i steps in each bucket", (capacity, count) => {
    const values = learning(count);
    const log = logOf(values, capacity);
    const buckets = bucketsOf(log);
    expect(log.count).toBeLessThanOrEqual(capacity);
    expect(log.count).toBeGreaterThan(capacity / 2 - 2);
    let next = 1;
    for (const { from, to, fromMs, toMs, steps, count: measured, mean, low, high, last } of buckets) {
      const held = values.slice(from - 1, to);
      expect([from, steps, measured]).toEqual([next, held.length, held.length]);
      expect([fromMs, toMs]).toEqual([from * 10, to * 10]);
      expect(mean).toBeCloseTo(meanOf(held), 9);
      expect([low, high, last]).toEqual([Math.min(...held), Math.max(...held), held.at(-1)]);
      next = to + 1;
    }
    expect(next).toBe(count + 1);
    // The first step stays alone; all others are of one size but for the last, which still grows.
    const sizes = new Set(buckets.slice(1, -1).map(({ steps }) => steps));
    expect([buckets[0]?.steps, sizes.size]).toEqual([1, 1]);
  });

  it("does not bend the mean of a stretch when it merges", () => {
    const values = learning(40_000);
    const before = bucketsOf(logOf(values.slice(0, 16_384)));
    const after = bucketsOf(logOf(values, 4096));
    const meanBetween = (buckets: typeof before, from: number, to: number) => {
      const inside = buckets.filter((bucket) => bucket.from > from && bucket.to <= to);
      const steps = inside.reduce((sum, { count }) => sum + count, 0);
      return inside.reduce((sum, { mean, count }) => sum + mean * count, 0) / steps;
    };
    const truth = meanOf(values.slice(5000, 10_000));
    expect(meanBetween(before, 5000, 10_000)).toBeCloseTo(truth, 3);
    expect(meanBetween(after, 5000, 10_000)).toBeCloseTo(truth, 3);
  });

  it("needs no more room for a million steps than for thirty thousand", () => {
    const log = createMetricLog(["mae", "recall"]);
    const arrays = () => [log.from, log.to, log.counts, ...Object.values(log.column("mae"))];
    const before = arrays();
    let isOutgrown = false;
    for (let first = 1; first <= 1_000_000; first += 10_000) {
      append(log, new Array<number>(10_000).fill(first), first);
      isOutgrown ||= log.count > log.from.length;
    }
    expect(isOutgrown).toBe(false);
    expect(arrays()).toEqual(before);
    expect(log.from.length).toBeLessThanOrEqual(32_768);
    expect(log.to[log.count - 1]).toBe(1_000_000);
    expect(log.counts.subarray(0, log.count).reduce((sum, steps) => sum + steps, 0)).toBe(1_000_000);
  });

  it("counts only what was measured", () => {
    const log = createMetricLog(["gan"], 4);
    const values = [NaN, 4, NaN, 2, Infinity, NaN, NaN, 6, NaN, NaN];
    log.append({ steps: values.map((_, i) => i + 1), elapsedMs: values, columns: { gan: values } });
    expect(
      bucketsOf(log, "gan").map(({ steps, count, mean, low, high, last }) => [steps, count, mean, low, high, last]),
    ).toEqual([
      [1, 0, NaN, NaN, NaN, NaN],
      [4, 2, 3, 2, 4, 2],
      [4, 1, 6, 6, 6, 6],
      [1, 0, NaN, NaN, NaN, NaN],
    ]);
  });

  it("does not overflow where a sum would", () => {
    const log = logOf(new Array<number>(100).fill(1.5e308), 8);
    expect(bucketsOf(log).every(({ mean }) => Math.abs(mean / 1.5e308 - 1) < 1e-9)).toBe(true);
  });

  it("forgets what came after a step, and takes those steps again", () => {
    const values = learning(1000);
    const log = logOf(values, 64);
    log.rewind(500);
    const kept = bucketsOf(log);
    const end = kept.at(-1)?.to ?? 0;
    expect(end).toBeLessThanOrEqual(500);
    expect(end).toBeGreaterThan(500 - 32);
    append(log, values.slice(500), 501);
    const again = bucketsOf(log);
    expect(again.at(-1)?.to).toBe(1000);
    // No step counts twice.
    expect(again.reduce((sum, { steps }) => sum + steps, 0)).toBe(end + 500);
    for (const { from, to, steps, mean, low } of again) {
      const held = values.slice(from - 1, to).filter((_, i) => from + i <= end || from + i > 500);
      expect([steps, low]).toEqual([held.length, Math.min(...held)]);
      expect(mean).toBeCloseTo(meanOf(held), 9);
    }
    log.rewind(0);
    expect(log.count).toBe(0);
  });

  it("begins anew with single steps when it is cleared", () => {
    const log = logOf(learning(1000), 16);
    log.clear();
    append(log, [5, 6, 7]);
    expect(bucketsOf(log).map(({ from, to, mean }) => [from, to, mean])).toEqual([
      [1, 1, 5],
      [2, 2, 6],
      [3, 3, 7],
    ]);
  });

  it("refuses metrics that it does not have, and columns that are missing or too short", () => {
    const log = createMetricLog(["mae"]);
    expect(() => log.column("loss")).toThrow('expected one of "mae", got "loss"');
    expect(() => log.append({ steps: [1], elapsedMs: [1], columns: { loss: [1] } })).toThrow(
      'values of "mae", got none',
    );
    expect(() => log.append({ steps: [1, 2], elapsedMs: [1, 2], columns: { mae: [1] } })).toThrow("expected 2 values");
  });
});
