// The trainer on real MNIST, on the CPU: a run from beginning to end, and every control in the middle of one.
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { ModelDescription } from "../../src/engine/model/description";
import { type Learning, modelOf } from "../support/models";
import { accuracyOf, lossOf } from "../support/scores";
import { onCpu, Recording, stepsOf } from "../support/trainer";

// One trainer for all tests, since it loads the dataset once.
const recording = new Recording();
const { trainer } = recording;
beforeEach(() => recording.clear());
afterAll(() => trainer.dispose());

/** 200 digits in batches of 32, so that each of the 7 steps of an epoch but the last is full. */
const LIMIT = 200;
const STEPS_PER_EPOCH = 7;
const options = { ...onCpu, limit: LIMIT };

const model = (learning: Learning = {}): ModelDescription =>
  modelOf([["Flatten"], ["Dense", { units: 16 }], ["Dense", { units: 10, activation: "softmax" }]], {
    batchSize: 32,
    epochs: 3,
    validationCount: 100,
    optimizer: { type: "Adam", config: { learningRate: 0.005 } },
    ...learning,
  });

/** Prepares and trains to the end. @returns the losses of all steps */
async function trained(description: ModelDescription): Promise<number[]> {
  await trainer.prepare(description, options);
  recording.clear();
  await trainer.train();
  return recording.losses;
}

describe("a whole run", () => {
  it("goes through its states, tells every step once, validates each epoch and ends with the test score", async () => {
    await trainer.prepare(model(), options);
    await trainer.train();
    expect(recording.states).toEqual(["preparing", "ready", "running", "scoring", "finished"]);
    expect(recording.steps.map(({ step }) => step)).toEqual(
      Array.from({ length: 3 * STEPS_PER_EPOCH }, (_, i) => i + 1),
    );
    expect(recording.steps.at(-1)?.epoch).toBe(3);
    expect(recording.steps[0]?.epoch).toBeCloseTo(1 / 7, 12);
    expect(recording.validations.map(({ step, epoch }) => [step, epoch])).toEqual([
      [7, 1],
      [14, 2],
      [21, 3],
    ]);
    expect(recording.tests).toHaveLength(1);
    expect(recording.notices).toEqual([]);

    const { steps, validations, status } = recording;
    const scores = [...steps, ...validations].map(({ values }) => values);
    for (const score of [...scores, ...recording.tests]) {
      expect(lossOf(score)).toBeGreaterThan(0);
      expect(accuracyOf(score) >= 0 && accuracyOf(score) <= 1).toBe(true);
    }
    const times = steps.map(({ elapsedMs }) => elapsedMs);
    expect(times.every((time, i) => time >= (times[i - 1] ?? 0))).toBe(true);
    // It has learnt something: the last epoch is better than the first, on all three sets.
    const { losses, validationLosses } = recording;
    const mean = (from: number): number => losses.slice(from, from + 7).reduce((sum, loss) => sum + loss, 0) / 7;
    expect(mean(14)).toBeLessThan(0.8 * mean(0));
    expect(validationLosses[2]).toBeLessThan(validationLosses[0]!);
    expect(accuracyOf(recording.tests[0])).toBeGreaterThan(0.4);
    expect(status).toMatchObject({
      state: "finished",
      step: 21,
      totalSteps: 21,
      stepsPerEpoch: 7,
      epoch: 3,
      epochs: 3,
      validation: validations[2]!.values,
      test: recording.tests[0],
      learningRates: { model: 0.005 },
      backend: { kind: "cpu", reason: "The CPU was asked for." },
      loading: null,
      remainingMs: null,
    });
    // Of the last epoch, weighted by the samples: six batches of 32, and one of 8.
    const last = steps.slice(14);
    const weighted = last.reduce((sum, { values }, i) => sum + (values["loss"] ?? NaN) * (i < 6 ? 32 : 8), 0) / LIMIT;
    expect(status.epochMean).toMatchObject({ first: 15, last: 21, samples: LIMIT });
    expect(status.epochMean?.values["loss"]).toBeCloseTo(weighted, 12);
    // Of each epoch 200 samples, however many its batches have room for.
    expect(status.samplesPerSecond).toBeCloseTo((1000 * 3 * LIMIT) / status.elapsedMs, 6);
  });

  it("counts the samples that there are where a batch has room for more", async () => {
    await trainer.prepare(model({ batchSize: 8192 }), options);
    await trainer.train();
    const { step, elapsedMs, samplesPerSecond } = recording.status;
    expect(step).toBe(3);
    expect(samplesPerSecond).toBeCloseTo((1000 * 3 * LIMIT) / elapsedMs, 6);
  });

  it("sends its events in order: cleared before ready, steps before the validation of their epoch, the test score last", async () => {
    await trainer.prepare(model({ epochs: 2 }), options);
    await trainer.train();
    const order = recording.events.flatMap((event) => {
      if (event.type === "status")
        return event.status.state === "ready" ? ["ready"] : event.status.state === "finished" ? ["finished"] : [];
      return event.type === "steps" ? stepsOf(event.steps).map(({ step }) => `step ${step}`) : [event.type];
    });
    const steps = (from: number): string[] => Array.from({ length: 7 }, (_, i) => `step ${from + i}`);
    expect(order).toEqual([
      "cleared",
      "ready",
      ...steps(1),
      "validation",
      ...steps(8),
      "validation",
      "test",
      "finished",
    ]);
  });

  it("is the same to the bit a second time, and another with another seed", async () => {
    const first = await trained(model());
    expect(await trained(model())).toEqual(first);
    const other = await trained(model({ seed: 2 }));
    expect(other.filter((loss, i) => loss === first[i])).toEqual([]);
  });

  it("after its end does nothing more when told to train, step or stop", async () => {
    await trained(model({ epochs: 1 }));
    recording.clear();
    await Promise.all([trainer.train(), trainer.step(), trainer.stop(), trainer.pause()]);
    expect(recording.events).toEqual([]);
  });

  it("holds out nothing when told so, and then validates nothing", async () => {
    expect(await trained(model({ epochs: 1, validationCount: 0 }))).toHaveLength(7);
    expect(recording.validations).toEqual([]);
    expect(recording.status.validation).toBeNull();
  });
});

