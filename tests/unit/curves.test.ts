// From logged steps to drawn lines: the log, smoothing, picking points, axes, and the files made from them.
import { describe, expect, it } from "vitest";
import { accuracyChart } from "../../app/charts/accuracy";
import type { CurveSource } from "../../app/charts/curves";
import { buildCurves, MAX_POINTS, nearestIndex } from "../../app/charts/curves";
import { toCsv } from "../../app/charts/download";
import { placeLabels } from "../../app/charts/markLabels";
import { pickPoints } from "../../app/charts/downsample";
import { lossChart } from "../../app/charts/loss";
import { smooth } from "../../app/charts/smooth";
import { tableRows } from "../../app/charts/tableRows";
import { logTicks, niceRange, niceStep, niceTicks } from "../../app/charts/ticks";
import { createMetricLog } from "../../app/store/metricLog";

const step = (n: number, loss: number) => ({
  step: n,
  epoch: n / 100,
  elapsedMs: n * 10,
  loss,
  accuracy: 1 - loss / 3,
});

function logOf(losses: readonly number[], capacity = 4096) {
  const log = createMetricLog(capacity);
  losses.forEach((loss, i) => log.push(step(i + 1, loss)));
  return log;
}

const sourceOf = (losses: readonly number[]): CurveSource => ({ train: logOf(losses), validations: [], marks: [] });
const noise = (count: number): number[] => Array.from({ length: count }, (_, i) => 1 + Math.sin(i * 12.9898) * 0.2);

describe("picking points", () => {
  it("takes all of few", () => {
    expect(pickPoints([3, 1, 2], 3, 4)).toEqual([0, 1, 2]);
    expect(pickPoints([], 0, 4)).toEqual([]);
  });

  it.each([
    [5, 4],
    [100, 60],
    [499, 500],
    [1000, 60],
    [12_345, 500],
  ])("keeps every spike of %i points, in order, within %i", (count, limit) => {
    const values = noise(count);
    const [high, low] = [Math.floor(count * 0.37), Math.floor(count * 0.73)];
    values[high] = 50;
    values[low] = -50;
    const picked = pickPoints(values, count, limit);
    expect(picked.length).toBeLessThanOrEqual(limit);
    expect(picked).toEqual([...new Set(picked)].toSorted((a, b) => a - b));
    expect(picked).toEqual(expect.arrayContaining([0, high, low, count - 1]));
  });

  it("is not led astray by what is not a number", () => {
    const values = noise(1000).map((value, i) => (i % 3 === 0 ? NaN : value));
    values[500] = 9;
    const picked = pickPoints(values, 1000, 50);
    expect(picked).toContain(500);
  });
});

describe("smoothing", () => {
  it("leaves values as they are at 0 and does not pull the start to zero", () => {
    const values = [5, 4, 3, 2];
    expect([...smooth(values, 4, 0, new Float64Array(4))]).toEqual(values);
    const half = smooth(values, 4, 0.5, new Float64Array(4));
    expect(half[0]).toBeCloseTo(5);
    expect(half[1]).toBeCloseTo((5 * 0.25 + 4 * 0.5) / 0.75);
  });

  it("passes over what is not finite", () => {
    const smoothed = smooth([NaN, 2, Infinity, 2], 4, 0.9, new Float64Array(4));
    expect([...smoothed]).toEqual([NaN, expect.closeTo(2), expect.closeTo(2), expect.closeTo(2)]);
  });
});

