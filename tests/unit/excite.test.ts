// What excites a unit: against the weights, the trace of each sample and a climb that ends where it must.
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { type Excited, inquiryOf } from "../../src/engine/inspect";
import type { Subject } from "../../src/engine/inspect/inquiry";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { columnOf } from "../support/data";
import { firstDigits } from "../support/mnist";
import { type LayerSpec, modelOf, ratesOf, softmaxModel } from "../support/models";

const flow = { pause: async (): Promise<void> => {} };

async function taught(description: ReturnType<typeof modelOf>, steps: number): Promise<Subject> {
  const dataset = await firstDigits(300, 60);
  const backend = createCpuBackend();
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  session.runSteps(0, ratesOf(0.01, steps));
  return await session.subject(steps, {});
}

async function ask(subject: Subject, name: string, unit: number, most = 60): Promise<Excited | null> {
  const { answer } = await inquiryOf("excite");
  return await answer(subject, { name, unit, count: 60, most }, flow);
}

const digit = ({ dataset }: Subject, row: number): Float32Array<ArrayBuffer> =>
  Float32Array.from(columnOf(dataset.test, "image").subarray(784 * row, 784 * row + 784), (value) => value / 255);

/** A number of a variable. */
const stored = ({ model, snapshot }: Subject, name: string, at: number): number => {
  const entry = model.state.networks.model?.layout.entries.find((each) => each.name === name);
  return snapshot.tensors["model/trained"]?.[(entry?.offset ?? NaN) + at] ?? NaN;
};

const convolution: readonly LayerSpec[] = [
  ["Conv2D", { filters: 4, activation: "relu" }],
  ["MaxPooling2D"],
  ["Reshape", { targetShape: [13, 52] }],
  ["GRU", { units: 5 }],
  ["Dense", { units: 10, activation: "softmax" }],
];

describe("what excites a unit", () => {
  it("is, of a single layer before its softmax, the sum of its weights times the input", async () => {
    const subject = await taught(softmaxModel(), 5);
    const weights = Array.from({ length: 784 }, (_, i) => stored(subject, "dense/kernel", 10 * i + 3));
    const scoreOf = (image: Float32Array): number =>
      image.reduce((sum, value, i) => sum + value * weights[i]!, stored(subject, "dense/bias", 3));
    const found = await ask(subject, "dense/kernel", 3);
    const wanted = Array.from({ length: 60 }, (_, row) => scoreOf(digit(subject, row)));
    expect(found?.rows).toHaveLength(60);
    found?.rows.forEach((row, i) => expect(found.scores[i]).toBeCloseTo(wanted[row]!, 4));
    expect([...(found?.scores ?? [])]).toEqual([...(found?.scores ?? [])].toSorted((a, b) => b - a));
    expect(found?.imageScore).toBeCloseTo(scoreOf(found!.image), 4);
    expect(found!.imageScore).toBeGreaterThan(found!.scores[0]!);
    expect(found!.image.every((light) => light >= 0 && light <= 1)).toBe(true);
  });

  it("is, of a map, the largest of what it gives before its relu", async () => {
    const subject = await taught(modelOf(convolution), 3);
    const found = await ask(subject, "conv2d/kernel", 2, 5);
    const kernel = Array.from({ length: 9 }, (_, k) => stored(subject, "conv2d/kernel", 4 * k + 2));
    const bias = stored(subject, "conv2d/bias", 2);
    found!.rows.forEach((row, n) => {
      const x = digit(subject, row);
      let largest = -Infinity;
      for (let y = 0; y < 26; y++) {
        for (let left = 0; left < 26; left++) {
          const terms = kernel.map((weight, k) => weight * (x[(y + Math.floor(k / 3)) * 28 + left + (k % 3)] ?? NaN));
          largest = Math.max(
            largest,
            terms.reduce((a, b) => a + b, bias),
          );
        }
      }
      expect(found!.scores[n]).toBeCloseTo(largest, 5);
    });
    // At best it is light where weights are positive; smoothing costs some of it.
    const most = kernel.reduce((sum, weight) => sum + Math.max(0, weight), bias);
    expect(found!.imageScore).toBeLessThan(most + 1e-6);
    expect(found!.imageScore).toBeGreaterThan(0.8 * most);
    // A GRU's units are not its kernel's columns.
    expect(await ask(subject, "gru/kernel", 0)).toBeNull();
    await expect(ask(subject, "conv2d/kernel", 4)).rejects.toThrow("below 4");
    await expect(ask(subject, "nothing", 0)).rejects.toThrow("nothing");
  });
});
