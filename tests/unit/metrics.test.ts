// The store of a run's curves: what it keeps, what it forgets, and that nothing in it grows with the run.
import { beforeEach, describe, expect, it } from "vitest";
import {
  addRateMark,
  addSteps,
  addValidations,
  clearMetrics,
  readMetrics,
  rewindMetrics,
  setStepsPerEpoch,
  startMetrics,
} from "../../app/store/metrics";
import { stepBatch, validationBatch } from "../../app/train/metricBatch";
import { infos } from "../support/curves";

const batch = (first: number, count = 1) => {
  const steps = Array.from({ length: count }, (_, i) => first + i);
  return { steps, elapsedMs: steps.map((step) => step * 2), columns: { mae: steps, recall: steps } };
};

describe("the metrics of a run", () => {
  beforeEach(() => startMetrics(infos));

  it("are those that the run was started with", () => {
    addSteps(batch(1, 3));
    addValidations(batch(3));
    const { train, validation, infos: known } = readMetrics();
    expect(known.map(({ id }) => id)).toEqual(["mae", "recall"]);
    expect([train.count, validation.count]).toEqual([3, 1]);
    expect(train.column("mae").lasts[2]).toBe(3);
  });

  it("hold a bounded number of validations and of marks", () => {
    for (let step = 1; step <= 20_000; step++) {
      if (step <= 500) {
        addSteps(batch(step));
        addRateMark(1 / step);
      }
      addValidations(batch(step));
    }
    const { validation, marks } = readMetrics();
    expect(validation.count).toBeLessThanOrEqual(4096);
    expect(validation.to[validation.count - 1]).toBe(20_000);
    expect(marks.length).toBeLessThanOrEqual(256);
    expect(marks.at(-1)).toEqual({ step: 500, elapsedMs: 1000, learningRate: 1 / 500 });
  });

  it("leave one mark of two changes at the same step", () => {
    addRateMark(1);
    expect(readMetrics().marks).toEqual([]);
    addSteps(batch(1));
    addRateMark(0.1);
    addRateMark(0.2);
    expect(readMetrics().marks.map(({ learningRate }) => learningRate)).toEqual([0.2]);
  });

  it("forget what came after a step, and all of it for another run", () => {
    addSteps(batch(1, 10));
    addValidations(batch(10));
    addRateMark(0.5);
    setStepsPerEpoch(5);
    rewindMetrics(4);
    expect(readMetrics()).toMatchObject({ train: { count: 4 }, validation: { count: 0 }, marks: [], stepsPerEpoch: 5 });
    const { run } = readMetrics();
    clearMetrics();
    expect(readMetrics()).toMatchObject({ train: { count: 0 }, stepsPerEpoch: 0, run: run + 1 });
  });

  it("are read from the trainer's events", () => {
    const values = { mae: Float32Array.of(0.5, 0.25), recall: Float32Array.of(1, 0) };
    const elapsedMs = Float64Array.of(70, 80);
    expect(stepBatch({ first: 7, count: 2, stepsPerEpoch: 4, elapsedMs, values })).toEqual({
      steps: Float64Array.of(7, 8),
      elapsedMs,
      columns: values,
    });
    const scores = { mae: 0.5, recall: 1 };
    expect(validationBatch({ step: 8, epoch: 2, elapsedMs: 80, values: scores })).toEqual({
      steps: [8],
      elapsedMs: [80],
      columns: { mae: [0.5], recall: [1] },
    });
  });
});
