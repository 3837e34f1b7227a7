// Weights as pictures: each number lies where what it is multiplied with lies.
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { inquiryOf, type Weights } from "../../src/engine/inspect";
import type { Subject } from "../../src/engine/inspect/inquiry";
import { layOut } from "../../src/engine/inspect/weights";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { firstDigits } from "../support/mnist";
import { type LayerSpec, modelOf } from "../support/models";

async function subjectOf(layers: readonly LayerSpec[]): Promise<Subject> {
  const dataset = await firstDigits(50, 8);
  const backend = createCpuBackend();
  const description = modelOf(layers);
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  return await session.subject(0, {});
}

async function ask(subject: Subject, name: string | null, from = 0): Promise<Weights> {
  const { answer } = await inquiryOf("weights");
  return await answer(subject, { name, from }, { pause: async () => {} });
}

describe("weights", () => {
  it("lay a convolution's kernels out by unit and channel, and a dense layer's as the maps that it reads", async () => {
    const subject = await subjectOf([
      ["Conv2D", { filters: 5, kernelSize: [3, 2] }],
      ["Conv2D", { filters: 4, kernelSize: [3, 3] }],
      ["MaxPooling2D", { poolSize: [4, 4], strides: [4, 4] }],
      ["Flatten"],
      ["Dropout", { rate: 0.5 }],
      ["Dense", { units: 70, activation: "relu" }],
      ["Dense", { units: 10, activation: "softmax" }],
    ]);
    const { layout } = subject.model.state.networks.model!;
    const trained = subject.snapshot.tensors["model/trained"]!;
    const stored = (name: string, ...index: readonly number[]): number | undefined => {
      const entry = layout.entries.find((each) => each.name === name)!;
      return trained[entry.offset + index.reduce((at, i, k) => at * entry.spec.shape[k]! + i, 0)];
    };
    const first = await ask(subject, null);
    expect(first.variables.map(({ name }) => name)).toEqual([
      "conv2d/kernel",
      "conv2d_1/kernel",
      "dense/kernel",
      "dense_1/kernel",
    ]);
    expect([first.name, first.height, first.width, first.channels, first.units, first.isMatrix]).toEqual([
      "conv2d/kernel",
      3,
      2,
      1,
      5,
      false,
    ]);
    expect(first.values[2 * 6 + 2 * 2 + 1]).toBe(stored("conv2d/kernel", 2, 1, 0, 2));
    const second = await ask(subject, "conv2d_1/kernel");
    expect([second.channels, second.units]).toEqual([5, 4]);
    expect(second.values[(3 * 5 + 4) * 9 + 3 * 1 + 2]).toBe(stored("conv2d_1/kernel", 1, 2, 4, 3));
    // 24 by 25 places are left of 28, and 6 by 6 pooled.
    const dense = await ask(subject, "dense/kernel", 3);
    expect([dense.height, dense.width, dense.channels, dense.units, dense.from]).toEqual([6, 6, 4, 70, 3]);
    expect(dense.values).toHaveLength(64 * 144);
    expect(dense.values[(5 * 4 + 2) * 36 + 6 * 4 + 3]).toBe(stored("dense/kernel", (4 * 6 + 3) * 4 + 2, 8));
    const last = await ask(subject, "dense_1/kernel");
    expect([last.isMatrix, last.height, last.width, last.channels, last.units]).toEqual([true, 70, 1, 1, 10]);
    expect(last.values[9 * 70 + 33]).toBe(stored("dense_1/kernel", 33, 9));
    await expect(ask(subject, "dense/bias")).rejects.toThrow("expected one of conv2d/kernel, ");
  });

  it("are seen by what a layer says of their axes", () => {
    const { at, ...depthwise } = layOut([3, 3, 4, 2], "hwoo");
    expect(depthwise).toEqual({ isMatrix: false, isTable: false, height: 3, width: 3, channels: 1, units: 8 });
    expect(at(2, 1, 0, 7)).toBe(((2 * 3 + 1) * 4 + 3) * 2 + 1);
    expect(layOut([3, 5, 8], "who").at(4, 2, 0, 7)).toBe((2 * 5 + 4) * 8 + 7);
    const pointwise = layOut([1, 1, 6, 9], "hwio");
    expect([pointwise.isMatrix, pointwise.height, pointwise.units, pointwise.at(5, 0, 0, 3)]).toEqual([true, 6, 9, 48]);
    const tokens = layOut([27, 16], "oh");
    expect([tokens.isMatrix, tokens.height, tokens.units, tokens.at(15, 0, 0, 2)]).toEqual([true, 16, 27, 47]);
    // Its columns are looked up, and no sums.
    expect([tokens.isTable, pointwise.isTable]).toEqual([true, false]);
  });
});
