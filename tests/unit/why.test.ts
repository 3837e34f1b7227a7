// Why a classifier says what it says: attributions against hand values, the reference and the difference of scores.
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { inquiryOf, type QuestionOf, type Why } from "../../src/engine/inspect";
import type { Subject } from "../../src/engine/inspect/inquiry";
import type { ModelDescription } from "../../src/engine/model/description";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { columnOf } from "../support/data";
import { firstDigits } from "../support/mnist";
import { modelOf, ratesOf, softmaxModel } from "../support/models";

const flow = { pause: async (): Promise<void> => {} };

/** A model after a few steps. */
async function taught(description: ModelDescription, steps: number): Promise<Subject> {
  const dataset = await firstDigits(300, 8);
  const backend = createCpuBackend();
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  session.runSteps(0, ratesOf(0.01, steps));
  return await session.subject(steps, {});
}

const digit = ({ dataset }: Subject, row: number): Float32Array<ArrayBuffer> =>
  Float32Array.from(columnOf(dataset.test, "image").subarray(784 * row, 784 * row + 784), (value) => value / 255);

async function explain(subject: Subject, asked: Partial<QuestionOf<"why">>): Promise<Why> {
  const { answer } = await inquiryOf("why");
  const columns = { image: digit(subject, 0) };
  return await answer(subject, { columns, column: "image", method: "gradient", target: null, ...asked }, flow);
}

describe("why", () => {
  it("is, for a single layer, the weights of the class, times the input", async () => {
    const subject = await taught(softmaxModel(), 5);
    const x = digit(subject, 0);
    const kernel = Object.entries(subject.snapshot.tensors).find(([name]) => name.endsWith("/trained"))?.[1];
    const weightOf = (i: number): number => kernel?.[10 * i + 3] ?? NaN;
    const gradient = await explain(subject, { target: 3 });
    gradient.values.forEach((slope, i) => expect(Math.abs(slope - weightOf(i))).toBeLessThan(1e-6));
    const along = await explain(subject, { target: 3, method: "integrated" });
    expect(along.points).toBe(32);
    along.values.forEach((value, i) => expect(Math.abs(value - weightOf(i) * (x[i] ?? 0))).toBeLessThan(1e-5));
    // A window takes away what its pixels gave.
    const { values, shape, window, stride, score, emptyScore } = await explain(subject, {
      target: 3,
      method: "occlusion",
    });
    expect([shape, window, stride]).toEqual([[12, 12, 1], 7, 2]);
    const place = (n: number): number => Math.min(n * stride, 28 - window);
    const lost = (row: number, column: number): number => {
      let sum = 0;
      for (let i = 0; i < 784; i++) {
        const [y, left] = [Math.floor(i / 28) - place(row), (i % 28) - place(column)];
        if (y >= 0 && y < window && left >= 0 && left < window) sum += weightOf(i) * (x[i] ?? 0);
      }
      return sum;
    };
    for (const [row, column] of [
      [5, 5],
      [11, 3],
      [4, 11],
    ] as const) {
      expect(values[12 * row + column]).toBeCloseTo(lost(row, column), 4);
    }
    const all = Array.from(x, (value, i) => value * weightOf(i)).reduce((a, b) => a + b, 0);
    expect(score - emptyScore).toBeCloseTo(all, 4);
  });

  it("adds up, for a deep model, to the difference of scores within 1%", async () => {
    const subject = await taught(
      modelOf([
        ["Conv2D", { filters: 6, activation: "relu" }],
        ["MaxPooling2D"],
        ["Flatten"],
        ["Dense", { units: 16, activation: "tanh" }],
        ["Dense", { units: 10, activation: "softmax" }],
      ]),
      3,
    );
    const { values, score, emptyScore, target, outputs } = await explain(subject, { method: "integrated" });
    expect(target).toBe(outputs.indexOf(Math.max(...outputs)));
    const sum = values.reduce((a, b) => a + b, 0);
    expect(Math.abs(score - emptyScore)).toBeGreaterThan(1e-3);
    expect(Math.abs(sum - (score - emptyScore)) / Math.abs(score - emptyScore)).toBeLessThan(0.01);
    await expect(explain(subject, { target: 10 })).rejects.toThrow("expected a class below 10");
    await expect(explain(subject, { column: "label" })).rejects.toThrow("reads images");
  });
});
