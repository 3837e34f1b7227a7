// Rounded weights: hand values, what they take, and that scoring a copy with them leaves the model as it is.
import { afterEach, describe, expect, it } from "vitest";
import { roundingsFor } from "../../app/inspect/views/rounding/survey";
import { presets } from "../../src/engine/model/presets";
import { roundWeight, storedBytes } from "../../src/engine/train/rounding";
import { onCpu, Recording } from "../support/trainer";

describe("rounded weights", () => {
  const weight = { shape: [2, 2], data: Float32Array.of(0.7, -2, 0.24, 1) };

  it("are multiples of the largest over the largest integer", () => {
    // 3 bits: integers from -3 to 3, so a step is 2/3.
    const { data } = roundWeight(weight, { bits: 3, each: "tensor" });
    expect(Array.from(data, (value) => value * 1.5)).toEqual([1, -3, 0, 2].map((k) => expect.closeTo(k, 6)));
  });

  it("have a step of their own for each of the last axis", () => {
    // Steps are 0.7/3 and 2/3.
    const { data } = roundWeight(weight, { bits: 3, each: "channel" });
    expect(Array.from(data)).toEqual([0.7, -2, 0.7 / 3, 4 / 3].map((k) => expect.closeTo(k, 6)));
  });

  it("stay zeros, and are off by half a step at most", () => {
    const data = Float32Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 0 : Math.sin(i) / (1 + (i % 7))));
    for (const each of ["tensor", "channel"] as const) {
      const rounded = roundWeight({ shape: [100, 3], data }, { bits: 8, each }).data;
      expect(rounded.filter((value, i) => data[i] === 0 && value !== 0)).toHaveLength(0);
      expect(Math.max(...rounded.map((value, i) => Math.abs(value - (data[i] ?? 0))))).toBeLessThanOrEqual(0.5 / 127);
    }
    expect(roundWeight({ shape: [2, 1], data: new Float32Array(2) }, { bits: 4, each: "channel" }).data).toEqual(
      new Float32Array(2),
    );
  });

  it("take their bits, their scales, and four bytes for each of the others", () => {
    const weights = { "dense/kernel": [784, 10], "dense/bias": [10] };
    expect(storedBytes(weights, null)).toBe(4 * 7850);
    expect(storedBytes(weights, { bits: 8, each: "channel" })).toBe(7840 + 40 + 40);
    expect(storedBytes(weights, { bits: 4, each: "tensor" })).toBe(3920 + 4 + 40);
    expect(storedBytes(weights, { bits: 4, each: "tensor", only: [] })).toBe(4 * 7850);
    const shapes = { ...weights, "lstm/kernel": [2, 8], "lstm/recurrent_kernel": [2, 8] };
    expect(roundingsFor({ weights: shapes }, { bits: 4, each: "tensor" }).map(({ what }) => what)).toEqual([
      "nothing",
      "all",
      { layer: "dense" },
      { layer: "lstm" },
    ]);
  });
});

describe("a copy of a model", () => {
  const opened: Recording[] = [];
  const record = (): Recording => {
    const recording = new Recording();
    opened.push(recording);
    return recording;
  };
  afterEach(async () => {
    for (const { trainer } of opened.splice(0)) await trainer.dispose();
  });
  const { description } = presets.curve;
  const short = { ...description, training: { ...description.training, epochs: 10 } };

  it("is scored with rounded weights, and the model trains on to the same bits", async () => {
    const [{ trainer }, { trainer: undisturbed }] = [record(), record()];
    for (const each of [trainer, undisturbed]) {
      await each.prepare(short, onCpu);
      await each.train(60);
    }
    const about = await trainer.openRounding("validation");
    expect(about).toMatchObject({ split: "validation", step: 60 });
    expect(about?.weights["dense_1/kernel"]).toEqual([64, 64]);
    const asIs = await trainer.scoreRounded(null);
    const rest = trainer.train();
    const fine = await trainer.scoreRounded({ bits: 16, each: "channel" });
    const coarse = await trainer.scoreRounded({ bits: 2, each: "tensor" });
    const last = await trainer.scoreRounded({ bits: 2, each: "tensor", only: ["dense_2/kernel"] });
    const none = await trainer.scoreRounded({ bits: 2, each: "tensor", only: [] });
    await Promise.all([rest, undisturbed.train()]);
    expect(none).toEqual(asIs);
    const loss = asIs?.["loss"] ?? NaN;
    expect(fine?.["loss"]).toBeCloseTo(loss, 3);
    expect(coarse?.["loss"]).toBeGreaterThan(1.1 * loss);
    expect(last).not.toEqual(asIs);
    expect(last).not.toEqual(coarse);
    expect(await trainer.session?.weights()).toEqual(await undisturbed.session?.weights());
    await trainer.closeRounding();
    expect(await trainer.scoreRounded(null)).toBeNull();
  });

  it("is gone with the engine of its model", async () => {
    const { trainer } = record();
    expect(await trainer.openRounding("test")).toBeNull();
    await trainer.prepare(short, onCpu);
    expect((await trainer.openRounding("test"))?.split).toBe("test");
    await trainer.runOn({ backend: "cpu", threads: 1 });
    expect(await trainer.scoreRounded(null)).toBeNull();
    await trainer.closeRounding();
    expect((await trainer.openRounding("test"))?.step).toBe(0);
  });
});
