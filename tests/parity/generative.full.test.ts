// Every model that rebuilds or makes, at small width on real data: the same seed gives the same bits, and the GPU's losses are the
// CPU's.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { requireDataset } from "../../src/engine/data/library";
import type { Block } from "../../src/engine/model/blocks";
import type { ModelDescription } from "../../src/engine/model/description";
import { generativePresets } from "../../src/engine/model/presets/generative";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { testGpu } from "../support/gpu";
import { firstDigits } from "../support/mnist";

const TOLERANCE = 1e-3;

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

/** Hidden layers of 32 units at most, but for those that a shape follows; batches of 16. */
function narrow({ networks, training, ...rest }: ModelDescription): ModelDescription {
  const thin = (block: Block, i: number, all: readonly Block[]): Block => {
    const units = Number(block.config["units"]);
    const next = all.slice(i + 1).find(({ type }) => type === "Dense" || type === "Reshape");
    return block.type === "Dense" && next?.type === "Dense" && units > 32
      ? { ...block, config: { ...block.config, units: 32 } }
      : block;
  };
  return {
    ...rest,
    networks: Object.fromEntries(
      Object.entries(networks).map(([name, network]) => [name, { ...network, blocks: network.blocks.map(thin) }]),
    ),
    training: { ...training, batchSize: 16, validationCount: 0 },
  };
}

/** All losses of each step, and the weights in the end. */
async function trained(backend: Backend, description: ModelDescription, steps: number) {
  const { dataset: id, networks } = description;
  const dataset = id === "mnist" ? await firstDigits(400) : await requireDataset(id).load(async () => new Uint8Array());
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

describe.each(Object.entries(generativePresets))("%s", (_, preset) => {
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
