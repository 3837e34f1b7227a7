// Single layers, forwards, against the layers of the same names in TensorFlow.js: shapes and values.
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend, TensorData } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { readConfig } from "../../src/engine/fields";
import type { Node } from "../../src/engine/graph/node";
import { type ActivationName, activationNames } from "../../src/engine/nn/activations";
import { initialValues } from "../../src/engine/nn/initializers";
import { f32, isProblem } from "../../src/engine/nn/layer";
import { layers } from "../../src/engine/nn/layers";
import { input } from "../../src/engine/ops/leaf";
import { uniform } from "../../src/engine/random";
import { sizeOf, type Shape } from "../../src/engine/shape";
import { evaluate } from "../../src/engine/train/evaluate";
import { testGpu } from "../support/gpu";
import { type LayerSpec, modelOf } from "../support/models";
import { buildPeer } from "./support/layers";
import { startTensorFlow } from "./support/training";

const BATCH = 3;

/** Sums of at most a hundred f32 products of numbers below 6, in another order. */
const TOLERANCE = 1e-5;

const backends: Backend[] = [];
beforeAll(async () => {
  await startTensorFlow();
  backends.push(createCpuBackend(), await openCpuBackend(), await createWebGpuBackend({ gpu: await testGpu() }));
});
afterAll(() => {
  for (const backend of backends) backend.dispose();
});

const drawn = (shape: Shape, range: number): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => range * (2 * uniform(7, 0, 0, i) - 1));

/** One layer on one input: Descent's graph for it, with weights that are not zero anywhere. */
function plant([type, given = {}]: LayerSpec, inputShape: Shape) {
  const layer = layers[type];
  const { config, problems } = readConfig(layer.fields, given);
  expect(problems).toEqual([]);
  const specs = layer.variables?.(f32(inputShape), config) ?? {};
  const weights = Object.entries(specs).map(([name, { shape }], which) => ({
    name,
    node: input(name, shape),
    // A variance is not negative.
    values: initialValues("glorotUniform", shape, 1, which).map(name === "movingVariance" ? Math.abs : Number),
  }));
  const x = input("x", [BATCH, ...inputShape]);
  const context = {
    training: false,
    isFrozen: false,
    seed: input("seed", [], "u32"),
    step: input("step", [], "u32"),
    stream: 0,
    mask: undefined,
    count: undefined,
  };
  const y = layer.build(x, Object.fromEntries(weights.map(({ name, node }) => [name, node])), config, context);
  if ("updates" in y) throw new Error("expected no updates outside of training, got some");
  const output = layer.output(f32(inputShape), config);
  if (isProblem(output)) throw new Error(JSON.stringify(output));
  expect([y.shape, y.dtype]).toEqual([[BATCH, ...output.shape], output.dtype]);
  return { x, y, weights };
}

/** Fails unless every backend gives the peer's output. */
async function expectSame(
  spec: LayerSpec,
  inputShape: Shape,
  range = 2,
  peer?: (x: tf.Tensor) => tf.Tensor,
): Promise<void> {
  const { x, y, weights } = plant(spec, inputShape);
  const values = drawn(x.shape, range);
  const theirInput = tf.tensor(values, [...x.shape]);
  let expected: tf.Tensor | tf.Tensor[];
  if (peer) expected = peer(theirInput);
  else {
    const model = buildPeer(modelOf([spec]), inputShape, { step: 0 });
    model.setWeights(weights.map(({ node, values: own }) => tf.tensor(own, [...node.shape])));
    expected = model.predict(theirInput);
  }
  if (Array.isArray(expected)) throw new Error("expected one output");
  expect(y.shape).toEqual(expected.shape);
  const wanted = await expected.data();
  const feeds = new Map<Node, TensorData>([
    [x, values],
    ...weights.map(({ node, values: own }) => [node, own] as const),
  ]);
  for (const backend of backends) {
    const [actual] = await evaluate([y], feeds, backend);
    wanted.forEach((value, i) => {
      const off = Math.abs(actual![i]! - value);
      if (!(off <= TOLERANCE * Math.max(1, Math.abs(value))))
        expect.fail(`${backend.adapter}, element ${i}: expected ${value}, got ${actual![i]}`);
    });
  }
}