describe("pausing", () => {
  it.each([1, 7, 10])("after step %i and going on gives the same curve to the bit", async (at) => {
    const whole = await trained(model());
    const validations = recording.validationLosses;
    await trainer.prepare(model(), options);
    recording.clear();
    for (let i = 0; i < at; i++) await trainer.step();
    await trainer.train();
    expect(recording.losses).toEqual(whole);
    expect(recording.validationLosses).toEqual(validations);
    expect(validations).toHaveLength(3);
    expect(recording.status.state).toBe("finished");
  });

  it("a long run several times, wherever it is, changes no bit of it either", async () => {
    const long = model({ epochs: 150, validationCount: 0 });
    const whole = await trained(long);
    await trainer.prepare(long, options);
    recording.clear();
    let pauses = 0;
    while (recording.steps.length < whole.length) {
      const running = trainer.train();
      await new Promise((resolve) => setTimeout(resolve, 5));
      await trainer.pause();
      await running;
      pauses++;
    }
    expect(pauses).toBeGreaterThan(1);
    expect(recording.losses).toEqual(whole);
  });

  it("a running trainer stops it between two steps, with everything done told", async () => {
    await trainer.prepare(model({ epochs: 1000 }), options);
    recording.clear();
    const running = trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    await trainer.pause();
    await running;
    expect(recording.states).toEqual(["running", "paused"]);
    const { step, epoch, remainingMs } = recording.status;
    expect(step).toBe(recording.steps.length);
    expect(step).toBeLessThan(7000);
    expect(epoch).toBeCloseTo(step / 7, 10);
    expect(remainingMs).toBeNull();
    const before = recording.events.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(recording.events).toHaveLength(before);
  });

  it("leaves the pause out of the elapsed time", async () => {
    await trainer.prepare(model(), options);
    await trainer.step();
    const { elapsedMs } = recording.status;
    await new Promise((resolve) => setTimeout(resolve, 200));
    await trainer.step();
    expect(recording.status.elapsedMs - elapsedMs).toBeLessThan(190);
  });
});

describe("stepping", () => {
  it("runs exactly one step each time and pauses", async () => {
    await trainer.prepare(model(), options);
    recording.clear();
    for (let step = 1; step <= 3; step++) {
      await trainer.step();
      expect(recording.steps.map((metrics) => metrics.step)).toEqual(Array.from({ length: step }, (_, i) => i + 1));
      expect(recording.status).toMatchObject({ state: "paused", step });
    }
    expect(recording.states).toEqual(["running", "paused", "running", "paused", "running", "paused"]);
  });

  it("over the end of an epoch validates, over the end of all finishes", async () => {
    await trainer.prepare(model({ epochs: 1 }), options);
    recording.clear();
    for (let i = 0; i < 7; i++) await trainer.step();
    expect(recording.validations).toHaveLength(1);
    expect(recording.tests).toHaveLength(1);
    expect(recording.status.state).toBe("finished");
  });
});

describe("stopping", () => {
  it("a run scores the test set and ends it", async () => {
    await trainer.prepare(model({ epochs: 1000 }), options);
    recording.clear();
    const running = trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    await trainer.stop();
    await running;
    expect(recording.states).toEqual(["running", "paused", "scoring", "stopped"]);
    expect(recording.tests).toHaveLength(1);
    expect(recording.status.test).toEqual(recording.tests[0]);
    // It can go on from there.
    const { step } = recording.status;
    recording.clear();
    await trainer.step();
    expect(recording.steps.map((told) => told.step)).toEqual([step + 1]);
    expect(recording.status).toMatchObject({ state: "paused", test: null });
  });

  it("before the first step does nothing", async () => {
    await trainer.prepare(model(), options);
    recording.clear();
    await trainer.stop();
    expect(recording.events).toEqual([]);
    await trainer.step();
    expect(recording.steps).toHaveLength(1);
  });
});

describe("resetting", () => {
  it.each(["in the middle of a run", "after it"])("%s goes back to the same first losses", async (when) => {
    const whole = await trained(model());
    const initial = await initialWeights();
    if (when === "in the middle of a run") {
      await trainer.prepare(model({ epochs: 3 }), options);
      await trainer.step();
      await trainer.step();
    }
    recording.clear();
    await trainer.reset();
    expect(recording.events.map(({ type }) => type)).toEqual(["cleared", "status"]);
    expect(recording.status).toMatchObject({
      state: "ready",
      step: 0,
      epochMean: null,
      validation: null,
      test: null,
      elapsedMs: 0,
    });
    expect(await trainer.session?.weights()).toEqual(initial);
    recording.clear();
    await trainer.train();
    expect(recording.losses).toEqual(whole);
  });

  async function initialWeights() {
    await trainer.prepare(model(), options);
    const weights = await trainer.session?.weights();
    await trainer.train();
    return weights;
  }

  it("forgets the optimizer's memory too", async () => {
    const momentum = { optimizer: { type: "Momentum" as const, config: { learningRate: 0.1 } } };
    const whole = await trained(model(momentum));
    await trainer.reset();
    recording.clear();
    await trainer.train();
    expect(recording.losses).toEqual(whole);
  });
});
