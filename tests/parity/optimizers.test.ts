// Every optimizer on a small network and real digits, against TensorFlow.js: its own optimizer where the formula is
// Keras's, Keras's formula on its tensors where it is not (see support/optimizers.ts); and gradient clipping.
import { expect } from "vitest";
import { optimizers, type OptimizerType } from "../../src/engine/optim/optimizers";
import { firstDigits } from "../support/mnist";
import { type Learning, modelOf } from "../support/models";
import { type Comparison, compareWithTensorFlow } from "./support/compare";
import { Clipped } from "./support/optimizers";

/** Rates at which fifty steps get somewhere. */
const rates: Record<OptimizerType, number> = {
  SGD: 0.3,
  Momentum: 0.03,
  Nesterov: 0.03,
  RMSprop: 0.003,
  Adagrad: 0.05,
  Adam: 0.01,
  AdamW: 0.01,
};

const model = (learning: Learning) =>
  modelOf(
    [["Flatten"], ["Dense", { units: 16, activation: "tanh" }], ["Dense", { units: 10, activation: "softmax" }]],
    { batchSize: 16, ...learning },
  );

const types = Object.keys(optimizers) as OptimizerType[];
const plain = types.map((type): [string, Comparison] => [
  type,
  {
    description: model({
      optimizer: { type, config: { learningRate: rates[type], ...(type === "AdamW" && { weightDecay: 0.1 }) } },
    }),
  },
]);

/** With a norm that is exceeded in some steps and not in others, so that both ways are compared. */
const clipped = (["SGD", "Adam"] as const).map((type): [string, Comparison] => [
  `${type}, clipped`,
  {
    description: model({ optimizer: { type, config: { learningRate: rates[type] } }, clipNorm: 1.5 }),
    steps: 50,
    sane: ({ optimizer, scores }) => {
      expect(optimizer).toBeInstanceOf(Clipped);
      if (!(optimizer instanceof Clipped)) return;
      expect(optimizer.clippedSteps).toBeGreaterThan(5);
      expect(optimizer.clippedSteps).toBeLessThan(scores.length - 5);
    },
  },
]);

compareWithTensorFlow(() => firstDigits(200), Object.fromEntries([...plain, ...clipped]));
