// Two hundred steps against a hundred, a reload and a hundred more: the same bits of every preset on the CPU, and of
// one of each kind on WebGPU. Epochs are short, so that their ends, validations and best weights fall between.
import { describe, it } from "vitest";
import { infoOf } from "../../src/engine/data/dataset";
import { requireDataset } from "../../src/engine/data/library";
import type { ModelDescription } from "../../src/engine/model/description";
import { type PresetId, presets } from "../../src/engine/model/presets";
import { testGpu } from "../support/gpu";
import { expectSameBits } from "../support/resumed";

const HALF = 100;
/** Neither half ends with an epoch of so many. */
const STEPS_PER_EPOCH = 30;
/** Samples at most in a batch: more take longer and tell no more. */
const CPU_BATCH = 32;
/** A software GPU is slow with so many. */
const GPU_BATCH = 4;

/** A preset in short epochs, validated at the end of each and never over before its time. */
function inShortEpochs(id: PresetId, most: number): { description: ModelDescription; limit: number } {
  const { description } = presets[id];
  const { trainCount } = infoOf(requireDataset(description.dataset));
  const perEpoch = Math.min(description.training.batchSize, Math.floor(trainCount / 2), most);
  const validationCount = Math.min(perEpoch, trainCount - perEpoch);
  const training = { ...description.training, batchSize: perEpoch, validationCount, epochs: 2 * HALF, patience: 0 };
  return { description: { ...description, training }, limit: perEpoch * STEPS_PER_EPOCH };
}

describe(`${HALF} steps, a reload and ${HALF} more are ${2 * HALF}, to the bit`, () => {
  it.each(Object.keys(presets) as PresetId[])(
    "of the preset %s on the CPU",
    async (id) => {
      const { description, limit } = inShortEpochs(id, CPU_BATCH);
      await expectSameBits(description, HALF, { limit, threads: 1 });
    },
    600_000,
  );

  it.each<PresetId>(["perceptron", "convnet", "gan-points", "lstm"])(
    "of the preset %s on WebGPU",
    async (id) => {
      const { description, limit } = inShortEpochs(id, GPU_BATCH);
      await expectSameBits(description, HALF, { backend: "webgpu", gpu: await testGpu(), limit });
    },
    600_000,
  );
});
