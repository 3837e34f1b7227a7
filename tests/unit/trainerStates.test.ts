// Controls pressed while the trainer is on its way from one state to another: each is remembered and done, in turn.
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { ModelDescription } from "../../src/engine/model/description";
import { type Learning, modelOf, withLearning, withRate } from "../support/models";
import { onCpu, Recording } from "../support/trainer";

const recording = new Recording();
const { trainer } = recording;
beforeEach(() => recording.clear());
afterAll(() => trainer.dispose());

const STEPS_PER_EPOCH = 2;
const options = { ...onCpu, limit: 64 };
const model = (learning: Learning = {}): ModelDescription =>
  modelOf([["Flatten"], ["Dense", { units: 10, activation: "softmax" }]], {
    batchSize: 32,
    epochs: 3,
    optimizer: { type: "SGD", config: { learningRate: 0.1 } },
    ...learning,
  });
const ENDLESS = 10_000;

/** Starts an endless run and lets it make some steps. */
async function running(): Promise<ModelDescription> {
  const endless = model({ epochs: ENDLESS });
  await trainer.prepare(endless, options);
  void trainer.train();
  await recording.until(({ steps }) => steps.length > 0);
  return endless;
}

describe("settings changed", () => {
  it("while a model is prepared hold for its first step", async () => {
    const description = model();
    const preparing = trainer.prepare(description, options);
    await trainer.configure(withRate(description, 0.01));
    await preparing;
    expect(recording.status).toMatchObject({ state: "ready", learningRates: { model: 0.01 } });
  });

  it("for one model do not hold for the next", async () => {
    await trainer.prepare(model(), options);
    await trainer.configure(withRate(model(), 0.01));
    await trainer.prepare(model(), options);
    expect(recording.status.learningRates).toEqual({ model: 0.1 });
  });

  it("while it moves to other threads hold there, and after a reset", async () => {
    await trainer.prepare(model(), options);
    await trainer.step();
    const moving = trainer.runOn({ backend: "cpu", threads: 1 });
    await recording.until(({ status }) => status.state === "preparing");
    await trainer.configure(withRate(model(), 0.01));
    await moving;
    expect(recording.status).toMatchObject({ state: "paused", step: 1, learningRates: { model: 0.01 } });
    await trainer.reset();
    expect(recording.status).toMatchObject({ state: "ready", learningRates: { model: 0.01 } });
  });

  it("to fewer epochs than are done ends the run at once, to more lets it go on", async () => {
    const endless = await running();
    await trainer.configure(withLearning(endless, { epochs: 1 }));
    await recording.until(({ status }) => status.state === "finished");
    const { step } = recording.status;
    expect(recording.status).toMatchObject({ epochs: 1, totalSteps: STEPS_PER_EPOCH });
    const epochs = Math.ceil(step / STEPS_PER_EPOCH) + 2;
    await trainer.configure(withLearning(endless, { epochs }));
    recording.clear();
    await trainer.train();
    expect(recording.steps[0]?.step).toBe(step + 1);
    expect(recording.status).toMatchObject({ state: "finished", step: epochs * STEPS_PER_EPOCH });
  });

  it("that would need another model change nothing", async () => {
    await trainer.prepare(model(), options);
    await trainer.configure(withRate(model({ batchSize: 16 }), 0.01));
    expect(recording.status).toMatchObject({ stepsPerEpoch: STEPS_PER_EPOCH, learningRates: { model: 0.1 } });
  });
});

describe("pressed while Stop scores the test set", () => {
  /** Stops a run, and hands over in the midst of scoring. */
  async function scoring(): Promise<{ readonly stopping: Promise<void> }> {
    await running();
    const stopping = trainer.stop();
    await recording.until(({ status }) => status.state === "scoring");
    recording.clear();
    return { stopping };
  }

  it("Train goes on after it, and no step is told while it is stopped", async () => {
    await scoring();
    void trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    expect(recording.states).toEqual(["stopped", "running"]);
    const first = recording.events.findIndex(({ type }) => type === "steps");
    const begun = recording.events.findIndex((event) => event.type === "status" && event.status.state === "running");
    expect(first).toBeGreaterThan(begun);
    await trainer.pause();
  });

  it("Step makes one after it", async () => {
    await scoring();
    await trainer.step();
    expect(recording.states).toEqual(["stopped", "running", "paused"]);
    expect(recording.steps).toHaveLength(1);
  });

  it("Reset gives it up", async () => {
    const { stopping } = await scoring();
    await trainer.reset();
    await stopping;
    expect(recording.states).toEqual(["ready"]);
    expect(recording.tests).toEqual([]);
  });
});

describe("pressed while a model is prepared or moved", () => {
  it("Train begins when it is ready, unless Pause takes it back", async () => {
    const preparing = trainer.prepare(model(), options);
    const training = trainer.train();
    await preparing;
    await training;
    expect(recording.status.state).toBe("finished");
    recording.clear();
    const again = trainer.prepare(model(), options);
    const taken = trainer.train();
    await trainer.pause();
    await Promise.all([again, taken]);
    expect(recording.states).toEqual(["preparing", "ready"]);
  });

  it("Reset, Stop and Train are done where it has moved to", async () => {
    await trainer.prepare(model(), options);
    await trainer.step();
    for (const [press, states] of [
      [() => trainer.step(), ["paused", "preparing", "paused", "running", "paused"]],
      [() => trainer.stop(), ["paused", "preparing", "paused", "scoring", "stopped"]],
      [() => trainer.reset(), ["stopped", "preparing", "stopped", "ready"]],
    ] as const) {
      recording.clear();
      const moving = trainer.runOn({ backend: "cpu", threads: 1 });
      await Promise.all([moving, press()]);
      expect(recording.states.filter((state, i) => i > 0 || state !== states[0])).toEqual(states.slice(1));
    }
  });
});
