// Penalties on weights: by hand in the score, and in every layer that has them. How they teach is held against TensorFlow.js in
// tests/parity/losses.test.ts, and incoming.test.ts takes them to Keras and back.
import { expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { xor } from "../../src/engine/data/xor";
import { readConfig } from "../../src/engine/fields";
import type { LayerDef } from "../../src/engine/nn/layer";
import { layers } from "../../src/engine/nn/layers";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { modelOf } from "../support/models";

const factors = { kernelL1: 0.01, kernelL2: 0.02, biasL1: 0.03, biasL2: 0.04 };
const backend = createCpuBackend("float64");

/** The loss of four points behind a layer of known weights, and a last one. */
async function lossWith(config: object): Promise<number> {
  const last = { units: 2, activation: "softmax" };
  const description = modelOf(
    [
      ["Dense", { units: 2, ...config }],
      ["Dense", last],
    ],
    {},
    "xor",
  );
  const dataset = await xor.load(() => Promise.reject(new Error("XOR reads no file")));
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  const kernel = Float32Array.of(1, -2, 3, -0.5);
  const own = { "dense/kernel": kernel, "dense/bias": Float32Array.of(-1, 0.5) };
  session.setWeights({ ...own, "dense_1/kernel": kernel, "dense_1/bias": new Float32Array(2) });
  const { loss = NaN } = await session.scoreTest(() => Promise.resolve());
  session.dispose();
  return loss;
}

it("are l1 sum |w| + l2 sum w² of kernel and bias", async () => {
  // Sizes of the kernel add up to 6.5 and squares to 14.25, of the bias to 1.5 and 1.25.
  const wanted = 0.01 * 6.5 + 0.02 * 14.25 + 0.03 * 1.5 + 0.04 * 1.25;
  expect((await lossWith(factors)) - (await lossWith({}))).toBeCloseTo(wanted, 6);
});

it("are l1 sum |y| + l2 sum y² of what a layer tells, a mean over samples", async () => {
  // The four points are told as (-1, 0.5), (2, 0), (0, -1.5) and (3, -2).
  const wanted = (0.01 * 10 + 0.02 * 20.5) / 4;
  expect((await lossWith({ activityL1: 0.01, activityL2: 0.02 })) - (await lossWith({}))).toBeCloseTo(wanted, 6);
});

it("are on each kernel and bias of every layer with a kernel of its own", () => {
  const inputs = [[4], [6, 3], [8, 8, 3]];
  const found = Object.values<LayerDef>(layers).filter(({ fields }) =>
    Object.keys(fields).some((key) => key.endsWith("L1")),
  );
  expect(found.map(({ type }) => type).toSorted()).toEqual([
    "Conv1D",
    "Conv2D",
    "Conv2DTranspose",
    "Dense",
    "DepthwiseConv2D",
    "GRU",
    "LSTM",
    "SeparableConv2D",
    "SimpleRNN",
  ]);
  for (const { type, fields, output, variables } of found) {
    const own = Object.keys(fields).filter((key) => /L[12]$/.test(key) && !key.startsWith("activity"));
    const { config } = readConfig(fields, Object.fromEntries(own.map((key, i) => [key, 0.01 * (i + 1)])));
    const input = inputs
      .map((shape) => ({ shape, dtype: "f32" as const }))
      .find((each) => !("needs" in output(each, config)));
    const specs = Object.entries(variables?.(input ?? { shape: [], dtype: "f32" }, config) ?? {});
    const told = specs.flatMap(([, { l1, l2 }]) => [l1, l2]);
    expect(new Set(told), type).toEqual(new Set(own.map((key) => config[key])));
  }
});
