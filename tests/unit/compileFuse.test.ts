// Fusion: which nodes share a launch, on small graphs and on the training steps of the presets, launch by launch.
import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/compile/compile";
import type { Node } from "../../src/engine/graph/node";
import { apply, labelled } from "../../src/engine/graph/node";
import { type PresetId, presets } from "../../src/engine/model/presets";
import { optimizers, type OptimizerType } from "../../src/engine/optim/optimizers";
import { broadcastTo, sum } from "../../src/engine/ops/broadcast";
import { conv2d } from "../../src/engine/ops/conv2d";
import { softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { gradients } from "../../src/engine/ops/gradients";
import { reshape } from "../../src/engine/ops/layout";
import { input, stepScalar } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, exp, greater, mul, neg, relu, sigmoid, sub, tanh } from "../../src/engine/ops/pointwise";
import { maxPool2d, type PoolOptions, poolOps } from "../../src/engine/ops/pool";
import { modelOf } from "../support/models";
import { everyDay } from "../support/full";
import { describeSteps, expectSoundPlan } from "../support/plans";
import { trainingStep } from "../support/trainingStep";

const stepsOf = (...outputs: Node[]): string[] => {
  const plan = compile({ outputs });
  expectSoundPlan(plan);
  return describeSteps(plan.launches);
};

const x = input("x", [4, 3]);

describe("element-wise neighbours", () => {
  it("become one launch, named after what it makes", () => {
    expect(stepsOf(tanh(neg(exp(x))))).toEqual(["tanh"]);
    expect(stepsOf(mul(exp(x), neg(x)))).toEqual(["mul"]);
  });

  it("hand out inner values as further outputs", () => {
    const inner = exp(x);
    expect(stepsOf(neg(inner), inner)).toEqual(["exp+neg -> exp, neg"]);
  });

  it("load stretched operands, constants and step scalars themselves", () => {
    const row = input("row", [3]);
    expect(stepsOf(mul(add(x, broadcastTo(row, [4, 3])), stepScalar("rate")))).toEqual(["mul"]);
    expect(stepsOf(add(mul(x, 2), row))).toEqual(["add"]);
  });

  it("stay apart where their shapes differ, or something else lies between", () => {
    expect(stepsOf(add(exp(x), neg(input("row", [3]))))).toEqual(["neg", "add"]);
    expect(stepsOf(exp(reshape(exp(x), [12])))).toEqual(["exp", "exp"]);
    expect(stepsOf(sub(exp(x), sum(exp(x), [1], true)))).toEqual(["exp", "sum", "sub"]);
  });

  it("stop where a launch would bind more than eight buffers", () => {
    const inputs = Array.from({ length: 12 }, (_, i) => input(`x${i}`, [4, 3]));
    const steps = stepsOf(inputs.reduce((a, b) => add(a, b)));
    expect(steps).toEqual(["add", "add"]);
    // Step scalars are in a table, and constants in the text: neither counts.
    const seven = inputs.slice(0, 7).reduce((a, b) => add(mul(a, stepScalar(`s${b.id}`)), mul(b, 3)));
    expect(stepsOf(seven)).toEqual(["add"]);
  });
});

