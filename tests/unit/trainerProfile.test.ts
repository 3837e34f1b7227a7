// Profiles asked of the trainer: in every state, in the midst of a run, and cancelled.
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { ModelDescription } from "../../src/engine/model/description";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { ResidentData } from "../../src/engine/train/resident";
import { Run } from "../../src/engine/train/run";
import type { StepBatch } from "../../src/engine/train/scores";
import { Session } from "../../src/engine/train/session";
import { delay } from "../../src/engine/train/yielding";
import { firstDigits } from "../support/mnist";
import { modelOf } from "../support/models";
import { onCpu, Recording, stepsOf } from "../support/trainer";

const recording = new Recording();
const { trainer } = recording;
const options = { ...onCpu, limit: 200 };
beforeEach(() => recording.clear());
afterAll(() => trainer.dispose());

const model = (epochs: number): ModelDescription =>
  modelOf([["Flatten"], ["Dense", { units: 16 }], ["Dense", { units: 10, activation: "softmax" }]], {
    batchSize: 32,
    epochs,
    validationCount: 0,
  });

/** How far the profile has come, as told. */
const progress = (): readonly (readonly [number, number])[] =>
  recording.events.flatMap((event) => (event.type === "profiling" ? [[event.done, event.total] as const] : []));

describe("a profile", () => {
  it("is there for the asking before a run, in a pause and after it, and tells how far it is", async () => {
    await trainer.prepare(model(1), options);
    const steps = (await trainer.explain())?.plan.launches ?? [];
    const wanted = steps.map((_, i) => [i + 1, steps.length]);
    for (const state of ["ready", "paused", "finished"]) {
      if (state === "paused") await trainer.step();
      if (state === "finished") await trainer.train();
      recording.clear();
      expect((await trainer.profile())?.stepMs).toHaveLength(steps.length);
      expect(progress()).toEqual(wanted);
      expect(recording.states).toEqual([]);
      expect(recording.steps).toEqual([]);
    }
  });

  it("is taken between two submissions of a run, which goes on to the same losses", async () => {
    await trainer.prepare(model(20), options);
    recording.clear();
    await trainer.train();
    const alone = recording.losses;

    await trainer.prepare(model(20), options);
    recording.clear();
    const training = trainer.train();
    await recording.until(({ states }) => states.includes("running"));
    const profile = await trainer.profile();
    const stepsThen = recording.steps.length;
    await training;
    expect(profile?.stepMs.every((time) => time > 0)).toBe(true);
    // What was submitted before is done and told by then.
    expect(stepsThen).toBeGreaterThan(0);
    expect(stepsThen).toBeLessThan(alone.length);
    expect(recording.losses).toEqual(alone);
    expect(recording.states).toEqual(["running", "scoring", "finished"]);
  });

  it("is null before there is a model, and after it was cancelled", async () => {
    const other = new Recording();
    expect(await other.trainer.profile()).toBeNull();
    expect(await other.trainer.explain()).toBeNull();
    await trainer.prepare(model(1), options);
    recording.onEvent = (event) => {
      if (event.type === "profiling" && event.done === 2) void trainer.cancelProfile();
    };
    expect(await trainer.profile()).toBeNull();
    recording.onEvent = () => {};
    expect(progress().at(-1)?.[0]).toBe(2);
    expect(recording.notices).toEqual([]);
  });

  it.each([
    ["pausing", () => trainer.pause(), "paused"],
    ["resetting", () => trainer.reset(), "ready"],
    ["another model", () => trainer.prepare(model(2), options), "ready"],
  ] as const)("is cancelled by %s", async (_, control, state) => {
    await trainer.prepare(model(1000), options);
    const training = trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    let controlled: Promise<void> | undefined;
    recording.onEvent = (event) => {
      if (event.type === "profiling" && event.done === 2) controlled = control();
    };
    expect(await trainer.profile()).toBeNull();
    await Promise.all([controlled, training]);
    recording.onEvent = () => {};
    expect(recording.status.state).toBe(state);
    expect(recording.notices).toEqual([]);
  });

  it("gives way to another", async () => {
    await trainer.prepare(model(1), options);
    const [first, second] = await Promise.all([trainer.profile(), trainer.profile()]);
    expect(first).toBeNull();
    expect(second).not.toBeNull();
  });
});

describe("the plan of a prepared model", () => {
  it("comes as data and as text, in no more memory than the step is said to take", async () => {
    await trainer.prepare(model(1), options);
    const report = await trainer.explain();
    expect(report?.plan.arenaBytes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(
      recording.status.memory?.training ?? 0,
    );
    expect(report?.text).toMatch(/^# +layer/);
  });
});

describe("an interlude", () => {
  it("is neither trained through nor counted as training", async () => {
    const backend = createCpuBackend();
    const resident = new ResidentData(backend);
    const session = await Session.create({ backend, description: model(50), dataset: await firstDigits(60), resident });
    const heard: number[] = [];
    const listener = {
      steps: (steps: StepBatch) => heard.push(...stepsOf(steps).map(({ step }) => step)),
      validation: () => {},
      progress: () => {},
    };
    const run = new Run({ session, backend, description: model(50), listener });
    const running = run.runTo(run.totalSteps);
    const [before, after] = await run.between(async () => {
      const now = { elapsedMs: run.elapsedMs, step: run.step, told: heard.length };
      await delay(30);
      return [now, { elapsedMs: run.elapsedMs, step: run.step, told: heard.length }];
    });
    expect(after).toEqual(before);
    expect(before?.told).toBe(before?.step);
    await running;
    expect(heard).toEqual(Array.from({ length: run.totalSteps }, (_, i) => i + 1));
    // The loop has come to its end: there is nothing to wait for.
    expect(await run.between(async () => "at once")).toBe("at once");
  });

  it("holds up a run that begins meanwhile, and lets others in one by one", async () => {
    const backend = createCpuBackend();
    const resident = new ResidentData(backend);
    const session = await Session.create({ backend, description: model(1), dataset: await firstDigits(60), resident });
    const order: string[] = [];
    const listener = { steps: () => order.push("steps"), validation: () => {}, progress: () => {} };
    const run = new Run({ session, backend, description: model(1), listener });
    const first = run.between(async () => {
      order.push("first begins");
      await delay(20);
      order.push("first ends");
    });
    const running = run.runTo(1);
    const failing = run.between(async () => {
      order.push("second");
      throw new Error("no good");
    });
    await expect(failing).rejects.toThrow("no good");
    await Promise.all([first, running]);
    expect(order).toEqual(["first begins", "first ends", "second", "steps"]);
  });
});
