// Small models with weights of their own, samples, and what the engine makes of them: what exported files are held against.
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import type { ColumnKind, Dataset } from "../../src/engine/data";
import { type ExportedModel, exportedModel } from "../../src/engine/io/exported";
import type { ModelDescription } from "../../src/engine/model/description";
import { type Shape, sizeOf } from "../../src/engine/shape";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { labelled } from "./data";
import { type BlockSpec, modelOf } from "./models";

/** A model, samples of its input, and what the engine gives for them. */
export interface ExportCase {
  readonly model: ExportedModel;
  readonly samples: Float32Array | Uint32Array;
  readonly count: number;
  readonly outputs: Float32Array;
}

const kinds: readonly ColumnKind[] = ["value", "points", "series", "image"];
const COUNT = 3;
const wave = (length: number, phase: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7 + phase));

/** Data of inputs of a shape, numbers or tokens. */
export function dataOf(shape: Shape, tokens = 0): Dataset {
  const length = COUNT * sizeOf(shape);
  const input = tokens > 0 ? Uint32Array.from({ length }, (_, i) => (i * 7) % tokens) : wave(length, 0);
  const names = Array.from({ length: 3 }, (_, i) => `class ${i}`);
  const words = Array.from({ length: tokens }, (_, i) => `word ${i}`);
  const column = tokens > 0 ? { kind: "text" as const, names: words } : { kind: kinds[shape.length] ?? "image" };
  return labelled(
    {
      id: "mnist",
      title: "Small",
      input: { ...column, shape, dtype: tokens > 0 ? "u32" : "f32", scale: 1 },
      names,
    },
    { count: COUNT, columns: { input, label: new Uint8Array(COUNT) } },
  );
}

/** Weights between -0.5 and 0.5; variances above 0. */
export const weightsOf = (model: ExportedModel): ExportedModel["weights"] =>
  Object.fromEntries(
    Object.entries(model.weights).map(([name, { shape }], k) => {
      const isPositive = /variance$/i.test(name);
      const data = wave(sizeOf(shape), k + 1).map((value) => (isPositive ? value + 1.5 : value * 0.5));
      return [name, { shape, data }];
    }),
  );

/** What the engine makes of samples with these weights. */
export async function caseOf(description: ModelDescription, data: Dataset): Promise<ExportCase> {
  const blank = exportedModel(description, data);
  const weights = weightsOf(blank);
  const backend = createCpuBackend();
  const resident = new ResidentData(backend);
  const session = await Session.create({ backend, description, dataset: data, resident });
  session.setWeights(weights);
  const samples = data.test.columns["input"] as Float32Array | Uint32Array;
  const shown = await session.show({ input: samples }, COUNT);
  const outputs = Object.values(shown)[0]?.data ?? new Float32Array();
  session.dispose();
  backend.dispose();
  return {
    model: exportedModel(description, data, weights),
    samples,
    count: COUNT,
    outputs: Float32Array.from(outputs),
  };
}

/** A classifier of these layers on inputs of a shape, closed by a flat dense layer of three units. */
export const classifierOf = (layers: readonly BlockSpec[], shape: Shape, tokens = 0): Promise<ExportCase> =>
  caseOf(
    modelOf([...layers, ["Flatten"], ["Dense", { units: 3, activation: "softmax" }]], { batchSize: COUNT }),
    dataOf(shape, tokens),
  );

const rnn = (type: "SimpleRNN" | "LSTM" | "GRU", more = {}): BlockSpec => [type, { units: 4, ...more }];
const image: Shape = [6, 5, 4];
const series: Shape = [5, 4];

