// Twenty models by chance that TensorFlow.js makes and saves, half of them with branches: here they give its outputs, and their weights
// come back to the bit through this page's files.
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import "@tensorflow/tfjs-backend-cpu";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import type { ColumnInfo } from "../../src/engine/data/column";
import { exportedModel } from "../../src/engine/io/exported";
import { formats } from "../../src/engine/io/formats";
import { readModelFile } from "../../src/engine/io/incoming";
import { runNetwork } from "../../src/engine/io/samples";
import { sizeOf } from "../../src/engine/shape";
import { uniform } from "../../src/engine/random";
import { farthest } from "../support/exported";
import { modelOf } from "../support/models";

const COUNT = 8;

/** Draws by chance, the same for the same seed. */
function dice(seed: number) {
  let at = 0;
  const next = (): number => uniform(seed, 0, 0, at++);
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from));
  const some = <T>(...options: readonly T[]): T => {
    const found = options[whole(0, options.length)];
    if (found === undefined) throw new Error("expected an option, got none");
    return found;
  };
  return { next, whole, some };
}

type Dice = ReturnType<typeof dice>;
type TfLayer = ReturnType<typeof tfl.layers.dense>;

const activation = ({ some }: Dice) => some("relu", "tanh", "sigmoid", "elu", "softplus", "linear");

const onImages: readonly ((own: Dice) => unknown)[] = [
  (own) =>
    tfl.layers.conv2d({
      filters: own.whole(2, 7),
      kernelSize: own.some(1, 2, 3),
      strides: own.some(1, 2),
      padding: own.some("same", "valid"),
      activation: activation(own),
    }),
  (own) =>
    tfl.layers.depthwiseConv2d({
      kernelSize: 3,
      depthMultiplier: own.some(1, 2),
      padding: "same",
      activation: activation(own),
    }),
  (own) =>
    tfl.layers.separableConv2d({
      filters: own.whole(2, 7),
      kernelSize: 3,
      padding: "same",
      activation: activation(own),
    }),
  (own) =>
    tfl.layers.conv2dTranspose({
      filters: own.whole(2, 5),
      kernelSize: 3,
      strides: own.some(1, 2),
      padding: "same",
      activation: activation(own),
    }),
  () => tfl.layers.maxPooling2d({ poolSize: 2, padding: "same" }),
  () => tfl.layers.averagePooling2d({ poolSize: 2, strides: 1, padding: "same" }),
  () => tfl.layers.upSampling2d({ size: [2, 2] }),
  () =>
    tfl.layers.zeroPadding2d({
      padding: [
        [1, 0],
        [0, 2],
      ],
    }),
  () =>
    tfl.layers.cropping2D({
      cropping: [
        [1, 0],
        [0, 1],
      ],
    }),
  () => tfl.layers.batchNormalization({}),
  () => tfl.layers.layerNormalization({}),
  () => tfl.layers.dropout({ rate: 0.3 }),
  () => tfl.layers.leakyReLU({ alpha: 0.2 }),
  () => tfl.layers.elu({}),
];
const onSeries: readonly ((own: Dice) => unknown)[] = [
  (own) =>
    tfl.layers.conv1d({
      filters: own.whole(2, 7),
      kernelSize: 3,
      padding: own.some("same", "valid"),
      activation: activation(own),
    }),
  (own) => tfl.layers.lstm({ units: own.whole(2, 7), returnSequences: true, recurrentActivation: "sigmoid" }),
  (own) => tfl.layers.simpleRNN({ units: own.whole(2, 7), returnSequences: true }),
  (own) =>
    tfl.layers.bidirectional({
      layer: tfl.layers.lstm({
        units: own.whole(2, 7),
        returnSequences: true,
        recurrentActivation: "sigmoid",
      }) as tfl.RNN,
      mergeMode: own.some("concat", "sum", "ave", "mul"),
    }),
  (own) =>
    tfl.layers.timeDistributed({ layer: tfl.layers.dense({ units: own.whole(2, 7), activation: activation(own) }) }),
  () => tfl.layers.layerNormalization({}),
  () => tfl.layers.maxPooling1d({ poolSize: 2, padding: "same" }),
  () => tfl.layers.averagePooling1d({ poolSize: 2, padding: "same" }),
  (own) => tfl.layers.dense({ units: own.whole(2, 7), activation: activation(own) }),
  () => tfl.layers.dropout({ rate: 0.2 }),
  (own) => tfl.layers.activation({ activation: activation(own) }),
];

