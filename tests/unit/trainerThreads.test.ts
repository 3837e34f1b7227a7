// Changing the number of threads under a model: it goes on from the same step, to the same bits.
import { afterEach, describe, expect, it } from "vitest";
import { startThread } from "../../scripts/support/helperThread";
import type { ModelDescription } from "../../src/engine/model/description";
import { modelOf, withRate } from "../support/models";
import { onCpu, Recording } from "../support/trainer";

const model = (epochs: number): ModelDescription =>
  modelOf([["Flatten"], ["Dense", { units: 16 }], ["Dense", { units: 10, activation: "softmax" }]], {
    batchSize: 32,
    epochs,
    validationCount: 100,
    patience: epochs,
  });

/** Helpers at work, told by their number. */
let helpers: number[] = [];
const counted: typeof startThread = async (task) => {
  const stop = await startThread(task);
  helpers.push(task.thread);
  return () => {
    helpers = helpers.filter((thread) => thread !== task.thread);
    stop();
  };
};

let recording: Recording;
afterEach(async () => {
  await recording.trainer.dispose();
  // An engine that was given up while it opened closes once it is open.
  await expect.poll(() => helpers).toEqual([]);
});

async function prepared(epochs: number, threads: number): Promise<Recording> {
  recording = new Recording({ startHelper: counted });
  await recording.trainer.prepare(model(epochs), { ...onCpu, threads, limit: 200 });
  expect(recording.status.state).toBe("ready");
  recording.clear();
  return recording;
}

describe("another number of threads", () => {
  it("in the middle of a run goes on training, and changes no bit of it", async () => {
    const { trainer: alone } = await prepared(40, 1);
    await alone.train();
    const { losses, validationLosses: validated, status } = recording;
    await alone.dispose();

    const { trainer } = await prepared(40, 1);
    let ended = false;
    const running = trainer.train().then(() => (ended = true));
    await recording.until(({ steps }) => steps.length > 0);
    await trainer.runOn({ backend: "cpu", threads: 3 });
    expect(ended, "train() resolves when training ends, not when it moves").toBe(false);
    expect(helpers.toSorted()).toEqual([1, 2]);
    expect(recording.status.backend?.adapter).toContain("3 threads");
    await running;
    expect(recording.states).toEqual(["running", "paused", "preparing", "paused", "running", "scoring", "finished"]);
    expect(recording.losses).toEqual(losses);
    expect(recording.validationLosses).toEqual(validated);
    expect(recording.status).toMatchObject({ test: status.test, step: status.step, epochMean: status.epochMean });
    const times = recording.steps.map(({ elapsedMs }) => elapsedMs);
    expect(times.every((time, i) => time >= (times[i - 1] ?? 0))).toBe(true);
    expect(recording.notices).toEqual([]);
  });

  it("in a pause stays paused, with the learning rate as it was set", async () => {
    const { trainer } = await prepared(3, 2);
    await trainer.step();
    await trainer.configure(withRate(model(3), 0.25));
    await trainer.runOn({ backend: "cpu" });
    expect(recording.status).toMatchObject({ state: "paused", step: 1, learningRates: { model: 0.25 } });
    expect(helpers, "a Node process has one thread unless told otherwise").toEqual([]);
    await trainer.step();
    expect(recording.steps.map(({ step }) => step)).toEqual([1, 2]);
  });

  it("after the end keeps the trained model and its score", async () => {
    const { trainer } = await prepared(1, 1);
    await trainer.train();
    const before = [recording.status.test, await trainer.predictTest(0, 5)];
    await trainer.runOn({ backend: "cpu", threads: 2 });
    expect(recording.status.state).toBe("finished");
    expect([recording.status.test, await trainer.predictTest(0, 5)]).toEqual(before);
  });

  it("with a pause pressed meanwhile stays paused; with another model, gives way to it", async () => {
    const { trainer } = await prepared(1000, 1);
    void trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    const moving = trainer.runOn({ backend: "cpu", threads: 2 });
    await recording.until(({ status }) => status.state === "preparing");
    await trainer.pause();
    await moving;
    expect(recording.status.state).toBe("paused");

    const again = trainer.runOn({ backend: "cpu", threads: 3 });
    await recording.until(({ status }) => status.state === "preparing");
    await trainer.prepare(model(2), { ...onCpu, threads: 1, limit: 64 });
    await again;
    expect(recording.status).toMatchObject({ state: "ready", step: 0, epochs: 2 });
  });

  it("before a model opens them", async () => {
    recording = new Recording();
    await recording.trainer.runOn({ backend: "cpu", threads: 2 });
    expect(recording.status).toMatchObject({
      state: "empty",
      backend: { adapter: expect.stringContaining("2 threads") },
    });
  });
});