describe("the log of steps", () => {
  it("halves itself when full, keeping the first step, the last, and spikes", () => {
    const losses = noise(10_000);
    losses[4321] = 77;
    const log = logOf(losses, 64);
    expect(log.count).toBeLessThanOrEqual(64);
    expect(log.steps[0]).toBe(1);
    expect(log.steps[log.count - 1]).toBe(10_000);
    const kept = [...log.steps.subarray(0, log.count)];
    expect(kept).toEqual(kept.toSorted((a, b) => a - b));
    expect(new Set(kept).size).toBe(kept.length);
    const spike = kept.indexOf(4322);
    expect(log.losses[spike]).toBe(77);
    expect(log.epochs[spike]).toBeCloseTo(43.22);
  });

  it("halves equal losses too", () => {
    const log = logOf(new Array<number>(1000).fill(2), 16);
    const kept = [...log.steps.subarray(0, log.count)];
    expect(new Set(kept).size).toBe(kept.length);
    expect(kept[0]).toBe(1);
  });

  it("forgets what came after a step, and everything", () => {
    const log = logOf([3, 2, 1]);
    log.rewind(2);
    expect([...log.steps.subarray(0, log.count)]).toEqual([1, 2]);
    log.clear();
    expect(log.count).toBe(0);
  });
});

describe("curves", () => {
  const options = { xUnit: "step", smoothing: 0, isLog: false, isFit: false } as const;
  const build = (
    source: CurveSource,
    changes: Partial<{ xUnit: "step" | "epoch" | "time"; smoothing: number; isLog: boolean; isFit: boolean }> = {},
  ) => buildCurves(lossChart, source, { ...options, ...changes }, new Float64Array(source.train.steps.length));

  it("draws nothing of nothing, on axes that can be drawn", () => {
    const { raw, validation, xAxis, yAxis } = build(sourceOf([]));
    expect([raw, validation]).toEqual([[], []]);
    expect([xAxis.low, xAxis.high, yAxis.low, yAxis.high]).toEqual([0, 1, 0, 1]);
  });

  it("stays within its points and keeps the spike", () => {
    const losses = noise(4000);
    losses[1234] = 40;
    const validations = Array.from({ length: 400 }, (_, i) => step((i + 1) * 10, 1));
    const {
      raw,
      smooth: smoothed,
      validation,
      yAxis,
    } = build({ ...sourceOf(losses), validations }, { smoothing: 0.9 });
    expect(raw.length + validation.length).toBeLessThanOrEqual(MAX_POINTS);
    expect(smoothed.length).toBe(raw.length);
    expect(Math.max(...raw.map(({ y }) => y))).toBe(40);
    expect(yAxis.high).toBeGreaterThanOrEqual(40);
    expect(yAxis.low).toBe(0);
  });

  it("draws logarithms on a logarithmic axis, and leaves out what has none", () => {
    const { raw, yAxis } = build(sourceOf([100, 10, 0, NaN, 1]), { isLog: true });
    expect(raw.map(({ x, y }) => [x, y])).toEqual([
      [1, 2],
      [2, 1],
      [5, 0],
    ]);
    expect(yAxis.low).toBeLessThanOrEqual(0);
    expect(yAxis.high).toBeGreaterThanOrEqual(2);
    expect(yAxis.ticks).toContain(1);
  });

  it.each([
    ["step", 50],
    ["epoch", 0.5],
    ["time", 0.5],
  ] as const)("counts the horizontal axis in %s", (xUnit, last) => {
    const { raw, xAxis } = build(sourceOf(noise(50)), { xUnit });
    expect(raw.at(-1)?.x).toBeCloseTo(last);
    expect(xAxis.high).toBeGreaterThanOrEqual(last);
    expect(xAxis.high).toBeLessThan(last * 1.2);
  });

  it("ends the accuracy at 100%", () => {
    const curves = buildCurves(accuracyChart, sourceOf([0.3, 0.2]), options, new Float64Array(4096));
    expect(curves.yAxis.high).toBe(1);
    expect(curves.yAxis.low).toBeLessThanOrEqual(0.9);
  });

  it("fits the axis to most values when asked to", () => {
    const losses = noise(400);
    losses[0] = 90;
    expect(build(sourceOf(losses)).yAxis.high).toBeGreaterThanOrEqual(90);
    const { low, high } = build(sourceOf(losses), { isFit: true }).yAxis;
    expect(high).toBeLessThan(2);
    expect(low).toBeGreaterThan(0.5);
  });

  it("finds the logged step nearest to a place", () => {
    const { train } = sourceOf(noise(100));
    expect(nearestIndex(train, 41.6, "step")).toBe(41);
    expect(nearestIndex(train, -5, "step")).toBe(0);
    expect(nearestIndex(train, 1e9, "epoch")).toBe(99);
    expect(nearestIndex(sourceOf([]).train, 3, "step")).toBe(-1);
  });
});

