// Merging launches: what is computed where it is read, what shares a workgroup, what shares a launch; and how few
// launches the training steps of the presets take.
import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/compile/compile";
import { merging } from "../../src/engine/compile/merging";
import { partsOnCard } from "../../src/engine/compile/splitK";
import { owner } from "../../src/engine/compile/memory";
import type { Node } from "../../src/engine/graph/node";
import { type PresetId, presets } from "../../src/engine/model/presets";
import { broadcastTo, sum } from "../../src/engine/ops/broadcast";
import { batchRows, oneHot } from "../../src/engine/ops/gather";
import { pack } from "../../src/engine/ops/layout";
import { input, state, stepScalar } from "../../src/engine/ops/leaf";
import { max } from "../../src/engine/ops/reduce";
import { softmax } from "../../src/engine/ops/softmax";
import { matmul } from "../../src/engine/ops/matmul";
import { add, div, exp, greater, mul, neg, relu, sub } from "../../src/engine/ops/pointwise";
import { everyDay } from "../support/full";
import { describeSteps, expectSoundPlan } from "../support/plans";
import { trainingStep } from "../support/trainingStep";

const merged = { fuse: true, merging };

function stepsOf(...outputs: Node[]): string[] {
  const plan = compile({ outputs }, merged);
  expectSoundPlan(plan);
  return describeSteps(plan.launches);
}

const x = input("x", [64, 128]);
const w = input("w", [128, 128]);

describe("small values", () => {
  it("are computed in the launch that reads them", () => {
    const labels = batchRows(input("labels", [1000], "u8"), input("order", [1000], "u32"), stepScalar("at", "u32"), {
      count: 64,
      dtype: "u32",
    });
    expect(stepsOf(max16(oneHot(labels, 4)))).toEqual(["sum"]);
  });

  it("are, however many read them, and one by one where a launch made several", () => {
    const mask = greater(stepScalar("count"), input("positions", [64]));
    const a = sum(mul(mask, input("a", [64])));
    const b = sum(mul(mask, input("b", [64])));
    expect(stepsOf(a, b)).toEqual(["sum | sum -> sum, sum"]);
  });

  it("are not where they are wanted themselves, are large, or feed a matrix product", () => {
    const row = exp(input("row", [128]));
    expect(stepsOf(row, sum(row))).toEqual(["exp > sum -> exp, sum"]);
    expect(stepsOf(softmax(exp(x)))).toEqual(["exp", "softmax"]);
    // Of more than two sums the value is computed too often, and of one that something else reads it is there already.
    expect(stepsOf(...[0, 1].map((axis) => sum(exp(x), [axis])), sum(exp(x)))).toHaveLength(2);
    expect(stepsOf(sum(exp(x), [0]), softmax(exp(x)))).toHaveLength(2);
    expect(stepsOf(matmul(exp(input("v", [1, 128])), w))).toEqual(["exp", "matmul"]);
  });

  it("are by those who read them once where others, who read them often, find them in memory", () => {
    const row = exp(input("v", [1, 128]));
    expect(stepsOf(matmul(row, w), add(x, broadcastTo(row, [64, 128])))).toEqual(["exp | add -> exp, add", "matmul"]);
  });

  it("are, however large, where they are only summed up", () => {
    expect(stepsOf(sum(exp(x), [0]))).toEqual(["sum"]);
    expect(stepsOf(sum(exp(x), [0]), sum(exp(x), [1]))).toEqual(["sum | sum -> sum, sum"]);
  });

  const max16 = (node: Node): Node => sum(node, [0]);
});

describe("values that are part of a pack", () => {
  it("are stored there, and computed again by those who read them too", () => {
    const moment = exp(input("row", [64]));
    const vector = state("vector", [64]);
    const large = mul(x, sum(moment));
    const plan = compile({ outputs: [large], updates: [{ state: vector, value: pack([moment], [0], 64) }] }, merged);
    expectSoundPlan(plan);
    const made = new Set(plan.launches.flatMap(({ outputs }) => outputs));
    for (const read of plan.launches.flatMap(({ inputs }) => inputs)) {
      const { base } = owner(read);
      expect(base.op.storage !== undefined || made.has(base), base.op.name).toBe(true);
    }
  });
});

