// Networks that are more than a stack, on real digits: containers of branches, and layers that normalize over the batch, whose
// last one of an epoch is short.
import { firstDigits } from "../support/mnist";
import { type BlockSpec, modelOf } from "../support/models";
import { type Comparison, compareWithTensorFlow } from "./support/compare";

const adam = { type: "Adam", config: { learningRate: 0.01 } } as const;
const end: BlockSpec = ["Dense", { units: 10, activation: "softmax" }];
/** Smooth, since at a kink rounding decides which way a gradient points. */
const dense = (units: number): BlockSpec => ["Dense", { units, activation: "tanh" }];
const conv = (filters: number, more: object = {}): BlockSpec => [
  "Conv2D",
  { filters, padding: "same", activation: "tanh", ...more },
];

/** After pooling by four, so that a step is quick. */
const model = (...blocks: BlockSpec[]): Comparison => ({
  description: modelOf([["AveragePooling2D", { poolSize: [4, 4] }], ...blocks], { batchSize: 16, optimizer: adam }),
});

compareWithTensorFlow(() => firstDigits(150), {
  "batch normalization of images and of vectors": model(
    conv(4, { activation: "linear", useBias: false }),
    ["BatchNormalization", { momentum: 0.9 }],
    ["Activation", { activation: "tanh" }],
    ["Flatten"],
    dense(16),
    ["BatchNormalization", { momentum: 0.9, epsilon: 0.01 }],
    end,
  ),
  "a residual block within another": model(
    conv(4),
    ["Residual", {}, [[conv(4), ["Residual", {}, [[conv(4, { activation: "linear" })]]]]]],
    ["GlobalAveragePooling2D"],
    end,
  ),
  "branches side by side": model(
    ["Branches", {}, [[conv(3, { kernelSize: [1, 1] })], [conv(2)], []]],
    ["Flatten"],
    end,
  ),
  ...Object.fromEntries(
    (["add", "multiply", "average", "maximum"] as const).map((merge) => [
      `branches, ${merge}`,
      model(["Flatten"], ["Branches", { merge }, [[dense(12), ["BatchNormalization"]], [dense(12)]]], end),
    ]),
  ),
});