describe("matrix products and convolutions", () => {
  const w = input("w", [3, 5]);
  const b = input("b", [5]);

  it("take bias and activation into their own launch", () => {
    expect(stepsOf(relu(add(matmul(x, w), b)))).toEqual(["matmul -> relu"]);
    const image = input("image", [2, 6, 6, 3]);
    const kernel = input("kernel", [3, 3, 3, 5]);
    expect(stepsOf(sigmoid(add(conv2d(image, kernel), b)))).toEqual(["conv2d -> sigmoid"]);
  });

  it("take in what is read twice, as long as it is by one launch", () => {
    const product = matmul(x, w);
    expect(stepsOf(mul(add(product, b), sigmoid(product)))).toEqual(["matmul -> mul"]);
  });

  it("take a factor along that others are multiplied by too, each its own copy", () => {
    const [left, right] = [input("left", [4, 3]), input("right", [4, 3])];
    const square = input("square", [3, 3]);
    const slope = mul(greater(x, 0), 2);
    const products = [mul(matmul(left, square), slope), mul(matmul(right, square), slope)];
    expect(stepsOf(...products)).toEqual(["matmul -> mul", "matmul -> mul"]);
    // The factor is wanted itself, and so is made once.
    expect(stepsOf(...products, slope)).toHaveLength(3);
  });

  it("do not where the product itself is wanted", () => {
    const product = matmul(x, w);
    expect(stepsOf(relu(product), product)).toEqual(["matmul", "relu"]);
    expect(stepsOf(relu(product), sum(product))).toEqual(["matmul", "relu", "sum"]);
  });

  it("take in what works on the product in another shape", () => {
    expect(stepsOf(relu(reshape(matmul(x, w), [20])))).toEqual(["matmul -> relu"]);
    // A slope in the activation's own shape, as behind a Flatten layer.
    const y = relu(input("y", [2, 2, 5]));
    expect(stepsOf(reshape(y, [4, 5]), mul(reshape(matmul(x, w), [2, 2, 5]), greater(y, 0)))).toEqual([
      "relu",
      "matmul -> mul",
    ]);
  });

  it("do not where two results leave the launch, or the shapes differ", () => {
    const product = matmul(x, w);
    const biased = add(product, b);
    expect(stepsOf(relu(biased), biased)).toEqual(["matmul", "add+relu -> add, relu"]);
    expect(stepsOf(mul(reshape(product, [20]), input("other", [20])))).toEqual(["matmul", "mul"]);
    expect(stepsOf(add(product, input("stack", [2, 4, 5])))).toEqual(["matmul", "add"]);
  });

  it("do not where the rest waits for the product by another way", () => {
    const product = matmul(x, w);
    expect(stepsOf(sub(product, sum(product, [1], true)))).toEqual(["matmul", "sum", "sub"]);
  });

  it("leave their operands' launches alone: only what follows is taken in", () => {
    expect(stepsOf(relu(matmul(exp(x), w)))).toEqual(["exp", "matmul -> relu"]);
  });

  it("bind at most eight buffers with everything taken in", () => {
    const extras = Array.from({ length: 6 }, (_, i) => input(`e${i}`, [4, 5]));
    expect(stepsOf(extras.slice(0, 5).reduce((a, e) => add(a, e), matmul(x, w)))).toEqual(["matmul -> add"]);
    expect(stepsOf(extras.reduce((a, e) => add(a, e), matmul(x, w)))).toEqual(["matmul", "add"]);
  });
});

describe("cross-entropy", () => {
  const labels = input("labels", [4], "u32");

  it("is computed together with its gradient", () => {
    const loss = sum(softmaxCrossEntropy(x, labels));
    const steps = stepsOf(loss, ...gradients(loss, [x]));
    expect(steps).toContain("softmaxCrossEntropyWithGrad -> softmaxCrossEntropy, softmaxCrossEntropyGrad");
    expect(steps.filter((step) => step.startsWith("softmax"))).toHaveLength(1);
  });

  it("is not where the gradient waits for the loss", () => {
    const rows = softmaxCrossEntropy(x, labels);
    const loss = sum(mul(rows, rows));
    const steps = stepsOf(...gradients(loss, [x]));
    expect(steps.filter((step) => step.startsWith("softmax"))).toEqual([
      "softmaxCrossEntropy",
      "softmaxCrossEntropyGrad",
    ]);
  });

  it("alone stays alone", () => {
    expect(stepsOf(softmaxCrossEntropy(x, labels))).toEqual(["softmaxCrossEntropy"]);
  });
});

