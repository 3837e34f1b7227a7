// The presets' architectures at small width, on real digits, with the presets' own losses and optimizers.
import type { Block } from "../../src/engine/model/blocks";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { isFull } from "../support/full";
import { firstDigits } from "../support/mnist";
import { networkOf, withBlocks, withLearning } from "../support/models";
import { compareWithTensorFlow } from "./support/compare";

/** All layers, but with few filters and units; the last layer as it is. Batches of 8, of which the last of an epoch is
 *  short, and a bold rate, so that fifty steps get somewhere. */
function narrow(description: ModelDescription): ModelDescription {
  const { blocks, optimizer } = networkOf(description);
  let filters = 2;
  const thin = ({ config, ...block }: Block, i: number): Block => {
    if (block.type === "Conv2D") return { ...block, config: { ...config, filters: Math.min(8, (filters *= 2)) } };
    const isHidden = block.type === "Dense" && i < blocks.length - 1;
    return { ...block, config: isHidden ? { ...config, units: 16 } : config };
  };
  return withLearning(withBlocks(description, blocks.map(thin)), {
    batchSize: 8,
    validationCount: 20,
    optimizer: { type: optimizer.type, config: { learningRate: 0.01 } },
  });
}

const perceptrons = {
  perceptron: { description: narrow(presets.perceptron.description) },
  ...(isFull && { "two hidden layers": { description: narrow(presets["two-hidden"].description) } }),
};
// Slow to begin: the steps that others are given in full.
const withDropout = {
  "convnet with dropout": { description: narrow(presets["convnet-dropout"].description), steps: 50 },
};
// The one with dropout has all of the other's layers.
const plain = { convnet: { description: narrow(presets.convnet.description) } };

compareWithTensorFlow(() => firstDigits(200), { ...perceptrons, ...withDropout, ...(isFull ? plain : {}) });
