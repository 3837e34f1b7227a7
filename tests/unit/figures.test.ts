// The figures beside Train: how much room they need, and how epochs are counted.
import { describe, expect, it } from "vitest";
import * as format from "../../app/common/format";
import { emptyStatus } from "../../app/store/run";
import { currentEpoch } from "../../app/train/statusText";

describe("figures", () => {
  it.each([
    { format: "number", unit: "nats" },
    { format: "number", unit: "" },
    { format: "percent", unit: "" },
  ] as const)("of %o never take more room than is kept for them", (curve) => {
    const sizes = Array.from({ length: 400 }, (_, i) => 10 ** (i / 20 - 10) * 1.2345);
    const edges = [0, 9999.4, 9999.6, 12_345, 99_999.5, 999_999.4, 999_999.6, 0.99996];
    const signed = sizes.filter((size) => size > 1e-4 && size < 1e6).map((size) => -size);
    const values = curve.format === "percent" ? [0, 0.1, 0.99996, 1] : [...sizes, ...edges, ...signed];
    const texts = values.map((value) => format.formatCurve(curve, value));
    expect(texts.filter((text) => text.length > format.roomOf(curve))).toEqual([]);
    expect(Math.max(...texts.map((text) => text.length))).toBe(format.roomOf(curve));
  });

  it("count epochs from 1, and the last step of an epoch to it", () => {
    const at = (step: number, stepsPerEpoch = 10): number => {
      return currentEpoch({ ...emptyStatus, step, stepsPerEpoch, epochs: 3 });
    };
    expect([0, 1, 10, 11, 20, 21, 30].map((step) => at(step))).toEqual([1, 1, 1, 2, 2, 3, 3]);
    expect(at(0, 0), "nothing is known yet").toBe(0);
    expect(at(35), "a run of fewer epochs than it has had").toBe(3);
  });
});
