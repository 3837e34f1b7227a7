// Every loss with the activation that goes with it, which Descent computes from logits, and with another, which it does
// not; one output and many; L2 penalties; dropout; batches that do not divide the set.
import { type Dataset, infoOf, type Split } from "../../src/engine/data/dataset";
import { xor as xorDataset } from "../../src/engine/data/xor";
import type { ActivationName } from "../../src/engine/nn/activations";
import type { LossType } from "../../src/engine/nn/losses";
import { firstDigits } from "../support/mnist";
import { type LayerSpec, modelOf } from "../support/models";
import { type Comparison, compareWithTensorFlow } from "./support/compare";

const adam = { type: "Adam", config: { learningRate: 0.01 } } as const;

/** Smooth, since at a kink rounding decides which way a gradient points. */
const hidden16: LayerSpec = ["Dense", { units: 16, activation: "tanh" }];

function digits(
  loss: LossType,
  activation: ActivationName,
  hidden: readonly LayerSpec[] = [hidden16],
  kernelL2 = 0,
): Comparison {
  const layers: LayerSpec[] = [["Flatten"], ...hidden, ["Dense", { units: 10, activation, kernelL2 }]];
  return { description: modelOf(layers, { loss, batchSize: 16, optimizer: adam }) };
}

compareWithTensorFlow(() => firstDigits(150), {
  "sparse categorical cross-entropy after softmax": digits("sparseCategoricalCrossentropy", "softmax"),
  "sparse categorical cross-entropy of what does not add up to 1": digits("sparseCategoricalCrossentropy", "sigmoid"),
  "categorical cross-entropy after softmax": digits("categoricalCrossentropy", "softmax"),
  "categorical cross-entropy of what does not add up to 1": digits("categoricalCrossentropy", "softplus"),
  "binary cross-entropy of ten sigmoids": digits("binaryCrossentropy", "sigmoid"),
  "binary cross-entropy after softmax": digits("binaryCrossentropy", "softmax"),
  "mean squared error": digits("meanSquaredError", "linear"),
  "mean squared error after softmax": digits("meanSquaredError", "softmax"),
  // Strictly between the targets 0 and 1, so never at the kink.
  "mean absolute error": digits("meanAbsoluteError", "sigmoid"),
  "L2 on two kernels, L1 on one, L2 on a bias": digits(
    "sparseCategoricalCrossentropy",
    "softmax",
    [["Dense", { units: 16, activation: "tanh", kernelL2: 0.01, kernelL1: 0.002, biasL2: 0.05 }]],
    0.1,
  ),
  "dropout, twice": digits("sparseCategoricalCrossentropy", "softmax", [
    ["Dropout", { rate: 0.2 }],
    hidden16,
    ["Dropout", { rate: 0.5 }],
  ]),
});

/** Six points near XOR's. None is at the origin, where an untrained unit gives exactly 0: at the kink of the absolute
 *  error Keras's gradient is 0, that of TensorFlow.js is -1. */
const six: Split = {
  count: 6,
  columns: {
    point: Float32Array.of(0.1, 0.2, 0, 1, 1, 0, 1, 1, 0.2, 0.9, 0.8, 0.9),
    label: Uint8Array.of(0, 1, 1, 0, 1, 0),
  },
};
const points: Dataset = { ...infoOf(xorDataset), trainCount: 6, train: six, test: six };

function xor(loss: LossType, activation: ActivationName): Comparison {
  const layers: LayerSpec[] = [
    ["Dense", { units: 8, activation: "tanh" }],
    ["Dense", { units: 1, activation }],
  ];
  return {
    description: modelOf(
      layers,
      { loss, batchSize: 4, optimizer: { type: "Adam", config: { learningRate: 0.05 } } },
      "xor",
    ),
  };
}

compareWithTensorFlow(async () => points, {
  "binary cross-entropy of one sigmoid": xor("binaryCrossentropy", "sigmoid"),
  "mean squared error of one sigmoid": xor("meanSquaredError", "sigmoid"),
  "mean absolute error of one unit": xor("meanAbsoluteError", "linear"),
});