/** The n-th model: of images or series, plain or with branches. */
function modelBy(n: number) {
  const own = dice(n + 1);
  const isImage = n % 4 < 2;
  const choices = isImage ? onImages : onSeries;
  const shape = isImage ? [10, 9, 2] : [12, 3];
  const entry = tfl.input({ shape });
  const apply = (layer: unknown, x: tfl.SymbolicTensor | tfl.SymbolicTensor[]): tfl.SymbolicTensor =>
    (layer as TfLayer).apply(x) as tfl.SymbolicTensor;
  let x: tfl.SymbolicTensor = entry;
  // All of them come in turn, and others by chance.
  const turn = (2 * Math.floor(n / 4)) % choices.length;
  const picks = [turn + 2 * (n % 2), turn + 2 * (n % 2) + 1, own.whole(0, 99), own.whole(0, 99)];
  for (const [k, pick] of picks.entries()) {
    x = apply(choices[pick % choices.length]?.(own), x);
    if (n < 10 || k % 2 === 0) continue;
    const both = [
      apply(tfl.layers.dense({ units: 4, activation: "relu" }), x),
      apply(tfl.layers.dense({ units: 4 }), apply(tfl.layers.layerNormalization({}), x)),
    ];
    x = apply(
      own.some<unknown>(
        tfl.layers.concatenate(),
        tfl.layers.add(),
        tfl.layers.multiply(),
        tfl.layers.average(),
        tfl.layers.maximum(),
      ),
      both,
    );
  }
  x = apply(tfl.layers.flatten(), x);
  x = apply(tfl.layers.dense({ units: 3, activation: "softmax" }), x);
  const model =
    n < 10
      ? tfl.sequential({ layers: tfl.model({ inputs: entry, outputs: x }).layers })
      : tfl.model({ inputs: entry, outputs: x });
  // As training leaves them: statistics and biases are no zeros and ones.
  model.setWeights(
    model.getWeights().map((value) => tf.add(value, tf.randomUniform(value.shape, 0.02, 0.1, "float32", n))),
  );
  return { model, shape };
}

async function saved(model: tfl.LayersModel): Promise<Uint8Array> {
  let file = new Uint8Array();
  await model.save({
    save: async ({ modelTopology, weightSpecs, weightData }) => {
      const manifest = [{ paths: ["group1-shard1of1.bin"], weights: weightSpecs }];
      file = zipSync({
        "model.json": strToU8(JSON.stringify({ format: "layers-model", modelTopology, weightsManifest: manifest })),
        "group1-shard1of1.bin": new Uint8Array(weightData as ArrayBuffer),
      });
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  });
  return file;
}

describe("models of TensorFlow.js", () => {
  it.each(Array.from({ length: 20 }, (_, n) => n))("give its outputs and weights here, number %i", async (n) => {
    const { model, shape } = modelBy(n);
    const inputs = Float32Array.from({ length: COUNT * sizeOf(shape) }, (_, i) => 2 * uniform(n, 1, 0, i) - 1);
    const wanted = await (model.predict(tf.tensor(Array.from(inputs), [COUNT, ...shape])) as tf.Tensor).data();
    const input: ColumnInfo = { kind: shape.length > 2 ? "image" : "series", shape, dtype: "f32", scale: 1 };
    const label: ColumnInfo = { kind: "class", shape: [], dtype: "u32", scale: 1, names: ["a", "b", "c"] };
    const data = { id: "own", title: "Own", columns: { input, label }, trainCount: 1000 };
    const around = { base: modelOf([]), dataOf: () => data };
    const { description, weights, ignored } = await readModelFile("model.zip", await saved(model), around);
    expect(ignored).toEqual([]);
    const found = exportedModel(description, data, weights ?? {});
    const [network] = found.networks;
    if (!network) throw new Error("expected a network, got none");
    expect(farthest(await runNetwork(network, inputs, COUNT), Float32Array.from(wanted))).toBeLessThan(1e-5);
    // Each number of theirs is there, and comes back through this page's own file.
    const numbers = (arrays: Iterable<ArrayLike<number>>): number[] =>
      [...arrays].flatMap((array) => Array.from(array)).toSorted((a, b) => a - b);
    const theirs = await Promise.all(model.getWeights().map((value) => value.data()));
    expect(numbers(Object.values(weights ?? {}).map((array) => array.data))).toEqual(numbers(theirs));
    const [written = new Uint8Array()] = Object.values(await formats.safetensors.write(found, []));
    const again = await readModelFile("net.safetensors", written, around);
    expect(again.weights).toEqual(weights);
  });

  it("with a GRU are refused: theirs resets before the product, and this page's and Keras 3's after it", async () => {
    const model = tfl.sequential({ layers: [tfl.layers.gru({ units: 3, inputShape: [4, 2] })] });
    const around = { base: modelOf([]), dataOf: () => ({ id: "own", title: "Own", columns: {}, trainCount: 1 }) };
    await expect(readModelFile("model.zip", await saved(model), around)).rejects.toThrow("to reset after the product");
  });
});