describe("small steps", () => {
  it("that feed each other follow each other in one workgroup", () => {
    const row = input("row", [128]);
    const total = sum(row);
    expect(stepsOf(sum(mul(sub(row, total), sub(row, total))))).toEqual(["sum > sum -> sum, sum"]);
  });

  it("do not where large work lies between", () => {
    const scale = sum(input("row", [128]));
    expect(stepsOf(sum(sum(mul(x, scale), [0])))).toEqual(["sum", "sum", "sum"]);
  });

  it("do not where what waits for the first would wait for the second, and for what that needs", () => {
    const total = sum(input("mask", [64]));
    const average = div(sum(max(matmul(x, w), [1])), total);
    const waiting = matmul(matmul(matmul(div(x, total), w), w), w);
    // The total, beside a product, and four launches after it: seven in all where the average follows it in its workgroup.
    expect(stepsOf(average, waiting)).toHaveLength(5);
  });
});

describe("steps that do not depend on each other", () => {
  it("share a launch", () => {
    expect(stepsOf(matmul(x, w), neg(x))).toEqual(["matmul | neg -> matmul, neg"]);
  });

  it("join the longest path in the first round that has room", () => {
    const first = relu(matmul(x, w));
    const second = matmul(first, w);
    expect(stepsOf(matmul(second, w), sum(x, [1]))).toEqual(["matmul | sum -> relu, sum", "matmul", "matmul"]);
  });

  it("stay apart where one overwrites what the other reads", () => {
    const memory = state("memory", [64, 128]);
    const plan = compile({ outputs: [sum(memory, [0])], updates: [{ state: memory, value: add(memory, x) }] }, merged);
    expectSoundPlan(plan);
    expect(plan.launches).toHaveLength(2);
  });

  it("stay apart where a launch would bind more than eight buffers", () => {
    const leaf = (i: number): Node => input(`leaf${i}`, [64, 128]);
    const pairs = [0, 1, 2, 3].map((i) => mul(leaf(2 * i), broadcastTo(leaf(2 * i + 1), [64, 128])));
    expect(stepsOf(...pairs)).toHaveLength(2);
  });
});

/** Launches of one training step with Adam; more is a step back. */
const MAX_LAUNCHES: Record<PresetId, number> = {
  perceptron: 4,
  "two-hidden": 6,
  convnet: 10,
  "convnet-dropout": 10,
  "bn-convnet": 16,
  separable: 17,
  augmented: 14,
  resnet: 40,
  branches: 14,
  transfer: 9,
  "rotation-pretraining": 15,
  "masked-pretraining": 18,
  "simple-rnn": 7,
  lstm: 7,
  gru: 9,
  "names-gru": 9,
  "names-transformer": 31,
  "book-transformer": 59,
  "cnn-rnn": 13,
  "toy-sort": 32,
  "toy-add": 31,
  autoencoder: 10,
  denoiser: 11,
  "conv-autoencoder": 15,
  vae: 16,
  "gan-digits": 17,
  "dcgan-digits": 23,
  "adversarial-autoencoder": 19,
  "gan-points": 16,
  sine: 13,
  curve: 8,
  cars: 8,
  xor: 4,
  "points-circle": 10,
  "points-moons": 10,
  "points-hills": 11,
  "points-spiral": 10,
  "kmeans-digits": 10,
  "cart-pole": 16,
  "grid-world": 4,
  "grid-network": 7,
};

