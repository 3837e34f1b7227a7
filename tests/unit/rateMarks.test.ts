// Marks of learning rates in the curves: the rates that steps are taken with, and never lost with the steps before them.
import { beforeEach, expect, it } from "vitest";
import { addSteps, readMetrics, rewindMetrics, startMetrics } from "../../app/store/metrics";
import { markRates } from "../../app/train/rateMarks";
import type { ModelDescription } from "../../src/engine";
import { infos } from "../support/curves";
import { modelOf } from "../support/models";

const status = { stepsPerEpoch: 10 };
const withRate = (learningRate: number): ModelDescription =>
  modelOf([["Flatten"], ["Dense", { units: 10 }]], {
    epochs: 10,
    optimizer: { type: "SGD", config: { learningRate } },
    schedule: { type: "cosine", config: { warmupEpochs: 0, floor: 0 } },
  });

beforeEach(() => {
  startMetrics(infos);
  const steps = Array.from({ length: 50 }, (_, i) => i + 1);
  addSteps({ steps, elapsedMs: steps, columns: { mae: steps, recall: steps } });
});

const marks = () => readMetrics().marks.map(({ step, learningRate }) => [step, learningRate]);

it("tell the rate of the next step by its schedule, which is half after half of a cosine", () => {
  markRates(withRate(0.4), withRate(1), status);
  expect(marks()).toEqual([[50, expect.closeTo(0.2, 12)]]);
});

it("are of what was set otherwise before", () => {
  markRates(withRate(0.4), withRate(0.4), status);
  expect(marks()).toEqual([]);
});

it("are set anew, at the rate there, where a run goes back to before them", () => {
  markRates(withRate(0.4), withRate(1), status);
  expect(rewindMetrics(60)).toBe(false);
  expect(rewindMetrics(25)).toBe(true);
  markRates(withRate(0.4), null, status);
  expect(marks()).toEqual([[25, expect.closeTo(0.2 * (1 + Math.SQRT1_2), 12)]]);
});
