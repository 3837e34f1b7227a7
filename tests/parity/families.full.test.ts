// Every model that rebuilds, makes, groups, transfers or learns from points or tables, at small width on real data: the same seed gives the
// same bits, and the GPU's losses are the CPU's. Agents have this in `unit/agents.full.test.ts`.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { type Dataset, infoOf } from "../../src/engine/data/dataset";
import { keepClasses } from "../../src/engine/data/keepDigits";
import { requireDataset } from "../../src/engine/data/library";
import type { Block } from "../../src/engine/model/blocks";
import type { ModelDescription } from "../../src/engine/model/description";
import { generativePresets } from "../../src/engine/model/presets/generative";
import { groupsPresets } from "../../src/engine/model/presets/groups";
import { imagesPresets } from "../../src/engine/model/presets/images";
import { pointsPresets } from "../../src/engine/model/presets/points";
import type { Preset } from "../../src/engine/model/presets/preset";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { fileSource } from "../../scripts/support/fileSource";
import { testGpu } from "../support/gpu";
import { firstDigits } from "../support/mnist";

const TOLERANCE = 1e-3;
const DIGITS = 400;

let cpu: Backend;
let gpu: Backend;
beforeAll(async () => {
  cpu = await openCpuBackend();
  gpu = await createWebGpuBackend({ gpu: await testGpu() });
});
afterAll(() => {
  cpu.dispose();
  gpu.dispose();
});

/** Hidden layers of 32 units at most, but for those that a shape follows, and convolutions of 8 filters; batches of 16, but all samples where
 *  a step is to see all. */
function narrow({ networks, training: { samples, ...training }, ...rest }: ModelDescription): ModelDescription {
  const thin = (block: Block, i: number, all: readonly Block[]): Block => {
    const { units, filters } = block.config;
    if (block.type === "Conv2D" && Number(filters) > 8) return { ...block, config: { ...block.config, filters: 8 } };
    const next = all.slice(i + 1).find(({ type }) => type === "Dense" || type === "Reshape");
    return block.type === "Dense" && next?.type === "Dense" && Number(units) > 32
      ? { ...block, config: { ...block.config, units: 32 } }
      : block;
  };
  return {
    ...rest,
    networks: Object.fromEntries(
      Object.entries(networks).map(([name, network]) => [name, { ...network, blocks: network.blocks.map(thin) }]),
    ),
    training: { ...training, batchSize: samples === undefined ? 16 : DIGITS, validationCount: 0 },
  };
}

/** Some digits, all points, or the whole table. */
async function dataOf(id: string): Promise<Dataset> {
  if (id === "mnist") return await firstDigits(DIGITS);
  if (id !== "lowdigits") return await requireDataset(id).load(fileSource);
  const digits = await firstDigits(2 * DIGITS);
  const kept = [0, 1, 2, 3, 4];
  const train = keepClasses(digits, digits.train, kept);
  return { ...digits, ...infoOf(requireDataset(id)), trainCount: train.count, train, test: train };
}

/** All losses of each step, and the weights in the end. */
async function trained(backend: Backend, description: ModelDescription, steps: number) {
  const { dataset: id, networks } = description;
  const dataset = await dataOf(id);
  const resident = new ResidentData(backend);
  const session = await Session.create({ backend, description, dataset, resident });
  const rates = Object.fromEntries(Object.keys(networks).map((name) => [name, 0.001]));
  for (let step = 0; step < steps;) {
    const count = Math.min(session.order.stepsAvailable(step), steps - step);
    session.runSteps(
      step,
      Array.from({ length: count }, () => rates),
    );
    step += count;
  }
  const told = { scores: await session.readScores(0, steps), weights: await session.weights() };
  session.dispose();
  resident.dispose();
  return told;
}

const { transfer, "rotation-pretraining": rotation } = imagesPresets;
const all: Readonly<Record<string, Preset>> = {
  ...generativePresets,
  ...groupsPresets,
  ...pointsPresets,
  transfer,
  "rotation-pretraining": rotation,
};

describe.each(Object.entries(all))("%s", (_, preset) => {
  const description = narrow(preset.description);
  const steps = "discriminator" in description.networks ? 20 : 50;

  it("has the same bits a second time, and the same losses on the GPU", async () => {
    const first = await trained(cpu, description, steps);
    expect(await trained(cpu, description, steps)).toEqual(first);
    const other = await trained(gpu, description, steps);
    first.scores.forEach((score, step) => {
      for (const [id, value] of Object.entries(score)) {
        const off = Math.abs((other.scores[step]?.[id] ?? NaN) - value) / Math.max(Math.abs(value), 0.01);
        if (!(off <= TOLERANCE))
          expect.fail(`step ${step + 1}: expected ${id} ${value}, got ${other.scores[step]?.[id]}`);
      }
    });
    expect(await trained(gpu, description, steps)).toEqual(other);
  });
});