const all = Object.keys(MAX_LAUNCHES) as PresetId[];
/** Made of what others here are made of: the full run's. */
const alike = new Set<PresetId>([
  "two-hidden",
  "separable",
  "resnet",
  "augmented",
  "transfer",
  "rotation-pretraining",
  "sine",
  "masked-pretraining",
  "names-gru",
  "book-transformer",
  "toy-sort",
  "toy-add",
  "denoiser",
  "conv-autoencoder",
  "gan-digits",
  "dcgan-digits",
  "points-moons",
  "points-hills",
  "points-spiral",
]);

describe("training steps", () => {
  const often = all.filter((id) => !alike.has(id));
  it.each(everyDay(often, all))("%s: a sound plan of few launches", (id) => {
    const plan = compile(trainingStep(presets[id].description), merged);
    expectSoundPlan(plan);
    expect(plan.launches.length).toBeLessThanOrEqual(MAX_LAUNCHES[id]);
  });

  it.each([
    ["perceptron", 64, 3],
    ["perceptron", 128, 3],
    ["convnet", 32, 10],
    ["convnet", 128, 10],
  ] as const)("the %s's at a batch of %i takes as many launches on a card, whose products have more parts", (...of) => {
    const [id, batchSize, launches] = of;
    const { description } = presets[id];
    const step = trainingStep({ ...description, training: { ...description.training, batchSize } });
    const plan = compile(step, { ...merged, packedParts: partsOnCard, bindings: 10 });
    expectSoundPlan(plan, 10);
    expect(plan.launches).toHaveLength(launches);
  });

  it.each([
    ["gan-points", 14],
    ["book-transformer", 58],
  ] as const)("that of %s takes %i where a launch may bind ten buffers", (id, launches) => {
    const plan = compile(trainingStep(presets[id].description), { ...merged, bindings: 10 });
    expectSoundPlan(plan, 10);
    expect(plan.launches).toHaveLength(launches);
  });

  const roomy = everyDay<PresetId>(["perceptron", "convnet-dropout", "lstm", "gan-points"], all);
  it.each(roomy)("%s: no more launches with room for ten buffers", (id) => {
    const plan = compile(trainingStep(presets[id].description), { ...merged, bindings: 10 });
    expectSoundPlan(plan, 10);
    expect(plan.launches.length).toBeLessThanOrEqual(MAX_LAUNCHES[id]);
  });

  it("a normalization's takes four more than without it", () => {
    const { description } = presets["bn-convnet"];
    const network = description.networks["model"]!;
    const blocks = network.blocks.filter(({ type }) => type !== "BatchNormalization");
    const plain = { ...description, networks: { model: { ...network, blocks } } };
    const [before, after] = [plain, description].map((each) => compile(trainingStep(each), merged).launches.length);
    expect(after! - before!).toBeLessThanOrEqual(4 * (network.blocks.length - blocks.length));
  });

  it("the perceptron's takes three where a launch may bind ten buffers, as on most adapters", () => {
    const plan = compile(trainingStep(presets.perceptron.description), { ...merged, bindings: 10 });
    expectSoundPlan(plan, 10);
    expect(plan.launches).toHaveLength(3);
    expect(describeSteps(plan.launches).at(-1)).toMatch(
      /^grad dense, grad dense_1, loss, optimizer: .* > add\+add\+sub -> /,
    );
  });

  it("the perceptron's takes as many where the dataset is large: a step reads a few of its rows", () => {
    const step = trainingStep(presets.perceptron.description, 60_000);
    expect(compile(step, { ...merged, bindings: 10 }).launches).toHaveLength(3);
  });

  it("the perceptron's, launch by launch", () => {
    expect(describeSteps(compile(trainingStep(presets.perceptron.description), merged).launches)).toEqual([
      "dense: matmul -> relu",
      "dense_1: denseCrossEntropy -> softmaxCrossEntropy, softmaxCrossEntropyGrad, argMax, mul",
      "grad dense, grad dense_1, loss: matmulWithSums | matmulWithSums | sum > sum > writeRow -> " +
        "matmul, sum, matmul, sum, sum, sum, writeRow",
      "optimizer: add+add+sub -> add, add, sub",
    ]);
  });
});
