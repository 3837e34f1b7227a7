// From logged buckets to drawn lines: picking points, smoothing, bands, axes, and what is read at a place.
import { describe, expect, it } from "vitest";
import type { CurveOptions, CurveSource } from "../../app/charts/curves";
import { buildCurves, MAX_POINTS, nearestPoint } from "../../app/charts/curves";
import { groupSize, pickOf, pickPoints } from "../../app/charts/downsample";
import { describeReading, readAt, spikeAt } from "../../app/charts/reading";
import { smooth } from "../../app/charts/smooth";
import { deviationOf, errorChart, learning, logOf, meanOf, runOf, shareChart } from "../support/curves";

const options: CurveOptions = {
  xUnit: "step",
  smoothing: 0,
  isLog: false,
  isFit: false,
  zoom: null,
  width: 500,
  height: 150,
};

const build = (source: CurveSource, changes: Partial<CurveOptions> = {}, def = errorChart) =>
  buildCurves(def, source, { ...options, ...changes }, new Float64Array(source.train.from.length));

const heights = (points: readonly { readonly y: number }[]): number[] => points.map(({ y }) => y);
const all = (): boolean => true;

describe("picking points", () => {
  it("takes all of few", () => {
    expect(pickPoints(0, 3, 3, 10, all)).toEqual([0, 1, 2]);
    expect(pickPoints(0, 0, 0, 10, all)).toEqual([]);
  });

  it.each([
    [100, 60],
    [499, 500],
    [1000, 60],
    [12_345, 400],
  ])("picks from all of %i points, in order and each once, within %i", (count, limit) => {
    const picked = pickPoints(0, count, count, limit, all);
    expect(picked.length).toBeLessThanOrEqual(limit);
    expect(picked.length).toBeGreaterThan(Math.min(count, limit) / 2 - 6);
    expect(picked).toEqual([...new Set(picked)].toSorted((a, b) => a - b));
    expect([picked[0], picked.at(-1)]).toEqual([0, count - 1]);
    const gaps = picked.map((index, i) => index - (picked[i - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(2 * groupSize(count, limit));
  });

  it("moves no point while a run grows, but only takes some away", () => {
    for (let count = 100; count < 3000; count += 37) {
      const before = new Set(pickPoints(0, count, count, 100, all));
      const after = pickPoints(0, count + 37, count + 37, 100, all);
      // The last one stood for a group that was still growing.
      const old = after.filter((index) => index < count - groupSize(count + 37, 100));
      expect(old.filter((index) => !before.has(index))).toEqual([]);
    }
  });

  it("prefers no place in a group", () => {
    const places = Array.from({ length: 4000 }, (_, group) => pickOf(group, 16) - group * 16);
    expect(Math.min(...places)).toBe(0);
    expect(Math.max(...places)).toBe(15);
    expect(meanOf(places)).toBeCloseTo(7.5, 0);
  });

  it("takes a neighbour where there is no value", () => {
    const picked = pickPoints(0, 1000, 1000, 50, (index) => index % 5 === 3);
    expect(picked.every((index) => index % 5 === 3)).toBe(true);
    expect(picked.length).toBeGreaterThan(25);
  });
});

describe("smoothing", () => {
  const column = (means: readonly number[], counts = means.map(() => 1)) => ({
    means: Float64Array.from(means),
    counts: Uint32Array.from(counts),
  });

  it("leaves values as they are at 0 and does not pull the start to zero", () => {
    expect([...smooth(column([5, 4, 3]), 3, 0, new Float64Array(3))]).toEqual([5, 4, 3]);
    const half = smooth(column([5, 4, 3]), 3, 0.5, new Float64Array(3));
    expect(half[0]).toBeCloseTo(5);
    expect(half[1]).toBeCloseTo((5 * 0.25 + 4 * 0.5) / 0.75);
  });

  it("passes over buckets without a value", () => {
    const smoothed = smooth(column([NaN, 2, NaN, 2], [0, 1, 0, 1]), 4, 0.9, new Float64Array(4));
    expect([...smoothed]).toEqual([NaN, expect.closeTo(2), expect.closeTo(2), expect.closeTo(2)]);
  });

  it("counts a bucket of n steps as n steps of its mean", () => {
    const single = smooth(column([1, 5, 5, 5, 5, 5]), 6, 0.8, new Float64Array(6));
    const merged = smooth(column([1, 5], [1, 5]), 2, 0.8, new Float64Array(2));
    expect(merged[1]).toBeCloseTo(single[5] ?? NaN, 12);
  });

  it.each([0.9, 0.97, 0.99])("at %f means the same before and after buckets merge", (weight) => {
    const values = learning(8000);
    const [fine, coarse] = [logOf(values, 16_384), logOf(values, 2048)];
    const smoothOf = (log: typeof fine) => smooth(log.column("mae"), log.count, weight, new Float64Array(log.count));
    const [exact, merged] = [smoothOf(fine), smoothOf(coarse)];
    const steps = coarse.counts[1] ?? 0;
    expect(steps).toBeGreaterThan(2);
    let worst = 0;
    for (let i = 0; i < coarse.count; i++) {
      worst = Math.max(worst, Math.abs((merged[i] ?? NaN) - (exact[(coarse.to[i] ?? 0) - 1] ?? NaN)));
    }
    // Within a bucket the order of its steps is lost: at most (1 - weight) * steps / 2 of the noise.
    expect(worst).toBeLessThan(0.6 * (1 - weight) * steps * 0.5);
    const pairs = Array.from(coarse.to.subarray(0, coarse.count), (to, i) => [exact[to - 1] ?? NaN, merged[i] ?? NaN]);
    const [before, after] = [pairs.map(([a = 0]) => a), pairs.map(([, b = 0]) => b)];
    expect(meanOf(after)).toBeCloseTo(meanOf(before), 3);
    expect(Math.abs(deviationOf(after) / deviationOf(before) - 1)).toBeLessThan(0.02);
  });
});

describe("drawn lines", () => {
  it.each([
    [4000, 0.5, 0.6],
    [20_000, 0.2, 0.9],
    [20_000, 0.05, 0.6],
    [100_000, 0.3, 0.99],
  ])(
    "of %i steps with noise %f, smoothed %f, have the mean and the spread of the whole series",
    (count, noise, weight) => {
      const source = runOf(learning(count, noise), 16_384);
      const { raw, smooth: line, smoothed, band } = build(source, { smoothing: weight });
      const { means } = source.train.column("mae");
      for (const [drawn, whole] of [
        [raw, means],
        [line, smoothed],
      ] as const) {
        const truth = [...whole.subarray(0, source.train.count)];
        const ys = heights(drawn);
        expect(Math.abs(meanOf(ys) - meanOf(truth))).toBeLessThan(0.15 * deviationOf(truth));
        expect(Math.abs(deviationOf(ys) / deviationOf(truth) - 1)).toBeLessThan(0.1);
      }
      // The noise alone, which picking at extremes would raise 1.4 to 1.7 times: the change from each point to the next one
      // drawn, beside the same of the whole series.
      const jumps = (points: readonly { readonly index: number }[], values: Float64Array): number[] =>
        points.slice(1).map(({ index }, i) => (values[index] ?? 0) - (values[points[i]?.index ?? 0] ?? 0));
      const gap = Math.round(source.train.count / line.length);
      const every = Array.from(
        { length: source.train.count - gap },
        (_, i) => (smoothed[i + gap] ?? 0) - (smoothed[i] ?? 0),
      );
      expect(Math.abs(deviationOf(jumps(line, smoothed)) / deviationOf(every) - 1)).toBeLessThan(0.2);
      expect(band.length).toBeGreaterThan(100);
    },
  );

  it("have fewer points where there is less room", () => {
    const source = runOf(learning(4000));
    const pointsAt = (width: number): number => build(source, { width }).raw.length;
    expect(pointsAt(250)).toBeLessThanOrEqual(125);
    expect(pointsAt(1400)).toBeGreaterThan(200);
  });

  it("stay within their points, and the band keeps the spike", () => {
    const values = learning(4000, 0.1);
    values[1234] = 40;
    const validations = Array.from({ length: 400 }, () => 1);
    const curves = build(runOf(values, 4096, validations), { smoothing: 0.9 });
    expect(curves.raw.length + curves.validation.length).toBeLessThanOrEqual(MAX_POINTS);
    expect(curves.smooth.length).toBe(curves.raw.length);
    expect(curves.band.length).toBeLessThanOrEqual(MAX_POINTS);
    expect(Math.max(...curves.band.map(({ high }) => high))).toBe(40);
    expect(curves.yAxis.high).toBeGreaterThanOrEqual(40);
    expect(curves.yAxis.low).toBe(0);
  });

  it("have a band that holds them, and none where every point is one step", () => {
    const { raw, band } = build(runOf(learning(50_000), 4096));
    const lows = band.map(({ low }) => low);
    expect(Math.min(...lows)).toBeLessThan(Math.min(...heights(raw)));
    expect(band.every(({ low, high }) => low <= high)).toBe(true);
    expect(band[0]?.x).toBe(raw[0]?.x);
    expect(band.at(-1)?.x).toBe(raw.at(-1)?.x);
    expect(build(runOf(learning(200))).band).toEqual([]);
  });

  it("are nothing of nothing, on axes that can be drawn", () => {
    const { raw, validation, band, xAxis, yAxis } = build(runOf([]));
    expect([raw, validation, band]).toEqual([[], [], []]);
    expect([xAxis.low, xAxis.high, yAxis.low, yAxis.high]).toEqual([0, 1, 0, 1]);
  });

  it("are logarithms on a logarithmic axis, without what has none", () => {
    const { raw, yAxis } = build(runOf([100, 10, 0, NaN, 1]), { isLog: true });
    expect(raw.map(({ x, y }) => [x, y])).toEqual([
      [1, 2],
      [2, 1],
      [5, 0],
    ]);
    expect(yAxis.low).toBeLessThanOrEqual(0);
    expect(yAxis.high).toBeGreaterThanOrEqual(2);
    expect(yAxis.ticks).toContain(1);
    const zeros = learning(5000).map((value, i) => (i % 7 === 0 ? 0 : value));
    const axis = build(runOf(zeros), { isLog: true }).yAxis;
    expect([axis.low, axis.high].every(Number.isFinite)).toBe(true);
  });
});

describe("the axes of curves", () => {
  it.each([
    ["step", 50],
    ["epoch", 0.5],
    ["samples", 3170],
    ["time", 0.5],
  ] as const)("count horizontally in %s", (xUnit, last) => {
    const { raw, xAxis } = build({ ...runOf(learning(50)), samplesPerEpoch: 6340 }, { xUnit });
    expect(raw.at(-1)?.x).toBeCloseTo(last);
    expect(xAxis.high).toBeGreaterThanOrEqual(last);
    expect(xAxis.high).toBeLessThan(last * 1.2);
  });

  it("end a share at 100%, whatever part of it is seen and however", () => {
    const { yAxis } = build(runOf([0.3, 0.2]), {}, shareChart);
    expect(yAxis.high).toBe(1);
    const sure = runOf(Array.from({ length: 400 }, () => 0));
    for (const more of [{ zoom: { low: 100, high: 200 } }, { isFit: true }, { isLog: true }]) {
      const axis = build(sure, more, shareChart).yAxis;
      expect([axis.high, axis.labels.at(-1)]).toEqual([more.isLog ? 0 : 1, "100%"]);
      expect(axis.low).toBeLessThan(axis.high);
    }
    expect(yAxis.low).toBeLessThanOrEqual(0.925);
    expect(yAxis.labels.at(-1)).toBe("100%");
  });

  it("fit most values when asked to", () => {
    const values = learning(400, 0.05);
    values[3] = 90;
    expect(build(runOf(values)).yAxis.high).toBeGreaterThanOrEqual(90);
    const { low, high } = build(runOf(values), { isFit: true }).yAxis;
    expect(high).toBeLessThan(2);
    expect(low).toBeGreaterThanOrEqual(0.2);
  });

  it("tell huge values apart in seven letters", () => {
    const values = learning(400).map((value) => value * 6.8e26);
    const { ticks, labels } = build(runOf(values)).yAxis;
    expect(labels.length).toBe(ticks.length);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels.every((label) => label.length <= 7)).toBe(true);
    expect(labels.at(-1)).toMatch(/^\d(\.\d)?e\d\d$/);
  });

  it("of other runs are all of their validations, or all of their steps where one has too few to make a line", () => {
    const beside = (...validations: readonly (readonly number[])[]) => {
      const own = runOf([4, 3]);
      const runs = validations.map((each, slot) => ({ ...runOf([4, 3, 2], 64, each), id: `${slot}`, name: "", slot }));
      const { others, xAxis } = build({ ...own, others: runs });
      expect(new Set(others.map(({ isValidation }) => isValidation)).size).toBe(1);
      return [xAxis.high, ...others.map(({ points }) => heights(points))];
    };
    expect(beside([5, 3, 2, 1])).toEqual([400, [5, 3, 2, 1]]);
    expect(beside([5, 3, 2, 1], [6, 4, 3, 2, 1])).toEqual([500, [5, 3, 2, 1], [6, 4, 3, 2, 1]]);
    expect(beside([5])).toEqual([3, [4, 3, 2]]);
    expect(beside([5, 3, 2, 1], [])).toEqual([3, [4, 3, 2], [4, 3, 2]]);
  });

  it("show a part of the run, its own values, and the line up to both edges", () => {
    const source = runOf(learning(10_000), 16_384, learning(100));
    const { raw, band, xAxis, whole, yAxis } = build(source, { zoom: { low: 7000, high: 7100 } });
    expect([xAxis.low, xAxis.high, whole.high]).toEqual([7000, 7100, 10_000]);
    expect(raw.length).toBeLessThan(120);
    expect(raw.filter(({ x }) => x >= 7000 && x <= 7100).length).toBe(101);
    expect(raw[0]?.x).toBeLessThan(7000);
    expect(raw.at(-1)?.x).toBeGreaterThan(7100);
    expect(band).toEqual([]);
    expect(yAxis.high).toBeLessThan(1.2);
    expect(new Set(xAxis.labels).size).toBe(xAxis.labels.length);
  });

  it("follow the end of the run when zoomed to it, and show all where a zoom lies beyond it", () => {
    const source = runOf(learning(1000));
    expect(build(source, { zoom: { low: 900, high: Infinity } }).xAxis).toMatchObject({ low: 900, high: 1000 });
    expect(build(source, { zoom: { low: 5000, high: 6000 } }).xAxis).toMatchObject({ low: 0, high: 1000 });
  });
});

describe("reading a place", () => {
  it("gives the numbers of a drawn point, and the point on each line", () => {
    const source = runOf(learning(50_000), 4096, learning(500));
    const curves = build(source, { smoothing: 0.9 });
    const reading = readAt(errorChart, curves, source, 31_000);
    const drawn = nearestPoint(curves.raw, 31_000);
    expect(reading?.from).toBe(source.train.from[drawn?.index ?? -1]);
    expect(reading?.mean).toBe(drawn?.y);
    expect(reading?.points.map(({ line }) => line)).toEqual(["validation", "raw", "smooth"]);
    for (const { line, x, y } of reading?.points ?? []) {
      const points = { raw: curves.raw, smooth: curves.smooth, validation: curves.validation }[line];
      expect(points.some((point) => point.x === x && point.y === y)).toBe(true);
    }
    expect(reading?.epoch).toBeCloseTo((reading?.to ?? 0) / 100);
  });

  it("says in words how many steps a value stands for", () => {
    const source = runOf(learning(50_000), 4096);
    const curves = build(source, { smoothing: 0.9 });
    const reading = readAt(errorChart, curves, source, 31_000);
    const text = reading ? describeReading(errorChart, reading) : "";
    expect(text).toMatch(
      /^Steps [\d,]+ to [\d,]+, epoch \d+(\.\d+)?, \d:\d\d, training [\d.]+ smoothed, mean [\d.]+, -?[\d.]+ to [\d.]+$/,
    );
    const first = readAt(errorChart, curves, source, 0);
    expect(first ? describeReading(errorChart, first) : "").toMatch(
      /^Step 1, epoch 0.01, 0.0 s, training [\d.]+ smoothed, raw [\d.]+$/,
    );
  });

  it("finds the nearest validation, and before the first one none", () => {
    const source = runOf(learning(1000), 4096, [5, 4, 3, 2, 1, 1, 1, 1, 1, 0.5]);
    const at = (x: number | null) => readAt(errorChart, build(source), source, x)?.validation?.mean;
    expect([at(10), at(90), at(240), at(260), at(1000), at(null)]).toEqual([undefined, 5, 4, 3, 0.5, 0.5]);
  });

  it("finds it by its step where scoring takes longer than an epoch", () => {
    const source = runOf(learning(1000), 4096, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    const { validation } = source;
    // Scored half a run of training later.
    const later = { ...source, validation: { ...validation, toMs: validation.toMs.map((ms) => ms + 20_000) } };
    const at = (x: number) => readAt(errorChart, build(later, { xUnit: "time" }), later, x)?.validation;
    expect(at((source.train.toMs[799] ?? 0) / 1000)).toMatchObject({ to: 800, mean: 3 });
  });

  it("finds the steps of a spike close to where it is pressed, though no line goes through them", () => {
    const values = learning(4000, 0.1);
    values[1233] = 40;
    const source = runOf(values, 4096);
    const curves = build(source);
    const beside = nearestPoint(curves.raw, 1234)?.x ?? NaN;
    expect(spikeAt(errorChart, curves, source, beside)).toEqual({ from: 1234, to: 1234 });
    // Where more is better, it is the lowest.
    values[1233] = -40;
    const falling = runOf(values, 4096);
    const drawn = build(falling, {}, shareChart);
    expect(spikeAt({ ...shareChart, id: "mae" }, drawn, falling, beside)).toEqual({ from: 1234, to: 1234 });
    expect(spikeAt(errorChart, build(runOf([])), runOf([]), 3)).toBeNull();
  });

  it("is nothing where nothing is drawn", () => {
    const source = runOf([]);
    expect(readAt(errorChart, build(source), source, 3)).toBeNull();
    expect(nearestPoint([], 3)).toBeUndefined();
  });
});
