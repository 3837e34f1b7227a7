// Gradients against finite differences on models as visitors have them: right ones agree, a wrong one is found, a kink is told.
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { type GradientCheck, inquiryOf } from "../../src/engine/inspect";
import type { Subject } from "../../src/engine/inspect/inquiry";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { firstDigits } from "../support/mnist";
import { modelOf } from "../support/models";

type Blocks = Parameters<typeof modelOf>[0];

async function subjectOf(
  activation: string,
  between: Blocks = [["BatchNormalization"], ["Dropout"]],
): Promise<Subject> {
  const dataset = await firstDigits(150, 8);
  const backend = createCpuBackend();
  const description = modelOf(
    [["Flatten"], ["Dense", { units: 6, activation }], ...between, ["Dense", { units: 10, activation: "softmax" }]],
    { validationCount: 50 },
  );
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  return await session.subject(3, {});
}

async function check(subject: Subject, hear = (_done: number, _total: number): void => {}): Promise<GradientCheck> {
  const { answer } = await inquiryOf("gradientCheck");
  return await answer(subject, { samples: 4, perVariable: 5 }, { pause: async (done, total) => hear(done, total) });
}

describe("the check of gradients", () => {
  it("agrees on every variable, through batch statistics and dropout, and tells how far it is", async () => {
    const heard: number[] = [];
    const { variables, loss, step } = await check(await subjectOf("tanh"), (done, total) => heard.push(done / total));
    expect(variables.map(({ name, size, checked }) => [name, size, checked])).toEqual([
      ["dense/kernel", 4704, 5],
      ["dense/bias", 6, 5],
      ["batch_normalization/gamma", 6, 5],
      ["batch_normalization/beta", 6, 5],
      ["dense_1/kernel", 60, 5],
      ["dense_1/bias", 10, 5],
    ]);
    for (const { name, worst } of variables) expect(worst.error, name).toBeLessThan(1e-6);
    expect(variables.some(({ worst }) => Math.abs(worst.analytic) > 1e-3)).toBe(true);
    expect(loss).toBeGreaterThan(0.5);
    expect(step).toBe(3);
    expect(heard).toEqual(Array.from({ length: 30 }, (_, i) => (i + 1) / 30));
  });

  it("finds where both sides of a kink are not the same, by name", async () => {
    const subject = await subjectOf("relu", []);
    // Sums that are exactly 0: relu has no slope there, but has one just above.
    subject.snapshot.tensors["model/trained"]?.fill(0, 0, 4710);
    const { variables } = await check(subject);
    const off = variables.filter(({ worst }) => worst.error > 0.5).map(({ name }) => name);
    expect(off).toEqual(["dense/kernel", "dense/bias"]);
    expect(variables.find(({ name }) => name === "dense/bias")?.worst.analytic).toBe(0);
    expect(variables.find(({ name }) => name === "dense_1/bias")?.worst.error).toBeLessThan(1e-6);
  });
});