describe("axes", () => {
  it("are marked at round numbers", () => {
    expect(niceTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(niceTicks(0, 2, 6, 1)).toEqual([0, 1, 2]);
    expect(niceStep(0, 4)).toBe(1);
    expect(niceRange(0.03, 2.31, 4)).toEqual([0, 3]);
    expect(logTicks(-1, 0).map((tick) => Number((10 ** tick).toPrecision(3)))).toEqual([0.1, 0.2, 0.5, 1]);
  });
});

describe("numbers for reading", () => {
  const validations = [{ ...step(100, 0.5) }];

  it("are the first step, the latest and every validation", () => {
    const rows = tableRows(logOf(noise(100)), validations);
    expect(rows[0]?.step).toBe(1);
    expect(rows.at(-1)?.validation?.loss).toBe(0.5);
    expect(rows.at(-1)?.train).not.toBeNull();
    expect(rows.length).toBe(13);
    expect(tableRows(createMetricLog(16), [])).toEqual([]);
  });

  it("are all there in the CSV, a validation after its step", () => {
    const lines = toCsv({ train: logOf([2, 1]), validations: [step(1, 3)], marks: [] })
      .trimEnd()
      .split("\n");
    expect(lines).toEqual([
      "split,step,epoch,elapsed_ms,loss,accuracy",
      `train,1,0.01,10,2,${1 - 2 / 3}`,
      "validation,1,0.01,10,3,0",
      `train,2,0.02,20,1,${1 - 1 / 3}`,
    ]);
  });
});

describe("the labels of marks", () => {
  const mark = (x: number, text = "lr 0.001") => ({ x, text });

  it("stand to the right of their marks, or to the left where the picture ends", () => {
    expect(placeLabels([mark(10), mark(290)], 300).map(({ x, anchor }) => [x, anchor])).toEqual([
      [14, "start"],
      [286, "end"],
    ]);
  });

  it("are left out where others stand, so that the last of several is read", () => {
    const shown = (...places: number[]) =>
      placeLabels(
        places.map((x, i) => mark(x, `lr ${i}`)),
        300,
      ).map(({ text, anchor }) => `${text} ${anchor}`);
    expect(shown(10, 12, 14)).toEqual(["lr 2 start"]);
    expect(shown(10, 120, 125, 200)).toEqual(["lr 0 start", "lr 1 end", "lr 2 start", "lr 3 start"]);
    expect(shown(10, 115, 120, 125, 200)).toEqual(["lr 0 start", "lr 1 end", "lr 3 start", "lr 4 start"]);
    expect(shown(294, 296, 298)).toEqual(["lr 2 end"]);
    expect(shown(260, 298)).toEqual(["lr 0 end", "lr 1 end"]);
    expect(shown()).toEqual([]);
  });

  it("never run into each other, nor across another mark than one before the last", () => {
    for (let seed = 1; seed < 200; seed++) {
      const places = Array.from({ length: 1 + (seed % 7) }, (_, i) => (seed * 37 * (i + 1)) % 290).toSorted(
        (a, b) => a - b,
      );
      const marks = places.map((x) => mark(x));
      const spans = placeLabels(marks, 300).map(({ x, anchor }) => (anchor === "start" ? [x, x + 40] : [x - 40, x]));
      spans.forEach(([from = 0, to = 0], i) => {
        expect(from, `${places}`).toBeGreaterThanOrEqual(spans[i - 1]?.[1] ?? 0);
        expect(to).toBeLessThanOrEqual(300);
        const crossed = places.filter((x) => x > from && x < to);
        if (i < spans.length - 1) expect(crossed, `${places}`).toEqual([]);
      });
    }
  });
});