describe("max pooling", () => {
  const image = input("image", [2, 6, 6, 3]);
  const halves: PoolOptions = { poolSize: [2, 2], strides: [2, 2], padding: "valid" };
  const argOf = (options: PoolOptions): Node => apply(poolOps.maxPool2dArg, [image], options);

  it("is computed together with its arg", () => {
    const steps = stepsOf(maxPool2d(image, halves), argOf(halves));
    expect(steps).toEqual(["maxPool2dWithArg -> maxPool2d, maxPool2dArg"]);
  });

  it("is not with that of other windows, or alone", () => {
    expect(stepsOf(maxPool2d(image, halves), argOf({ ...halves, strides: [1, 1] }))).toEqual([
      "maxPool2d",
      "maxPool2dArg",
    ]);
    expect(stepsOf(argOf(halves))).toEqual(["maxPool2dArg"]);
  });

  it("passes its gradient back through the activation before it, at its own size", () => {
    const kernel = input("kernel", [3, 3, 3, 4]);
    const pooled = maxPool2d(sigmoid(conv2d(image, kernel)), halves);
    expect(stepsOf(...gradients(sum(pooled), [kernel]))).toEqual([
      "conv2d -> sigmoid",
      "maxPool2dWithArg -> maxPool2d, maxPool2dArg",
      "mul",
      "maxPool2dGrad",
      "conv2dKernelGrad",
    ]);
  });
});

describe("labels", () => {
  it("survive fusion", () => {
    const node = labelled("hidden", () => relu(add(matmul(x, input("w", [3, 5])), input("b", [5]))));
    expect(stepsOf(node)).toEqual(["hidden: matmul -> relu"]);
  });
});

/** Launches of one training step; more is a step back. */
const MAX_LAUNCHES: Record<PresetId, number> = {
  perceptron: 20,
  "two-hidden": 24,
  convnet: 36,
  "convnet-dropout": 39,
  "bn-convnet": 73,
  separable: 44,
  augmented: 56,
  resnet: 116,
  branches: 47,
  transfer: 36,
  "rotation-pretraining": 60,
  "masked-pretraining": 60,
  "simple-rnn": 24,
  lstm: 24,
  gru: 35,
  "names-gru": 50,
  "names-transformer": 130,
  "book-transformer": 222,
  "cnn-rnn": 47,
  "toy-sort": 137,
  "toy-add": 133,
  autoencoder: 32,
  denoiser: 34,
  "conv-autoencoder": 39,
  vae: 54,
  "gan-digits": 65,
  "dcgan-digits": 90,
  "adversarial-autoencoder": 77,
  "gan-points": 58,
  sine: 42,
  curve: 31,
  cars: 31,
  xor: 21,
  "points-circle": 26,
  "points-moons": 26,
  "points-hills": 31,
  "points-spiral": 26,
  "kmeans-digits": 37,
  "cart-pole": 48,
  "grid-world": 23,
  "grid-network": 26,
};

/** One of each kind of network, every day; the merged plans of all presets are those of `compileLaunches.test.ts`. */
const REPRESENTATIVES: readonly PresetId[] = [
  "perceptron",
  "convnet-dropout",
  "bn-convnet",
  "lstm",
  "vae",
  "gan-points",
  "xor",
];

