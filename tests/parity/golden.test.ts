// Golden numbers from Keras 3: the lines of Python that made them are kept beside them, and nothing here needs Python.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/support/paths";
import type { Dataset } from "../../src/engine/data";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import type { ModelDescription } from "../../src/engine/model/description";
import { MODEL } from "../../src/engine/tasks/supervised";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { ratesOf } from "../support/models";

interface Golden {
  readonly x: number[];
  readonly y: number[];
  readonly start: Record<string, number[]>;
  readonly losses: number[];
  readonly end: Record<string, number[]>;
  readonly scored: number;
}

const golden = JSON.parse(readFileSync(join(root, "tests/parity/golden/batchNormalization.json"), "utf8")) as Golden;

const SAMPLES = 18;
const samples = {
  count: SAMPLES,
  columns: { x: Float32Array.from(golden.x), y: Float32Array.from(golden.y) },
};
const dataset: Dataset = {
  id: "waves",
  title: "Waves",
  trainCount: SAMPLES,
  columns: {
    x: { kind: "points", shape: [3], dtype: "f32", scale: 1 },
    y: { kind: "value", shape: [2], dtype: "f32", scale: 1 },
  },
  train: samples,
  test: samples,
};

const description: ModelDescription = {
  version: 2,
  name: "Waves",
  dataset: "waves",
  task: { type: "regression", config: {} },
  networks: {
    [MODEL]: {
      blocks: [
        { id: "a", type: "Dense", config: { units: 4 } },
        { id: "b", type: "BatchNormalization", config: { momentum: 0.9 } },
        { id: "c", type: "Activation", config: { activation: "tanh" } },
        { id: "d", type: "Dense", config: { units: 2 } },
      ],
      optimizer: { type: "SGD", config: { learningRate: 0.1 } },
      schedule: { type: "constant", config: {} },
      clipNorm: 0,
    },
  },
  training: { batchSize: 5, epochs: 5, seed: 1, validationCount: 0, patience: 0 },
};

/** Agreement of f32 arithmetic in another order, over twenty steps. */
const DIGITS = 5;

describe("BatchNormalization in Keras 3, twenty steps, the last batch of each epoch short", () => {
  it.each([
    ["TypeScript", async () => createCpuBackend()],
    ["WebAssembly", () => openCpuBackend()],
  ])("%s agrees in losses, weights and running statistics", async (_, open) => {
    const backend = await open();
    const resident = new ResidentData(backend);
    const session = await Session.create({ backend, description, dataset, resident, shuffle: false });
    session.setWeights(
      Object.fromEntries(Object.entries(golden.start).map(([name, values]) => [name, Float32Array.from(values)])),
    );
    const steps = golden.losses.length;
    session.runSteps(0, ratesOf(0.1, steps));
    const scores = await session.readScores(0, steps);
    for (const [i, loss] of golden.losses.entries()) expect(scores[i]?.["loss"]).toBeCloseTo(loss, DIGITS);
    const end = await session.weights();
    expect(Object.keys(end).toSorted()).toEqual(Object.keys(golden.end).toSorted());
    for (const [name, values] of Object.entries(golden.end)) {
      for (const [i, value] of values.entries()) expect(end[name]?.data[i], name).toBeCloseTo(value, DIGITS);
    }
    const scored = await session.scoreTest(async () => {});
    expect(scored["loss"]).toBeCloseTo(golden.scored, DIGITS);
    session.dispose();
    resident.dispose();
    backend.dispose();
  });
});
