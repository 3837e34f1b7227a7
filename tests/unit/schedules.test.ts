// Learning-rate schedules against values worked out by hand.
import { describe, expect, it } from "vitest";
import { defaultConfig, readConfig } from "../../src/engine/fields";
import { schedules, type ScheduleType } from "../../src/engine/optim/schedules";

/** Ten steps an epoch, four epochs. */
const at = (type: ScheduleType, step: number, config = {}): number =>
  schedules[type].factor(
    { step, stepsPerEpoch: 10, totalSteps: 40 },
    readConfig(schedules[type].fields, config).config,
  );

it("constant is 1 throughout", () => {
  expect([0, 1, 39, 4000].map((step) => at("constant", step))).toEqual([1, 1, 1, 1]);
});

it("step cuts every few epochs, at the epoch's first step", () => {
  expect([0, 19, 20, 39, 40].map((step) => at("step", step))).toEqual([1, 1, 0.5, 0.5, 0.25]);
  const config = { factor: 0.1, everyEpochs: 1 };
  expect([9, 10, 20].map((step) => at("step", step, config))).toEqual([1, 0.1, 0.1 ** 2]);
});

it("exponential reaches the factor once per period, by equal ratios", () => {
  expect(at("exponential", 0)).toBe(1);
  expect(at("exponential", 10)).toBeCloseTo(0.9, 15);
  expect(at("exponential", 5)).toBeCloseTo(Math.sqrt(0.9), 15);
  expect(at("exponential", 40, { factor: 0.25, everyEpochs: 2 })).toBeCloseTo(0.0625, 15);
  expect(at("exponential", 7) / at("exponential", 6)).toBeCloseTo(at("exponential", 36) / at("exponential", 35), 14);
});

describe("cosine", () => {
  it("rises in equal steps over the warm-up, and is whole at its end", () => {
    const config = { warmupEpochs: 0.4 };
    expect([0, 1, 2, 3, 4].map((step) => at("cosine", step, config))).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  });

  it("is half way down in the middle of what follows, and at the floor at the end", () => {
    const config = { warmupEpochs: 1, floor: 0.1 };
    expect(at("cosine", 10, config)).toBe(1);
    expect(at("cosine", 25, config)).toBeCloseTo(0.55, 14);
    // A third of the way: cos 60 degrees is one half, so three quarters of the fall are left.
    expect(at("cosine", 20, config)).toBeCloseTo(0.1 + 0.9 * 0.75, 14);
    expect(at("cosine", 40, config)).toBeCloseTo(0.1, 14);
    expect(at("cosine", 1000, config)).toBeCloseTo(0.1, 14);
  });

  it("needs no warm-up, and survives one longer than training", () => {
    expect(at("cosine", 0, { warmupEpochs: 0 })).toBe(1);
    const rising = Array.from({ length: 40 }, (_, step) => at("cosine", step, { warmupEpochs: 100 }));
    expect(rising.every((factor, i) => factor > (rising[i - 1] ?? 0) && factor < 1)).toBe(true);
  });
});

it.each(Object.keys(schedules) as ScheduleType[])(
  "%s stays between 0 and 1 with its defaults, and never is 0 before the end",
  (type) => {
    const config = defaultConfig(schedules[type].fields);
    for (let step = 0; step < 40; step++) {
      const factor = at(type, step, config);
      expect(factor).toBeGreaterThan(0);
      expect(factor).toBeLessThanOrEqual(1);
    }
  },
);
