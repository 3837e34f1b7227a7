// The presets' architectures at small width, on real digits, with the presets' own losses and optimizers.
import type { LayerBlock, ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { firstDigits } from "../support/mnist";
import { compareWithTensorFlow } from "./support/compare";

/** All layers, but with few filters and units; the last layer as it is. Batches of 8, of which the last of an epoch is
 *  short, and a bold rate, so that fifty steps get somewhere. */
function narrow({ layers, training, ...rest }: ModelDescription): ModelDescription {
  let filters = 2;
  const thin = ({ config, ...block }: LayerBlock, i: number): LayerBlock => {
    if (block.type === "Conv2D") return { ...block, config: { ...config, filters: Math.min(8, (filters *= 2)) } };
    const isHidden = block.type === "Dense" && i < layers.length - 1;
    return { ...block, config: isHidden ? { ...config, units: 16 } : config };
  };
  return {
    ...rest,
    layers: layers.map(thin),
    training: {
      ...training,
      batchSize: 8,
      validationCount: 20,
      optimizer: { type: training.optimizer.type, config: { learningRate: 0.01 } },
    },
  };
}

compareWithTensorFlow(() => firstDigits(200), {
  perceptron: { description: narrow(presets.perceptron.description) },
  "two hidden layers": { description: narrow(presets["two-hidden"].description) },
  convnet: { description: narrow(presets.convnet.description) },
  "convnet with dropout": { description: narrow(presets["convnet-dropout"].description) },
});
