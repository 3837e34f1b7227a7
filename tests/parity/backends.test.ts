// The backends against each other: the same seed gives the same curve on all, and the same bits every time on each.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import type { Dataset } from "../../src/engine/data";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { everyDay, isFull } from "../support/full";
import { testGpu } from "../support/gpu";
import { firstDigits } from "../support/mnist";
import { modelOf } from "../support/models";
import { lossOf } from "../support/scores";
import { expectCurve } from "./support/compare";
import { trainOurs } from "./support/training";

/** What is promised is tried in full by `npm run test:full`; what is wrong shows much sooner. */
const STEPS = isFull ? 100 : 50;

/** What the product promises over a hundred steps, whatever the backend. */
const TOLERANCE = 1e-3;

const names = ["JavaScript", "WebAssembly", "WebGPU"] as const;
const opened = new Map<string, Backend>();
let dataset: Dataset;
beforeAll(async () => {
  dataset = await firstDigits(2000);
  opened.set("JavaScript", createCpuBackend());
  opened.set("WebAssembly", await openCpuBackend());
  opened.set("WebGPU", await createWebGpuBackend({ gpu: await testGpu() }));
});
afterAll(() => {
  for (const backend of opened.values()) backend.dispose();
});

const models: Record<string, ModelDescription> = {
  "the perceptron preset": presets.perceptron.description,
  "a small convnet with dropout": modelOf(
    [
      ["Conv2D", { filters: 4, strides: [2, 2] }],
      ["MaxPooling2D"],
      ["Conv2D", { filters: 8, padding: "same" }],
      ["Flatten"],
      ["Dropout", { rate: 0.3 }],
      ["Dense", { units: 16 }],
      ["Dropout", { rate: 0.5 }],
      ["Dense", { units: 10, activation: "softmax" }],
    ],
    { batchSize: 16, optimizer: { type: "Adam", config: { learningRate: 0.005 } } },
  ),
};

describe.each(Object.entries(models))("%s", (id, description) => {
  // Every day each is trained twice where that is quick, or where threads might race.
  const twice = everyDay([id.endsWith("preset") ? "WebAssembly" : "WebGPU"], names);
  const model = { ...description, training: { ...description.training, validationCount: 200 } };
  const curves = new Map<string, Awaited<ReturnType<typeof trainOurs>>>();
  beforeAll(async () => {
    for (const name of names) curves.set(name, await trainOurs(opened.get(name)!, model, dataset, STEPS));
  });

  it.each(["WebAssembly", "WebGPU"] as const)("the curve on %s is the one in JavaScript", (name) => {
    const expected = curves.get("JavaScript")!;
    expectCurve(curves.get(name)!.scores, expected.scores, TOLERANCE);
    expect(curves.get(name)!.initial).toEqual(expected.initial);
    // It learns something on the way, so that there is a curve to compare.
    expect(lossOf(expected.scores.at(-1))).toBeLessThan(0.8 * lossOf(expected.scores[0]));
  });

  it.each(twice)("a second time on %s gives the same bits, scores and weights alike", async (name) => {
    expect(await trainOurs(opened.get(name)!, model, dataset, STEPS)).toEqual(curves.get(name));
  });
});
