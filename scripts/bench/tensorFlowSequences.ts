// A transformer in TensorFlow.js: its layers have no attention, so that it is written with operations, and Adam steps variables.
import * as tf from "@tensorflow/tfjs-core";
import { TEXT_LENGTH, VOCABULARY } from "../../bench/workloads";

const HEADS = 4;
/** Keras's of a layer normalization. */
const EPSILON = 1e-3;

/** A step that trains such a network. */
export interface Stepper {
  /** Takes a step, and gives the loss at the weights before it. */
  step(): Promise<number>;
}

/** @param weights in the order of the layers  @param read, told indices of characters, of whole texts after each other */
export function openGpt(
  weights: readonly tf.Variable[],
  read: Uint8Array,
  told: Uint8Array,
  optimizer: tf.Optimizer,
): Stepper {
  const rows = told.length;
  const indices = tf.tensor1d(Int32Array.from(read), "int32");
  const targets = tf.oneHot(tf.tensor1d(Int32Array.from(told), "int32"), VOCABULARY);
  const ones = tf.ones([TEXT_LENGTH, TEXT_LENGTH]);
  // What lies after the character that asks is as good as minus infinity.
  const mask = tf.tidy(() => tf.sub(1, tf.linalg.bandPart(ones, -1, 0)).mul(-1e9));
  const loss = () => {
    const logits = forward(weights, indices, rows / TEXT_LENGTH, mask);
    return tf.neg(tf.logSoftmax(logits).mul(targets).sum()).div(rows).asScalar();
  };
  return {
    async step() {
      const cost = optimizer.minimize(loss, true, [...weights]);
      const [value = NaN] = (await cost?.data()) ?? [];
      cost?.dispose();
      return value;
    },
  };
}

/** Characters to the logits of those that follow, `[N T, V]`. */
function forward(weights: readonly tf.Variable[], indices: tf.Tensor1D, count: number, mask: tf.Tensor): tf.Tensor2D {
  let used = 0;
  const next = (): tf.Variable => {
    const weight = weights[used++];
    if (weight === undefined) throw new Error("TensorFlow.js: expected a weight for every layer, got fewer.");
    return weight;
  };
  const width = weights[0]?.shape[1] ?? 0;
  const rows = count * TEXT_LENGTH;
  const normalize = (x: tf.Tensor2D): tf.Tensor2D => {
    const { mean, variance } = tf.moments(x, 1, true);
    return x
      .sub(mean)
      .mul(tf.rsqrt(variance.add(EPSILON)))
      .mul(next())
      .add(next());
  };
  const project = (x: tf.Tensor2D): tf.Tensor2D =>
    tf.matMul(x, next().reshape([width, width]) as tf.Tensor2D).add(next().reshape([width]));
  const inHeads = (x: tf.Tensor2D) => x.reshape([count, TEXT_LENGTH, HEADS, width / HEADS]).transpose([0, 2, 1, 3]);
  let x: tf.Tensor2D = tf
    .gather(next(), indices)
    .reshape([count, TEXT_LENGTH, width])
    .add(next())
    .reshape([rows, width]);
  const blocks = (weights.length - 6) / 16;
  for (let block = 0; block < blocks; block++) {
    const normal = normalize(x);
    const query = inHeads(project(normal));
    const key = inHeads(project(normal));
    const value = inHeads(project(normal));
    const scores = tf
      .matMul(query, key, false, true)
      .div(Math.sqrt(width / HEADS))
      .add(mask);
    const seen = tf.matMul(tf.softmax(scores), value).transpose([0, 2, 1, 3]).reshape([rows, width]);
    x = x.add(project(seen as tf.Tensor2D));
    const hidden = tf.matMul(normalize(x), next() as tf.Tensor2D).add(next());
    const active = hidden.mul(tf.erf(hidden.div(Math.SQRT2)).add(1)).mul(0.5);
    x = x.add(tf.matMul(active as tf.Tensor2D, next() as tf.Tensor2D).add(next()));
  }
  return tf.matMul(normalize(x), next() as tf.Tensor2D).add(next());
}
