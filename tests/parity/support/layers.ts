// The same model in TensorFlow.js: every layer of a description as a tf.layers layer, with the same weights.
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import type { ModelDescription } from "../../../src/engine/model/description";
import { layers } from "../../../src/engine/nn/layers";
import { readConfig } from "../../../src/engine/fields";
import { uniform } from "../../../src/engine/random";

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

/** The description's layers in TensorFlow.js, untrained. The names of settings are Keras's in both libraries. */
export function buildPeer(description: ModelDescription, inputShape: readonly number[], clock: Clock): tfl.Sequential {
  const model = tfl.sequential();
  model.add(tfl.layers.inputLayer({ inputShape: [...inputShape] }));
  description.layers.forEach(({ type, config }, stream) => {
    const { kernelL2, kernelInitializer: _, ...rest } = readConfig(layers[type].fields, config).config;
    const regularizer = Number(kernelL2 ?? 0) > 0 ? tfl.regularizers.l2({ l2: Number(kernelL2) }) : undefined;
    const settings = JSON.parse(JSON.stringify(rest));
    const args = { ...settings, kernelInitializer: "zeros", ...(regularizer && { kernelRegularizer: regularizer }) };
    switch (type) {
      case "Dense":
        return model.add(tfl.layers.dense(args));
      case "Conv2D":
        return model.add(tfl.layers.conv2d(args));
      case "MaxPooling2D":
        return model.add(tfl.layers.maxPooling2d(settings));
      case "AveragePooling2D":
        return model.add(tfl.layers.averagePooling2d(settings));
      case "GlobalAveragePooling2D":
        return model.add(tfl.layers.globalAveragePooling2d({}));
      case "Flatten":
        return model.add(tfl.layers.flatten());
      case "Reshape":
        return model.add(tfl.layers.reshape(settings));
      case "Activation":
        return model.add(tfl.layers.activation(settings));
      case "Dropout":
        return model.add(
          new MaskedDropout({ rate: Number(rest["rate"]), seed: description.training.seed, stream, clock }),
        );
    }
  });
  return model;
}

/** Copies Descent's weights over. Both list them by layer, the kernel before the bias. */
export function copyWeights(
  from: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>,
  to: tfl.Sequential,
): void {
  to.setWeights(Object.values(from).map(({ shape, data }) => tf.tensor(data, [...shape])));
}
