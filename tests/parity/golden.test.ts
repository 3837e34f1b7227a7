// Golden numbers from Keras 3: the lines of Python that made them are kept beside them, and nothing here needs Python.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/support/paths";
import type { Dataset } from "../../src/engine/data";
import type { Backend } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import type { Block } from "../../src/engine/model/blocks";
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

const SAMPLES = 18;

function datasetOf({ x, y }: Golden): Dataset {
  const samples = { count: SAMPLES, columns: { x: Float32Array.from(x), y: Float32Array.from(y) } };
  return {
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
}

/** The nets of the files of golden numbers, by their names. */
const nets: Readonly<Record<string, readonly Block[]>> = {
  batchNormalization: [
    { id: "a", type: "Dense", config: { units: 4 } },
    { id: "b", type: "BatchNormalization", config: { momentum: 0.9 } },
    { id: "c", type: "Activation", config: { activation: "tanh" } },
    { id: "d", type: "Dense", config: { units: 2 } },
  ],
  penalties: [
    { id: "a", type: "Reshape", config: { targetShape: [3, 1] } },
    {
      id: "b",
      type: "SimpleRNN",
      config: { units: 4, returnSequences: true, recurrentL1: 0.02, recurrentL2: 0.03 },
    },
    { id: "e", type: "Dense", config: { units: 4, activation: "tanh", activityL1: 0.01 } },
    { id: "c", type: "Flatten", config: {} },
    { id: "d", type: "Dense", config: { units: 2, activityL1: 0.03, activityL2: 0.05 } },
  ],
};

const descriptionOf = (blocks: readonly Block[]): ModelDescription => ({
  version: 2,
  name: "Waves",
  dataset: "waves",
  task: { type: "regression", config: {} },
  networks: {
    [MODEL]: {
      blocks,
      optimizer: { type: "SGD", config: { learningRate: 0.1 } },
      schedule: { type: "constant", config: {} },
      clipNorm: 0,
    },
  },
  training: { batchSize: 5, epochs: 5, seed: 1, validationCount: 0, patience: 0 },
});

/** Agreement of f32 arithmetic in another order, over twenty steps. */
const DIGITS = 5;

const backends: Readonly<Record<string, () => Promise<Backend>>> = {
  TypeScript: async () => createCpuBackend(),
  WebAssembly: () => openCpuBackend(),
};

describe("Keras 3, twenty steps, the last batch of each epoch short", () => {
  const cases = Object.keys(nets).flatMap((name) => Object.keys(backends).map((backend) => [name, backend] as const));
  it.each(cases)("%s: %s agrees in losses, weights and running statistics", async (file, opened) => {
    const golden = JSON.parse(readFileSync(join(root, `tests/parity/golden/${file}.json`), "utf8")) as Golden;
    const description = descriptionOf(nets[file] ?? []);
    const dataset = datasetOf(golden);
    const backend = await (backends[opened]?.() ?? openCpuBackend());
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
