// Whole trainings of GANs: digits of all ten kinds, and points near all eight clusters.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { startThread } from "../../scripts/support/helperThread";
import { classesHit, readJudge, sumUp } from "../../app/inspect/views/made/judge";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import type { Dataset } from "../../src/engine/data";
import { ring, ringCentres } from "../../src/engine/data/ring";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { loadMnist } from "../support/mnist";

/** A thousand samples of a generator after so many steps at the rates of its preset. */
async function made(description: ModelDescription, dataset: Dataset, steps: number): Promise<Float32Array> {
  const backend = await openCpuBackend({ threads: 2, startHelper: startThread });
  await dataset.train.arrival?.until(dataset.train.count);
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  const rates = Object.fromEntries(
    Object.entries(description.networks).map(([name, { optimizer }]) => [
      name,
      Number(optimizer.config["learningRate"]),
    ]),
  );
  for (let step = 0; step < steps;) {
    const count = Math.min(50, session.order.stepsAvailable(step), steps - step);
    session.runSteps(
      step,
      Array.from({ length: count }, () => rates),
    );
    step += count;
  }
  const shown = (await session.show({}, 1000))["made"];
  session.dispose();
  backend.dispose();
  return shown?.data ?? new Float32Array();
}

it("dcgan-digits writes all ten digits, and writes them well, after seven epochs", { timeout: 1_800_000 }, async () => {
  const { description } = presets["dcgan-digits"];
  const judge = readJudge(await readFile("app/inspect/views/made/judge.safetensors"));
  const images = await made(description, await loadMnist(), 7 * 860);
  const verdicts = sumUp(Array.from({ length: 1000 }, (_, i) => judge(images.subarray(i * 784, (i + 1) * 784))));
  console.log(JSON.stringify(verdicts));
  expect(classesHit(verdicts)).toBe(10);
  expect(verdicts.confidence).toBeGreaterThanOrEqual(0.85);
});

it.each([1, 2, 3])("gan-points reaches all eight clusters, seed %d", { timeout: 600_000 }, async (seed) => {
  const { description } = presets["gan-points"];
  const dataset = await ring.load(async () => new Uint8Array());
  const seeded = { ...description, training: { ...description.training, seed } };
  const stepsPerEpoch = Math.ceil(dataset.train.count / description.training.batchSize);
  const points = await made(seeded, dataset, description.training.epochs * stepsPerEpoch);
  const hits = ringCentres.map(() => 0);
  for (let i = 0; i < 1000; i++) {
    const [x = 0, y = 0] = points.subarray(2 * i, 2 * i + 2);
    const mode = ringCentres.findIndex(([cx, cy]) => Math.hypot(x - cx, y - cy) < 0.2);
    if (mode >= 0) hits[mode] = (hits[mode] ?? 0) + 1;
  }
  console.log(seed, JSON.stringify(hits));
  // Near a cluster means within four of its standard deviations; a mode is hit by a quarter of its share.
  expect(hits.filter((count) => count >= 31)).toHaveLength(8);
});
