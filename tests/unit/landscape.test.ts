// The loss around the weights: against losses computed by hand at places of the plane, and a path that is known.
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { inquiryOf, type Landscape, type QuestionOf } from "../../src/engine/inspect";
import type { Subject } from "../../src/engine/inspect/inquiry";
import { randomDirection, trainedVectors } from "../../src/engine/inspect/landscape";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import type { Snapshot } from "../../src/engine/train/snapshot";
import { columnOf } from "../support/data";
import { firstDigits } from "../support/mnist";
import { ratesOf, sgd, softmaxModel } from "../support/models";

const SAMPLES = 32;
/** Where the bias begins: after the kernel, at a whole number of lines. */
const BIAS = 7872;

async function taught(steps: number, pastSteps: readonly number[] = []): Promise<Subject> {
  const dataset = await firstDigits(150, 8);
  const backend = createCpuBackend();
  const description = softmaxModel({ optimizer: sgd(0.5), batchSize: 32 });
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  const snapshots: Snapshot[] = [];
  for (let step = 0; step <= steps; step++) {
    if (pastSteps.includes(step)) snapshots.push(await session.snapshot(step));
    if (step < steps) session.runSteps(step, ratesOf(0.5, 1));
  }
  const subject = await session.subject(steps, {});
  return { ...subject, past: { history: () => null, snapshots: async () => snapshots } };
}

async function ask(subject: Subject, asked: Partial<QuestionOf<"landscape">>): Promise<Landscape | null> {
  const { answer } = await inquiryOf("landscape");
  const question = { way: "random", side: 3, samples: SAMPLES, reach: 1, ...asked } as const;
  return await answer(subject, question, { pause: async () => {} });
}

/** Mean cross-entropy of a layer of 784 by 10 and its bias, in double precision. */
function lossOf({ dataset }: Subject, weights: Float64Array): number {
  const [images, labels] = [columnOf(dataset.train, "image"), columnOf(dataset.train, "label")];
  let sum = 0;
  for (let n = 0; n < SAMPLES; n++) {
    const logits = Array.from({ length: 10 }, (_, c) => {
      let logit = weights[BIAS + c] ?? 0;
      for (let i = 0; i < 784; i++) logit += ((images[784 * n + i] ?? 0) / 255) * (weights[10 * i + c] ?? 0);
      return logit;
    });
    sum += Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0)) - (logits[labels[n] ?? 0] ?? 0);
  }
  return sum / SAMPLES;
}

describe("landscape", () => {
  it("is the loss at places of a plane along two fixed directions, each filter of which is as long as the model's", async () => {
    const subject = await taught(5);
    const vectors = trainedVectors(subject);
    const weights = vectors[0]!.weights;
    expect(vectors[0]!.entries[1]?.offset).toBe(BIAS);
    const [a, b] = [randomDirection(vectors, 0)[0]!, randomDirection(vectors, 1)[0]!];
    for (const direction of [a, b]) {
      for (let unit = 0; unit < 10; unit++) {
        const lengthOf = (of: Float32Array) => Math.hypot(...Array.from({ length: 784 }, (_, i) => of[10 * i + unit]!));
        expect(lengthOf(direction) / lengthOf(weights)).toBeCloseTo(1, 5);
      }
      expect(Math.hypot(...direction.subarray(7840)), "biases stay").toBe(0);
    }
    const found = await ask(subject, {});
    expect([found?.across, found?.up, found?.parameters]).toEqual([[-1, 1], [-1, 1], 7850]);
    for (const [column, row] of [
      [0, 0],
      [1, 1],
      [1, 2],
    ] as const) {
      const moved = Float64Array.from(weights, (own, i) => own + (column - 1) * a[i]! + (row - 1) * b[i]!);
      expect(found?.losses[3 * row + column]).toBeCloseTo(lossOf(subject, moved), 4);
    }
    expect(found?.losses[4]).toBe(Math.fround(found?.loss ?? NaN));
    expect((await ask(subject, {}))?.losses).toEqual(found?.losses);
    expect(await ask(subject, { way: "path" }), "nothing is kept").toBeNull();
  });

  it("shows the run's path in the plane in which it lies", async () => {
    const subject = await taught(6, [0, 2, 4]);
    const found = await ask(subject, { way: "path" });
    const steps = found?.path.map(({ step }) => step);
    expect(steps).toEqual([0, 2, 4]);
    // Three ways nearly span a plane, which shows most of them; a random one shows next to nothing.
    expect(found?.share).toBeGreaterThan(0.9);
    expect((await ask(subject, {}))?.share).toBeLessThan(0.02);
    const weights = trainedVectors(subject)[0]!.weights;
    const [first] = (await subject.past?.snapshots()) ?? [];
    const before = first?.tensors["model/trained"] ?? [];
    const distance = Math.hypot(...Array.from(weights, (now, i) => (before[i] ?? 0) - now));
    const [start] = found?.path ?? [];
    expect(Math.hypot(start?.x ?? 0, start?.y ?? 0) / distance).toBeGreaterThan(0.9);
    expect(Math.hypot(start?.x ?? 0, start?.y ?? 0) / distance).toBeLessThan(1.0001);
    for (const [axis, range] of [
      ["x", found?.across],
      ["y", found?.up],
    ] as const) {
      for (const point of found?.path ?? []) {
        expect(point[axis]).toBeGreaterThan(range?.[0] ?? NaN);
        expect(point[axis]).toBeLessThan(range?.[1] ?? NaN);
      }
    }
  });
});