describe("Conv2D", () => {
  it.each<[string, NonNullable<LayerSpec[1]>, Shape]>([
    ["valid", {}, [9, 8, 3]],
    ["same", { padding: "same" }, [9, 8, 3]],
    ["an even kernel, same", { padding: "same", kernelSize: [2, 4] }, [9, 8, 3]],
    ["a flat kernel", { kernelSize: [1, 5] }, [9, 8, 3]],
    ["strides, valid", { strides: [2, 3] }, [9, 8, 3]],
    ["strides, same", { strides: [2, 3], padding: "same" }, [9, 8, 3]],
    ["strides, same, an input they divide", { strides: [2, 2], padding: "same" }, [8, 8, 3]],
    ["strides wider than the kernel", { strides: [3, 3], kernelSize: [2, 2], padding: "same" }, [10, 10, 2]],
    ["dilation, valid", { dilationRate: [2, 3] }, [9, 8, 3]],
    ["dilation, same", { dilationRate: [3, 2], padding: "same" }, [9, 8, 3]],
    ["no bias", { useBias: false }, [9, 8, 3]],
    ["a kernel as large as the image", { kernelSize: [9, 8] }, [9, 8, 1]],
    ["its own activation", { activation: "sigmoid", padding: "same" }, [5, 5, 2]],
  ])("%s", async (_, config, shape) => {
    await expectSame(["Conv2D", { filters: 5, activation: "linear", ...config }], shape);
  });
});

describe.each(["MaxPooling2D", "AveragePooling2D"] as const)("%s", (type) => {
  it.each<[string, NonNullable<LayerSpec[1]>]>([
    ["valid", {}],
    ["same", { padding: "same" }],
    ["overlapping, same", { poolSize: [3, 3], strides: [1, 1], padding: "same" }],
    ["3 by 2, strides 2 by 3, valid", { poolSize: [3, 2], strides: [2, 3] }],
    ["3 by 2, strides 2 by 3, same", { poolSize: [3, 2], strides: [2, 3], padding: "same" }],
    ["windows as large as the image", { poolSize: [9, 7], strides: [1, 1] }],
  ])("%s", async (_, config) => {
    await expectSame([type, config], [9, 7, 3]);
  });
});

describe("other layers", () => {
  it.each<[string, LayerSpec, Shape]>([
    ["Dense", ["Dense", { units: 7, activation: "linear" }], [13]],
    ["Dense without bias", ["Dense", { units: 7, activation: "tanh", useBias: false }], [13]],
    ["GlobalAveragePooling2D", ["GlobalAveragePooling2D"], [5, 7, 4]],
    ["BatchNormalization of images", ["BatchNormalization"], [5, 7, 4]],
    ["BatchNormalization of vectors", ["BatchNormalization", { epsilon: 0.1 }], [13]],
    ["BatchNormalization that only shifts", ["BatchNormalization", { scale: false }], [13]],
    ["BatchNormalization that only scales", ["BatchNormalization", { center: false }], [13]],
    ["Flatten, rows before columns before channels", ["Flatten"], [3, 4, 2]],
    ["Reshape", ["Reshape", { targetShape: [4, 6] }], [2, 3, 4]],
    ["Dropout, which does nothing outside training", ["Dropout", { rate: 0.5 }], [11]],
  ])("%s", async (_, spec, shape) => {
    await expectSame(spec, shape);
  });
});

describe("activations", () => {
  /** What tf.layers calls otherwise or has not: the slope below 0, and x times the normal distribution function. */
  const special: Partial<Record<ActivationName, (x: tf.Tensor) => tf.Tensor>> = {
    // By its own default slope.
    leaky_relu: (x) => tf.leakyRelu(x),
    gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1)),
  };

  it.each(activationNames)("%s, as a layer and in one", async (activation) => {
    await expectSame(["Activation", { activation }], [4, 5], 6, special[activation]);
    // TensorFlow.js knows the others by name.
    const peer = special[activation];
    if (!peer) await expectSame(["Dense", { units: 5, activation }], [6], 3);
  });
});
