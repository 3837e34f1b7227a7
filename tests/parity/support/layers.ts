// The same model in TensorFlow.js: every layer of a description as a tf.layers layer, with the same weights.
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import type { ModelDescription } from "../../../src/engine/model/description";
import {
  type Block,
  blockNames,
  type ContainerBlock,
  isContainer,
  type LayerBlock,
} from "../../../src/engine/model/blocks";
import { containers } from "../../../src/engine/nn/containers";
import { layers } from "../../../src/engine/nn/layers";
import { readConfig } from "../../../src/engine/fields";
import { streamOf, uniform } from "../../../src/engine/random";
import { networkOf } from "../../support/models";

/** Where the peer's random layers are; moved on by whoever trains it. */
export interface Clock {
  step: number;
}

/** TensorFlow.js draws its masks from a generator of its own, so this layer multiplies by the mask that Descent says it
 *  uses: `uniform(seed, step, stream, element) >= rate`, scaled by `1 / (1 - rate)`. */
class MaskedDropout extends tfl.layers.Layer {
  static className = "MaskedDropout";
  readonly #settings: { readonly rate: number; readonly seed: number; readonly stream: number; readonly clock: Clock };

  constructor(settings: { rate: number; seed: number; stream: number; clock: Clock }) {
    super({});
    this.#settings = settings;
  }

  override computeOutputShape(inputShape: tfl.Shape): tfl.Shape {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs;
    if (!kwargs.training) return x;
    const { rate, seed, stream, clock } = this.#settings;
    const mask = Float32Array.from({ length: x.size }, (_, i) =>
      uniform(seed, clock.step, stream, i) >= rate ? 1 / (1 - rate) : 0,
    );
    return tf.mul(x, tf.tensor(mask, x.shape));
  }
}

/** What all layers of a peer share. */
interface Surroundings {
  readonly names: ReadonlyMap<string, string>;
  readonly seed: number;
  readonly clock: Clock;
}

/** The description's layers in TensorFlow.js by the same names, untrained. Settings are called as in Keras in both
 *  libraries. */
export function buildPeer(description: ModelDescription, inputShape: readonly number[], clock: Clock): tfl.LayersModel {
  const { blocks } = networkOf(description);
  const input = tfl.input({ shape: [...inputShape] });
  const around = { names: blockNames(blocks), seed: description.training.seed, clock };
  return tfl.model({ inputs: input, outputs: stackOn(input, blocks, around) });
}

const stackOn = (x: tfl.SymbolicTensor, blocks: readonly Block[], around: Surroundings): tfl.SymbolicTensor =>
  blocks.reduce((value, block) => {
    const isHolder = isContainer(block);
    const outputs = isHolder ? block.branches.map((branch) => stackOn(value, branch, around)) : [];
    const made = isHolder ? merge(block, value, outputs) : layerOf(block, around).apply(value);
    if (!(made instanceof tfl.SymbolicTensor)) throw new Error("expected a layer of one output, got another");
    return made;
  }, x);

function merge(
  { type, config }: ContainerBlock,
  x: tfl.SymbolicTensor,
  outputs: tfl.SymbolicTensor[],
): ReturnType<tfl.layers.Layer["apply"]> {
  if (type === "Residual") return tfl.layers.add().apply([x, ...outputs]);
  switch (String(readConfig(containers[type].fields, config).config["merge"])) {
    case "concat":
      return tfl.layers.concatenate({ axis: -1 }).apply(outputs);
    case "add":
      return tfl.layers.add().apply(outputs);
    case "multiply":
      return tfl.layers.multiply().apply(outputs);
    case "average":
      return tfl.layers.average().apply(outputs);
    case "maximum":
      return tfl.layers.maximum().apply(outputs);
    default:
      throw new Error(`expected a way to merge that TensorFlow.js has too, got ${JSON.stringify(config)}`);
  }
}

function layerOf({ id, type, config }: LayerBlock, { names, seed, clock }: Surroundings): tfl.layers.Layer {
  const {
    kernelL1,
    kernelL2,
    biasL1,
    biasL2,
    activityL1: _l1,
    activityL2: _l2,
    kernelInitializer: _,
    ...rest
  } = readConfig(layers[type].fields, config).config;
  const regularizer = (l1: unknown, l2: unknown) => tfl.regularizers.l1l2({ l1: Number(l1 ?? 0), l2: Number(l2 ?? 0) });
  const settings = { ...JSON.parse(JSON.stringify(rest)), name: names.get(id) };
  const penalties = {
    kernelRegularizer: regularizer(kernelL1, kernelL2),
    biasRegularizer: regularizer(biasL1, biasL2),
  };
  const args = { ...settings, kernelInitializer: "zeros", ...penalties };
  switch (type) {
    case "Dense":
      return tfl.layers.dense(args);
    case "Conv2D":
      return tfl.layers.conv2d(args);
    case "MaxPooling2D":
      return tfl.layers.maxPooling2d(settings);
    case "AveragePooling2D":
      return tfl.layers.averagePooling2d(settings);
    case "GlobalAveragePooling2D":
      return tfl.layers.globalAveragePooling2d({});
    case "BatchNormalization":
      return tfl.layers.batchNormalization(settings);
    case "Flatten":
      return tfl.layers.flatten();
    case "Reshape":
      return tfl.layers.reshape(settings);
    case "Activation":
      return tfl.layers.activation(settings);
    case "Dropout":
      return new MaskedDropout({ rate: Number(rest["rate"]), seed, stream: streamOf(id), clock });
    default:
      throw new Error(`expected a layer that TensorFlow.js has too, got ${String(type)}`);
  }
}

/** Values by layer, as both libraries list them within one: the kernel before the bias. */
export function byLayer<T>(weights: Readonly<Record<string, T>>): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const [name, weight] of Object.entries(weights)) {
    const [layer = ""] = name.split("/");
    found.set(layer, [...(found.get(layer) ?? []), weight]);
  }
  return found;
}

/** Copies Descent's weights over. */
export function copyWeights(
  from: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>,
  to: tfl.LayersModel,
): void {
  for (const [layer, weights] of byLayer(from)) {
    to.getLayer(layer).setWeights(weights.map(({ shape, data }) => tf.tensor(data, [...shape])));
  }
}
