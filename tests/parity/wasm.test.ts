// Whole models on the WebAssembly kernels, with and without relaxed SIMD: the curves of the float64 reference.
import { setFlagsFromString } from "node:v8";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import type { Dataset } from "../../src/engine/data";
import { firstDigits } from "../support/mnist";
import { modelOf } from "../support/models";
import { lossOf } from "../support/scores";
import { expectCurve } from "./support/compare";
import { trainOurs } from "./support/training";

// Node 20 has relaxed SIMD behind a flag; later versions ignore the flag.
setFlagsFromString("--experimental-wasm-relaxed-simd");

const STEPS = 40;

/** Rounding in f32 at every step, relative to the loss. */
const TOLERANCE = 1e-5;

const models = {
  "a perceptron": modelOf([["Flatten"], ["Dense", { units: 128 }], ["Dense", { units: 10, activation: "softmax" }]], {
    batchSize: 64,
  }),
  "a convnet with every kind of pooling": modelOf(
    [
      ["Conv2D", { filters: 6, padding: "same" }],
      ["MaxPooling2D"],
      ["Conv2D", { filters: 20, strides: [2, 1] }],
      ["AveragePooling2D"],
      ["Flatten"],
      ["Dropout", { rate: 0.3 }],
      ["Dense", { units: 10, activation: "softmax" }],
    ],
    { batchSize: 13, optimizer: { type: "Adam", config: { learningRate: 0.005 } } },
  ),
};

let dataset: Dataset;
let reference: Backend;
beforeAll(async () => {
  dataset = await firstDigits(600);
  reference = createCpuBackend("float64");
});
afterAll(() => reference.dispose());

describe.each(Object.entries(models))("%s", (_, description) => {
  let expected: Awaited<ReturnType<typeof trainOurs>>;
  beforeAll(async () => {
    expected = await trainOurs(reference, description, dataset, STEPS);
    expect(lossOf(expected.scores.at(-1))).toBeLessThan(0.8 * lossOf(expected.scores[0]));
  });

  it.each(["simd", "relaxed"] as const)("learns on %s as in float64", async (variant) => {
    const backend = await createWasmBackend({ variant });
    if (!backend) throw new Error(`WebAssembly: expected ${variant} kernels to be valid here, got none that are.`);
    const { scores } = await trainOurs(backend, description, dataset, STEPS);
    expectCurve(scores, expected.scores, TOLERANCE);
    backend.dispose();
  });
});
