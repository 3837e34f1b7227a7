// The axes of charts and what is written on them, the labels of marks, and the part of an axis that is seen.
import { describe, expect, it } from "vitest";
import { xAxisOf, yAxisOf } from "../../app/charts/axes";
import { chartOf } from "../../app/charts/chart";
import { placeLabels } from "../../app/charts/markLabels";
import { labelNumbers, logTicks, niceRange, niceStep, niceTicks } from "../../app/charts/ticks";
import { clampZoom, panBy, pinch, zoomAt } from "../../app/charts/zoom";
import { errorChart } from "../support/curves";

describe("axes", () => {
  it("are marked at round numbers", () => {
    expect(niceTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(niceTicks(0, 2, 6, 1)).toEqual([0, 1, 2]);
    expect(niceStep(0, 4)).toBe(1);
    expect(niceRange(0.03, 2.31, 4)).toEqual([0, 3]);
    expect(logTicks(-1, 0).map((tick) => Number((10 ** tick).toPrecision(3)))).toEqual([0.1, 0.2, 0.5, 1]);
  });

  it("have a length even where all values are the same", () => {
    const [low, high] = niceRange(2, 2, 4);
    expect(high).toBeGreaterThan(low);
  });

  it.each<[readonly number[], readonly string[]]>([
    [
      [0, 0.5, 1],
      ["0", "0.5", "1"],
    ],
    [
      [0, 250_000, 500_000],
      ["0", "250000", "500000"],
    ],
    [
      [0, 2.5e26, 5e26],
      ["0", "2.5e26", "5e26"],
    ],
    [
      [0, 1e300, 2e300],
      ["0", "1e300", "2e300"],
    ],
    [
      [1_000_001, 1_000_002],
      ["1.000001e6", "1.000002e6"],
    ],
    [
      [-2e9, 0, 2e9],
      ["-2e9", "0", "2e9"],
    ],
    [
      [0, 2e-5, 4e-5],
      ["0", "2e-5", "4e-5"],
    ],
    [[0], ["0"]],
    [[], []],
  ])("write %j as %j", (ticks, labels) => {
    expect(labelNumbers(ticks)).toEqual(labels);
  });

  it("tell their ticks apart however close they are", () => {
    for (const [low, high] of [
      [12_340, 12_360],
      [1_000_000, 1_000_040],
      [0, 30],
      [0, 2e6],
    ] as const) {
      const { labels, ticks } = xAxisOf({ low, high }, "step", 500);
      expect(new Set(labels).size, labels.join()).toBe(ticks.length);
    }
    const seconds = xAxisOf({ low: 100, high: 100.5 }, "time", 500).labels;
    expect(new Set(seconds).size, seconds.join()).toBe(seconds.length);
  });

  it("have as many ticks as there is room for", () => {
    const lines = Float64Array.from({ length: 50 }, (_, i) => i / 50);
    const ticksAt = (height: number): number =>
      yAxisOf(errorChart, { lines, band: null }, { isLog: false, isFit: false, isZoomed: false, height }).ticks.length;
    expect(ticksAt(40)).toBe(2);
    expect(ticksAt(150)).toBeGreaterThanOrEqual(5);
    expect(xAxisOf({ low: 0, high: 4300 }, "step", 280).ticks.length).toBeLessThanOrEqual(5);
  });

  it("do not crowd over many powers of ten", () => {
    const lines = Float64Array.of(-4, 26);
    const axis = yAxisOf(
      errorChart,
      { lines, band: null },
      { isLog: true, isFit: false, isZoomed: false, height: 150 },
    );
    expect(axis.ticks.length).toBeLessThanOrEqual(8);
    expect(axis.labels).toContain("1e20");
    expect(new Set(axis.labels).size).toBe(axis.labels.length);
  });
});

describe("a chart", () => {
  it("is made from the description of any metric", () => {
    const speed = chartOf({
      id: "bleu",
      title: "BLEU",
      help: "Like people's.",
      unit: "points",
      format: "number",
      better: "higher",
    });
    expect([speed.quietEdge, speed.help]).toEqual(["bottom", "Like people's. Higher is better."]);
    // What is best when low begins at zero; what is best when high need not.
    expect(speed.range(30, 34, 4)).toEqual([30, 34]);
    expect(errorChart.range(30, 34, 4)[0]).toBe(0);
    expect(errorChart.quietEdge).toBe("top");
    const rate = chartOf({ id: "f1", title: "F1", help: "", unit: "", format: "percent", better: "higher" });
    expect(rate.labels([0.5, 0.75, 1])).toEqual(["50%", "75%", "100%"]);
    expect(rate.format(0.123)).toBe("12.30%");
  });
});

describe("a zoom", () => {
  const whole = { low: 0, high: 1000 };

  it("keeps what is under the pointer in its place", () => {
    expect(zoomAt({ low: 0, high: 1000 }, 200, 0.5)).toEqual({ low: 100, high: 600 });
    expect(zoomAt({ low: 100, high: 600 }, 200, 2)).toEqual({ low: 0, high: 1000 });
  });

  it("stays within the whole, is never too short, and is none where it is all", () => {
    expect(clampZoom({ low: -50, high: 400 }, whole, 4)).toEqual({ low: 0, high: 450 });
    expect(clampZoom({ low: 500, high: 500.5 }, whole, 4)).toEqual({ low: 498.25, high: 502.25 });
    expect(clampZoom({ low: -1, high: 1001 }, whole, 4)).toBeNull();
  });

  it("that reaches the end stays at the end", () => {
    expect(clampZoom({ low: 800, high: 1200 }, whole, 4)).toEqual({ low: 600, high: Infinity });
  });

  it("moves along without a change of its length", () => {
    expect(panBy({ low: 100, high: 300 }, 50, whole)).toEqual({ low: 150, high: 350 });
    expect(panBy({ low: 100, high: 300 }, -500, whole)).toEqual({ low: 0, high: 200 });
    expect(panBy({ low: 100, high: 300 }, 5000, whole)).toEqual({ low: 800, high: 1000 });
  });

  it("follows two fingers", () => {
    const close = (low: number, high: number) => ({ low: expect.closeTo(low, 9), high: expect.closeTo(high, 9) });
    expect(pinch(200, 600, 0.2, 0.6)).toEqual(close(0, 1000));
    expect(pinch(200, 600, 0, 1)).toEqual(close(200, 600));
    expect(pinch(200, 600, 0.5, 0.505)).toBeNull();
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
