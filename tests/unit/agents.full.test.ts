// Whole trainings of agents: the pole stands, the shortest way is found whatever the seed, and the GPU's runs are the CPU's.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { requireDataset } from "../../src/engine/data/library";
import type { RunSettings } from "../../src/engine/model/description";
import { type PresetId, presets } from "../../src/engine/model/presets";
import { Model } from "../../src/engine/train/model";
import type { StepBatch } from "../../src/engine/train/scores";
import { testGpu } from "../support/gpu";

let cpu: Backend;
let gpu: Backend;
beforeAll(async () => {
  cpu = await openCpuBackend({ threads: 1 });
  gpu = await createWebGpuBackend({ gpu: await testGpu() });
});
afterAll(() => {
  cpu.dispose();
  gpu.dispose();
});

async function modelOf(id: PresetId, backend: Backend, wanted: Partial<RunSettings> = {}): Promise<Model> {
  const { description } = presets[id];
  const dataset = await requireDataset(description.dataset).load(async () => new Uint8Array());
  return await Model.create({ ...description, training: { ...description.training, ...wanted } }, dataset, backend);
}

it.each([1, 2, 3])("cart-pole stands for 475 of 500 steps, seed %d", { timeout: 300_000 }, async (seed) => {
  const model = await modelOf("cart-pole", cpu, { seed });
  const began = performance.now();
  await model.fit();
  const { return: earned = 0 } = await model.evaluate();
  console.log(`seed ${seed}: ${earned} after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  model.dispose();
  expect(earned).toBeGreaterThanOrEqual(475);
});

/** Of the only way of 18 steps: 17 that cost 0.04, and the goal. */
const BEST = 1 - 17 * 0.04;

it.each(Array.from({ length: 10 }, (_, i) => i + 1))("grid-world finds the shortest way, seed %d", async (seed) => {
  const model = await modelOf("grid-world", cpu, { seed });
  await model.fit();
  const { return: earned, episodeLength } = await model.evaluate();
  model.dispose();
  expect(episodeLength).toBe(18);
  expect(earned).toBeCloseTo(BEST, 5);
});

it.each(Array.from({ length: 10 }, (_, i) => i + 1))(
  "grid-network finds the shortest way, seed %d",
  { timeout: 120_000 },
  async (seed) => {
    const model = await modelOf("grid-network", cpu, { seed });
    await model.fit();
    const { return: earned, episodeLength } = await model.evaluate();
    model.dispose();
    expect(episodeLength).toBe(18);
    expect(earned).toBeCloseTo(BEST, 5);
  },
);

/** All that is told of so many steps. In batches of 256, since an action that chance decides otherwise once in a million, where
 *  rounding has moved a probability, would have the two go ways of their own. */
async function told(id: PresetId, backend: Backend, steps: number): Promise<readonly StepBatch["values"][]> {
  const model = await modelOf(id, backend, { batchSize: 256 });
  const batches: StepBatch["values"][] = [];
  await model.fit({ steps, onSteps: ({ values }) => batches.push(values) });
  model.dispose();
  return batches;
}

/** One column of numbers after the other, however the steps were reported. */
const columnsOf = (batches: readonly StepBatch["values"][]): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(
    Object.keys(batches[0] ?? {}).map((id) => [id, batches.flatMap((values) => [...(values[id] ?? [])])]),
  );

describe.each(["cart-pole", "grid-world", "grid-network"] as const)("%s", (id) => {
  it(
    "has the same bits a second time, and the same numbers on the GPU for 50 steps",
    { timeout: 600_000 },
    async () => {
      const first = columnsOf(await told(id, cpu, 50));
      expect(columnsOf(await told(id, cpu, 50))).toEqual(first);
      const other = columnsOf(await told(id, gpu, 50));
      for (const [curve, values] of Object.entries(first)) {
        expect(values).toHaveLength(50);
        values.forEach((value, step) => {
          const off = Math.abs((other[curve]?.[step] ?? NaN) - value) / Math.max(Math.abs(value), 1);
          if (!(off <= 1e-3)) expect.fail(`step ${step + 1}: expected ${curve} ${value}, got ${other[curve]?.[step]}`);
        });
      }
    },
  );
});