describe("training steps", () => {
  it.each(everyDay(REPRESENTATIVES, Object.keys(MAX_LAUNCHES) as PresetId[]))(
    "%s: a sound plan of few launches, with one optimizer launch for each network and one metrics launch",
    (id) => {
      const { description } = presets[id];
      const computation = trainingStep(description);
      const plan = compile(computation);
      expectSoundPlan(plan);
      expect(plan.launches.length).toBeLessThanOrEqual(MAX_LAUNCHES[id]);
      // Centroids move by an update of their own, without gradient or optimizer.
      const optimized = id === "kmeans-digits" ? [] : Object.keys(description.networks);
      // The norm that gradients are clipped by is found before, in three.
      const clipped = Object.values(description.networks).filter(({ clipNorm }) => clipNorm > 0);
      const optimizing = plan.launches.filter(({ label }) => label === "optimizer");
      expect(optimizing).toHaveLength(optimized.length + 3 * clipped.length);
      // A row of more than five numbers is written in two; what gradients are clipped by is one of them.
      const isText = description.task.type === "language";
      const rows = plan.launches.filter(({ kernel }) => kernel.name === "writeRow");
      expect(rows).toHaveLength(isText && (!id.startsWith("toy") || clipped.length > 0) ? 2 : 1);
      // Gradients are made where the optimizer reads them, and all state is overwritten in place, but for running statistics
      // and centroids: several launches read a part of the old ones each.
      expect(plan.launches.filter(({ kernel }) => kernel.name === "copy")).toHaveLength(
        ["bn-convnet", "resnet", "dcgan-digits", "kmeans-digits"].includes(id) ? 1 : 0,
      );
      const unfused = compile(computation, { fuse: false });
      expectSoundPlan(unfused);
      expect(unfused.launches.length).toBeGreaterThan(1.5 * plan.launches.length);
    },
  );

  it("the perceptron's, launch by launch", () => {
    expect(describeSteps(compile(trainingStep(presets.perceptron.description)).launches)).toEqual([
      "batch: batchRows",
      "dense: matmul -> relu",
      "dense_1: matmul -> add",
      "batch: batchRows",
      "batch: range",
      "loss: argMax",
      "div",
      "batch: greater+mul+mul -> greater, mul, mul",
      "loss: softmaxCrossEntropyWithGrad -> softmaxCrossEntropy, softmaxCrossEntropyGrad",
      "loss: mul",
      "loss: sum",
      "div",
      "loss: sum",
      "writeRow",
      "grad dense_1: matmul -> mul",
      "grad dense: matmul",
      "grad dense: sum",
      "grad dense_1: matmul",
      "grad dense_1: sum",
      "optimizer: add+add+sub -> add, add, sub",
    ]);
  });

  it("the convnet's, launch by launch", () => {
    expect(describeSteps(compile(trainingStep(presets.convnet.description)).launches)).toEqual([
      "batch: batchRows",
      "conv2d: conv2d -> relu",
      "max_pooling2d: maxPool2dWithArg -> maxPool2d, maxPool2dArg",
      "conv2d_1: conv2d -> relu",
      "max_pooling2d_1: maxPool2dWithArg -> maxPool2d, maxPool2dArg",
      "conv2d_2: conv2d -> relu",
      "dense: matmul -> relu",
      "dense_1: matmul -> add",
      "batch: batchRows",
      "batch: range",
      "loss: argMax",
      "div",
      "batch: greater+mul+mul -> greater, mul, mul",
      "loss: softmaxCrossEntropyWithGrad -> softmaxCrossEntropy, softmaxCrossEntropyGrad",
      "loss: mul",
      "loss: sum",
      "div",
      "loss: sum",
      "writeRow",
      "grad dense_1: matmul -> mul",
      "grad dense: matmul -> mul",
      "grad conv2d_2: conv2dInputGrad -> mul",
      "grad max_pooling2d_1: maxPool2dGrad",
      "grad conv2d_1: conv2dInputGrad -> mul",
      "grad max_pooling2d: maxPool2dGrad",
      "grad conv2d: conv2dKernelGrad",
      "grad conv2d: sum",
      "grad conv2d_1: conv2dKernelGrad",
      "grad conv2d_1: sum",
      "grad conv2d_2: conv2dKernelGrad",
      "grad conv2d_2: sum",
      "grad dense: matmul",
      "grad dense: sum",
      "grad dense_1: matmul",
      "grad dense_1: sum",
      "optimizer: add+add+sub -> add, add, sub",
    ]);
  });

  it.each(Object.keys(optimizers) as OptimizerType[])(
    "%s updates all parameters and its memory in one launch, clipped or not",
    (type) => {
      for (const clipNorm of [0, 1]) {
        const model = modelOf([["Flatten"], ["Dense", { units: 8 }], ["Dense", { units: 10, activation: "softmax" }]], {
          optimizer: { type, config: {} },
          clipNorm,
        });
        const plan = compile(trainingStep(model));
        expectSoundPlan(plan);
        const writers = plan.launches.filter(({ outputs }) =>
          outputs.some((output) => plan.placements.get(output)?.kind === "leaf"),
        );
        expect(writers.map(({ label, kernel }) => label || kernel.name)).toEqual(["writeRow", "optimizer"]);
      }
    },
  );
});
