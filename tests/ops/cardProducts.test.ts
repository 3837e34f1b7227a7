// A training step in the ways and numbers of parts that a card is given, on Dawn, whose software adapter says that it is a card:
// threads that share K beside tiles in one launch, with epilogues, pooling, sums of columns and many parts. Against float64.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Backend, choiceOf, type TensorData } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { scaleOf, worstDeviation } from "../../src/engine/check/compare";
import { gemmsOf } from "../../src/engine/check/gemms";
import { workload } from "../../src/engine/check/workload";
import type { Dataset } from "../../src/engine/data";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { leafName } from "../../src/engine/ops/leaf";
import { hardware, watchedGpu } from "../support/fakeGpu";
import { everyDay } from "../support/full";
import { firstDigits } from "../support/mnist";

let card: Backend;
beforeAll(async () => {
  const { gpu } = await watchedGpu(hardware);
  card = await createWebGpuBackend({ gpu });
});
afterAll(() => {
  card.dispose();
  vi.restoreAllMocks();
});

/** Adam's mean of the gradients after one step: a tenth of the gradient. */
async function gradientOn(backend: Backend, model: ModelDescription, dataset: Dataset): Promise<TensorData> {
  const { plan, rows, feeds } = workload("training", model, dataset, backend);
  const given = feeds();
  // A ring of losses, for instance, starts out empty.
  const tensors = new Map(plan.leaves.map((leaf) => [leaf, backend.createTensor(leaf, given.get(leaf))]));
  const mean = [...tensors.keys()].find((leaf) => leafName(leaf).endsWith("slot/mean"));
  if (!mean) throw new Error("expected Adam");
  const executable = await backend.prepare(plan, tensors);
  executable.run(rows.slice(0, 1));
  const values = await tensors.get(mean)!.read();
  executable.dispose();
  for (const tensor of tensors.values()) tensor.dispose();
  return values;
}

type Checked = readonly ["perceptron" | "convnet", number, readonly string[]];
const perceptron: Checked = ["perceptron", 64, ["1x128 reduce", "1x784 tiled", "1x64 reduce"]];
// A smaller batch, which a program has done with sooner.
const convnet: Checked = [
  "convnet",
  8,
  ["21x9 reduce", "3x288 tiled", "1x1352 tiled", "1x800 tiled", "1x200 reduce", "1x8 reduce"],
];

test.each(everyDay([perceptron], [perceptron, convnet]))(
  "the %s's gradients are right at a batch of %i",
  async (id, batchSize, wanted) => {
    const { description } = presets[id];
    const model = { ...description, training: { ...description.training, batchSize, validationCount: 0 } };
    const dataset = await firstDigits(2 * batchSize);
    const choose = card.gemm && choiceOf(card.gemm);
    const { plan } = workload("training", model, dataset, card);
    const ways = gemmsOf(plan).map(({ product }) => `${product.parts}x${product.m} ${choose?.(product)}`);
    expect(ways).toEqual(expect.arrayContaining([...wanted]));
    const exact = await gradientOn(createCpuBackend("float64"), model, dataset);
    const { error } = worstDeviation(await gradientOn(card, model, dataset), exact, scaleOf(exact));
    expect(error).toBeLessThan(2e-5);
  },
  // Half a minute of compiling, of which a busy machine makes minutes.
  600_000,
);
