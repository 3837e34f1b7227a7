// TensorFlow.js optimizers with the formulas of Keras, by the names of ours.
import * as tf from "@tensorflow/tfjs-core";
import { readConfig } from "../../../src/engine/fields";
import type { NetworkDescription } from "../../../src/engine/model/description";
import { optimizers } from "../../../src/engine/optim/optimizers";

type Gradients = Parameters<tf.Optimizer["applyGradients"]>[0];

function named(gradients: Gradients): { name: string; tensor: tf.Tensor }[] {
  if (Array.isArray(gradients)) return gradients;
  return Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
}

/** Adam as in Keras, which TensorFlow.js does not have: its own divides by `sqrt(v / (1 - b2^t)) + eps`, Keras's by
 *  `sqrt(v) + eps` with both corrections in the rate. AdamW, which it has not at all, is the same after a decay. */
class KerasAdam extends tf.Optimizer {
  static className = "KerasAdam";
  readonly #settings: Readonly<Record<"learningRate" | "beta1" | "beta2" | "epsilon" | "weightDecay", number>>;
  readonly #moments = new Map<string, [mean: tf.Tensor, meanSquare: tf.Tensor]>();
  #step = 0;

  constructor(settings: Readonly<Record<"learningRate" | "beta1" | "beta2" | "epsilon" | "weightDecay", number>>) {
    super();
    this.#settings = settings;
  }

  applyGradients(gradients: Gradients): void {
    const { learningRate, beta1, beta2, epsilon, weightDecay } = this.#settings;
    this.#step++;
    const rate = (learningRate * Math.sqrt(1 - beta2 ** this.#step)) / (1 - beta1 ** this.#step);
    for (const { name, tensor: gradient } of named(gradients)) {
      const weight = tf.engine().registeredVariables[name];
      if (!weight) throw new Error(`KerasAdam: expected a known variable, got ${name}.`);
      const [mean, meanSquare] = this.#moments.get(name) ?? [tf.zerosLike(weight), tf.zerosLike(weight)];
      const nextMean = tf.keep(tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1)));
      const nextSquare = tf.keep(tf.add(tf.mul(meanSquare, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
      this.#moments.set(name, [nextMean, nextSquare]);
      const decayed = tf.sub(weight, tf.mul(weight, learningRate * weightDecay));
      weight.assign(tf.sub(decayed, tf.div(tf.mul(nextMean, rate), tf.add(tf.sqrt(nextSquare), epsilon))));
    }
  }

  getConfig(): { [key: string]: never } {
    return {};
  }
}

/** Scales all gradients down together when their norm over all of them exceeds `clipNorm`, as Keras's
 *  `global_clipnorm` does; TensorFlow.js has no such option. */
export class Clipped extends tf.Optimizer {
  static className = "Clipped";
  /** How often there was something to clip. */
  clippedSteps = 0;
  readonly #inner: tf.Optimizer;
  readonly #clipNorm: number;

  constructor(inner: tf.Optimizer, clipNorm: number) {
    super();
    this.#inner = inner;
    this.#clipNorm = clipNorm;
  }

  applyGradients(gradients: Gradients): void {
    const list = named(gradients);
    const norm = Math.sqrt(
      list.reduce((total, { tensor }) => total + Number(tf.sum(tf.square(tensor)).dataSync()[0]), 0),
    );
    if (norm > this.#clipNorm) this.clippedSteps++;
    const factor = Math.min(1, this.#clipNorm / norm);
    this.#inner.applyGradients(list.map(({ name, tensor }) => ({ name, tensor: tf.mul(tensor, factor) })));
  }

  getConfig(): { [key: string]: never } {
    return {};
  }
}

/** TensorFlow.js's own optimizer where its formula is Keras's: plain SGD, momentum and Nesterov (whose velocity it keeps
 *  undivided by the rate, which is the same thing while the rate stays), RMSprop and Adagrad (epsilon under the root). */
function plainOptimizer({ optimizer: { type, config } }: NetworkDescription): tf.Optimizer {
  const settings = readConfig(optimizers[type].fields, config).config;
  const number = (key: string): number => Number(settings[key] ?? 0);
  const rate = number("learningRate");
  switch (type) {
    case "SGD":
      return tf.train.sgd(rate);
    case "Momentum":
      return tf.train.momentum(rate, number("momentum"));
    case "Nesterov":
      return tf.train.momentum(rate, number("momentum"), true);
    case "RMSprop":
      return tf.train.rmsprop(rate, number("rho"), 0, number("epsilon"));
    case "Adagrad":
      return tf.train.adagrad(rate, number("initialAccumulator"));
    case "Adam":
    case "AdamW":
      return new KerasAdam({
        learningRate: rate,
        beta1: number("beta1"),
        beta2: number("beta2"),
        epsilon: number("epsilon"),
        weightDecay: number("weightDecay"),
      });
  }
}

/** The peer's optimizer for these settings. */
export function peerOptimizer(network: NetworkDescription): tf.Optimizer {
  const plain = plainOptimizer(network);
  return network.clipNorm > 0 ? new Clipped(plain, network.clipNorm) : plain;
}
