// The health of layers: gradients and steps against hand values, and what dead units look like.
import { describe, expect, it } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { requireDataset } from "../../src/engine/data/library";
import { type Health, inquiryOf } from "../../src/engine/inspect";
import type { Subject } from "../../src/engine/inspect/inquiry";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { SEGMENT_ALIGNMENT } from "../../src/engine/ops/packing";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { columnOf } from "../support/data";
import { firstDigits } from "../support/mnist";
import { modelOf, ratesOf, sgd, softmaxModel } from "../support/models";

const RATE = 0.5;

async function subjectOf(description: ModelDescription): Promise<Subject> {
  const dataset = await firstDigits(150, 8);
  const backend = createCpuBackend();
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  return await session.subject(0, { model: RATE });
}

async function healthOf(subject: Subject): Promise<Health> {
  const { answer } = await inquiryOf("health");
  return await answer(subject, {}, { pause: async () => {} });
}

const lengthOf = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));

describe("health", () => {
  it("tells of a single layer the gradient and the step that follow from its formula", async () => {
    const subject = await subjectOf(softmaxModel({ optimizer: sgd(RATE), validationCount: 50 }));
    const weights = subject.snapshot.tensors["model/trained"]?.slice(0, 7840) ?? [];
    const [images, labels] = [columnOf(subject.dataset.train, "image"), columnOf(subject.dataset.train, "label")];
    const gradient = new Float64Array(7840);
    for (let n = 0; n < 32; n++) {
      const x = Array.from(images.subarray(784 * n, 784 * n + 784), (value) => value / 255);
      const logits = Array.from({ length: 10 }, (_, c) =>
        x.reduce((sum, value, i) => sum + value * (weights[10 * i + c] ?? 0), 0),
      );
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      for (let c = 0; c < 10; c++) {
        const off = (Math.exp(logits[c] ?? 0) / total - Number(labels[n] === c)) / 32;
        for (let i = 0; i < 784; i++) gradient[10 * i + c]! += off * (x[i] ?? 0);
      }
    }
    const { step, blocks } = await healthOf(subject);
    const layer = blocks.at(-1);
    expect(step).toBe(0);
    expect(layer?.gradientNorm).toBeCloseTo(lengthOf(gradient), 5);
    expect(layer?.updateRatio).toBeCloseTo((RATE * lengthOf(gradient)) / lengthOf(weights), 4);
    for (const shares of [layer?.outputs, layer?.weights, layer?.gradients]) {
      expect(shares?.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 3);
    }
    // All weights are small: they are in the middle of the scale.
    expect(layer?.weights?.slice(17, 23).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 3);
  });

  it("tells the gradient of a text by its tokens that count, as training has it", async () => {
    const description: ModelDescription = {
      ...modelOf(
        [
          ["Embedding", { inputDim: 12, outputDim: 4 }],
          ["Dense", { units: 12, activation: "softmax" }],
        ],
        { batchSize: 32, validationCount: 10, optimizer: sgd(RATE) },
        "add",
      ),
      task: { type: "language", config: {} },
    };
    const dataset = await requireDataset("add").load(fileSource);
    const backend = createCpuBackend();
    const options = { backend, description, dataset, resident: new ResidentData(backend), shuffle: false };
    const session = await Session.create(options);
    const subject = await session.subject(0, { model: RATE });
    const before = await session.weights();
    session.runSteps(0, ratesOf(RATE));
    const [trained] = await session.readScores(0, 1);
    const after = await session.weights();
    const kernel = before["dense/kernel"]?.data ?? new Float32Array();
    const moved = after["dense/kernel"]?.data.map((value, i) => value - (kernel[i] ?? NaN)) ?? [];
    const { blocks } = await healthOf(subject);
    expect(blocks.at(-1)?.gradientNorm).toBeCloseTo(lengthOf(moved) / RATE, 5);
    const { answer } = await inquiryOf("gradientCheck");
    const { loss } = await answer(subject, { samples: 32, perVariable: 1 }, { pause: async () => {} });
    expect(loss).toBeCloseTo(trained?.["loss"] ?? NaN, 5);
  });

  it("tells the step of a network that learns at every fifth one as its optimizer counts it", async () => {
    const { description } = presets["gan-points"];
    const { config } = description.task;
    const game = { ...description, task: { ...description.task, config: { ...config, discriminatorSteps: 5 } } };
    const dataset = await requireDataset(game.dataset).load(fileSource);
    const backend = createCpuBackend();
    const options = { backend, description: game, dataset, resident: new ResidentData(backend) };
    const session = await Session.create(options);
    // Its first step is the fifth. Adam's first moves no weight further than the rate, and few that have a gradient by less.
    const rate = 0.01;
    const { blocks } = await healthOf(await session.subject(4, { generator: rate, discriminator: rate }));
    const weights = await session.weights();
    const first = blocks.find(({ network, updateRatio }) => network === "generator" && updateRatio !== null);
    const kernel = weights[`generator/${first?.block}/kernel`]?.data ?? new Float32Array();
    const farthest = rate * Math.sqrt(kernel.length);
    const moved = (first?.updateRatio ?? NaN) * lengthOf(kernel);
    expect(moved).toBeGreaterThan(0.9 * farthest);
    expect(moved).toBeLessThan(1.001 * farthest);
  });

  it("finds dead and saturated units, vanishing and exploding gradients", async () => {
    const deep = await subjectOf(
      modelOf(
        [
          ["Flatten"],
          ["Dense", { units: 8, activation: "tanh" }],
          ["Dense", { units: 8, activation: "relu" }],
          ["Dense", { units: 10, activation: "softmax" }],
        ],
        { optimizer: sgd(RATE), validationCount: 50 },
      ),
    );
    const weights = deep.snapshot.tensors["model/trained"];
    const healthy = await healthOf(deep);
    expect(healthy.blocks.map(({ dead, saturated }) => [dead !== null, saturated !== null])).toEqual([
      [false, false],
      [false, true],
      [true, false],
      [false, false],
    ]);
    // Large weights drive tanh to its end; then no relu is ever reached by a sum that is not negative.
    weights?.fill(50, 0, 784 * 8);
    weights?.fill(-1, 784 * 8 + 64, 784 * 8 + 64 + 64);
    const { blocks } = await healthOf(deep);
    expect(blocks[1]?.saturated).toBe(1);
    expect(blocks[1]?.problems).toEqual(["saturated", "vanishing"]);
    expect([blocks[2]?.dead, blocks[2]?.problems]).toEqual([1, ["dead", "vanishing"]]);
    weights?.fill(1e6, 784 * 8 + 64, 784 * 8 + 64 + 64);
    expect((await healthOf(deep)).blocks.at(-1)?.problems).toContain("exploding");
  });

  it("draws histograms of many values by some of each channel", async () => {
    // 100,352 outputs, of which every other one would miss half of the channels.
    const wide = await subjectOf(
      modelOf(
        [["Conv2D", { filters: 4, kernelSize: [1, 1], padding: "same" }], ["Flatten"], ["Dense", { units: 10 }]],
        {
          optimizer: sgd(RATE),
          validationCount: 50,
        },
      ),
    );
    const weights = wide.snapshot.tensors["model/trained"];
    weights?.fill(0);
    // Biases come behind the kernel, at the next multiple of an alignment.
    weights?.set([-3, -1, 1, 3], SEGMENT_ALIGNMENT);
    const { blocks } = await healthOf(wide);
    const bars = Array.from(blocks[0]?.outputs ?? []).filter((share) => share > 0);
    expect(bars).toHaveLength(4);
    for (const bar of bars) expect(bar).toBeCloseTo(0.25, 3);
  });
});