/** Models that together have every layer and every container, by what they are about. */
export const exportCases: Readonly<Record<string, () => Promise<ExportCase>>> = {
  activations: () =>
    classifierOf(
      (["relu", "leaky_relu", "elu", "gelu", "sigmoid", "tanh", "softplus", "softmax", "linear"] as const).map(
        (activation) => ["Dense", { units: 5, activation }],
      ),
      [4],
    ),
  "dense on images": () => classifierOf([["Dense", { units: 3, useBias: false }]], image),
  convolutions: () =>
    classifierOf(
      [
        ["Conv2D", { filters: 4, kernelSize: [3, 2], padding: "same", activation: "relu" }],
        ["Conv2D", { filters: 3, kernelSize: [2, 3], dilationRate: [2, 1], useBias: false }],
        ["Conv2D", { filters: 3, kernelSize: [3, 3], strides: [2, 1], padding: "same" }],
      ],
      [9, 8, 2],
    ),
  "depthwise and separable": () =>
    classifierOf(
      [
        ["DepthwiseConv2D", { kernelSize: [3, 3], depthMultiplier: 2, padding: "same", activation: "tanh" }],
        ["SeparableConv2D", { filters: 3, kernelSize: [2, 2], depthMultiplier: 2, activation: "relu" }],
      ],
      image,
    ),
  transposed: () =>
    classifierOf(
      [
        ["Conv2DTranspose", { filters: 3, kernelSize: [3, 3], strides: [2, 2], padding: "same", activation: "relu" }],
        ["Conv2DTranspose", { filters: 2, kernelSize: [2, 3], strides: [3, 2], padding: "valid" }],
        ["Conv2DTranspose", { filters: 2, kernelSize: [4, 2], strides: [1, 1], padding: "same" }],
      ],
      [3, 2, 2],
    ),
  pooling: () =>
    classifierOf(
      [
        ["MaxPooling2D", { poolSize: [2, 2], strides: [1, 1], padding: "same" }],
        ["AveragePooling2D", { poolSize: [3, 2], strides: [2, 1], padding: "same" }],
        ["MaxPooling2D", { poolSize: [2, 2], strides: [1, 1] }],
      ],
      [7, 6, 2],
    ),
  "global pooling": () =>
    classifierOf([["Branches", { merge: "concat" }, [[["GlobalAveragePooling2D"]], [["GlobalMaxPooling2D"]]]]], image),
  "series pooling": () =>
    classifierOf(
      [
        ["Conv1D", { filters: 4, kernelSize: 3, padding: "causal", dilationRate: 2, activation: "relu" }],
        ["Conv1D", { filters: 3, kernelSize: 2, strides: 2, padding: "same" }],
        ["MaxPooling1D", { poolSize: 2, strides: 1, padding: "same" }],
        ["AveragePooling1D", { poolSize: 2, strides: 1 }],
        ["Branches", { merge: "maximum" }, [[["GlobalAveragePooling1D"]], [["GlobalMaxPooling1D"]]]],
      ],
      [9, 3],
    ),
  recurrent: () =>
    classifierOf(
      [
        rnn("SimpleRNN", { returnSequences: true, activation: "relu" }),
        rnn("LSTM", { returnSequences: true, goBackwards: true }),
        rnn("GRU", { returnSequences: true, useBias: false }),
        rnn("GRU", { recurrentActivation: "tanh" }),
      ],
      series,
    ),
  bidirectional: () =>
    classifierOf(
      [
        [
          "Bidirectional",
          { merge: "concat" },
          [[rnn("LSTM", { returnSequences: true })], [rnn("LSTM", { returnSequences: true })]],
        ],
        ["Bidirectional", { merge: "ave" }, [[rnn("GRU")], [rnn("GRU")]]],
      ],
      series,
    ),
  "shape changes": () =>
    classifierOf(
      [
        ["ZeroPadding2D", { rows: [1, 0], columns: [2, 1] }],
        ["Cropping2D", { rows: [0, 1], columns: [1, 1] }],
        ["Permute", { dims: [2, 3, 1] }],
        ["UpSampling2D", { size: [2, 3], interpolation: "bilinear" }],
        ["UpSampling2D", { size: [1, 2], interpolation: "nearest" }],
        ["Flatten"],
        ["Dense", { units: 6 }],
        ["RepeatVector", { n: 2 }],
        ["Reshape", { targetShape: [3, 4] }],
      ],
      [3, 4, 2],
    ),
  normalization: () =>
    classifierOf(
      [
        ["BatchNormalization"],
        ["LayerNormalization"],
        ["GroupNormalization", { groups: 2, center: false }],
        ["RMSNormalization"],
        ["BatchNormalization", { scale: false }],
        ["LayerNormalization", { scale: false }],
      ],
      image,
    ),
  slopes: () =>
    classifierOf(
      [
        ["PReLU", { sharedAxes: true }],
        ["LeakyReLU", { negativeSlope: 0.1 }],
        ["PReLU"],
        ["ELU", { alpha: 0.7 }],
        ["Activation", { activation: "sigmoid" }],
        ["Softmax"],
      ],
      image,
    ),
  "training only": () =>
    classifierOf(
      [
        ["RandomTranslation"],
        ["RandomRotation"],
        ["RandomZoom"],
        ["RandomFlip"],
        ["RandomContrast"],
        ["SpatialDropout2D"],
        ["GaussianNoise"],
        ["Dropout"],
      ],
      image,
    ),
  containers: () =>
    classifierOf(
      [
        ["Residual", {}, [[["Conv2D", { filters: 4, padding: "same", activation: "relu" }]]]],
        ["Branches", { merge: "multiply" }, [[["Dense", { units: 4 }]], []]],
        ["Branches", { merge: "average" }, [[["Dense", { units: 4 }]], [["Dense", { units: 4 }]], []]],
        ["TimeDistributed", {}, [[["Dense", { units: 3, activation: "tanh" }], ["GlobalMaxPooling1D"]]]],
      ],
      image,
    ),
  clusters: () =>
    caseOf(
      {
        ...modelOf([["Centroids", { clusters: 3 }]], { batchSize: COUNT }),
        task: { type: "clustering", config: {} },
      },
      dataOf([4]),
    ),
  "tokens and attention": () =>
    classifierOf(
      [
        ["Embedding", { inputDim: 11, outputDim: 6 }],
        ["PositionEmbedding"],
        ["MultiHeadAttention", { numHeads: 2, keyDim: 3, causal: true }],
        ["MultiHeadAttention", { numHeads: 3, keyDim: 2, useBias: false }],
      ],
      [4],
      11,
    ),
};

/** How far two results are apart. */
export const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0)
    : Infinity;
