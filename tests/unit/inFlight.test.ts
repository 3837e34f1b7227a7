// Work that runs while the caller goes on: how much of it there may be, in training's loop, in scoring, and what failure does.
import { describe, expect, it, vi } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { InFlight } from "../../src/engine/train/inFlight";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { nextTask } from "../../src/engine/train/yielding";
import { firstDigits } from "../support/mnist";
import { modelOf } from "../support/models";

describe("submissions", () => {
  it("wait while two are under way, for the older one", async () => {
    const inFlight = new InFlight();
    const finish: (() => void)[] = [];
    const submission = () => new Promise<void>((resolve) => finish.push(resolve));
    await inFlight.add(submission());
    const second = vi.fn();
    const adding = inFlight.add(submission()).then(second);
    await nextTask();
    expect(second).not.toHaveBeenCalled();
    finish[0]?.();
    await adding;
    const settled = vi.fn();
    const settling = inFlight.settle().then(settled);
    await nextTask();
    expect(settled).not.toHaveBeenCalled();
    finish[1]?.();
    await settling;
  });

  it("fail where they are waited for, and nowhere else", async () => {
    const inFlight = new InFlight();
    await inFlight.add(Promise.reject(new Error("first")));
    await expect(inFlight.add(Promise.reject(new Error("second")))).rejects.toThrow("first");
    // The second would end this test's process if nobody had looked after it.
    await nextTask();
    await expect(inFlight.settle()).rejects.toThrow("second");
  });
});

it("scoring is never more than two submissions ahead", async () => {
  const backend = createCpuBackend();
  const underWay = { now: 0, most: 0, all: 0 };
  const watched: Backend = {
    ...backend,
    asynchronous: true,
    idle: async () => {
      underWay.all++;
      underWay.most = Math.max(underWay.most, ++underWay.now);
      for (let i = 0; i < 5; i++) await nextTask();
      underWay.now--;
    },
  };
  const dataset = await firstDigits(4, 2600);
  const description = modelOf([["Flatten"], ["Dense", { units: 10, activation: "softmax" }]], { batchSize: 4 });
  const resident = new ResidentData(watched);
  const session = await Session.create({ backend: watched, description, dataset, resident });
  const { accuracy } = await session.scoreTest(nextTask);
  expect(accuracy).toBeGreaterThan(0);
  expect(underWay).toMatchObject({ most: 2, all: 6 });
  session.dispose();
  resident.dispose();
  backend.dispose();
});
