// Networks that are more than a stack: containers of branches, layers that keep statistics of their own, frozen parts, and
// tasks of other kinds than classes.
import { afterEach, describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import type { Dataset } from "../../src/engine/data";
import { sine } from "../../src/engine/data/sine";
import { mapBlocks } from "../../src/engine/model/blocks";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { MODEL } from "../../src/engine/tasks/supervised";
import { ResidentData } from "../../src/engine/train/resident";
import { Session, type Snapshot } from "../../src/engine/train/session";
import { columnOf, labelled, splitOf } from "../support/data";
import { firstDigits } from "../support/mnist";
import { analyze, type BlockSpec, modelOf, networkOf, ratesOf, withBlocks, withLearning } from "../support/models";
import { lossOf } from "../support/scores";

const open: Session[] = [];
afterEach(() => {
  for (const session of open.splice(0)) session.dispose();
});

async function sessionOf(description: ModelDescription, dataset: Dataset): Promise<Session> {
  const backend = createCpuBackend();
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  open.push(session);
  return session;
}

/** Three samples of two features, and one of two classes. */
const points = labelled(
  {
    id: "points",
    title: "Points",
    input: { kind: "points", shape: [2], dtype: "f32", scale: 1 },
    names: ["0", "1"],
  },
  splitOf(Float32Array.of(1, 2, 3, -4, 5, 9), Uint8Array.of(0, 1, 1)),
);
const last: BlockSpec = ["Dense", { units: 2 }];
const model = (...specs: BlockSpec[]): ModelDescription =>
  modelOf(specs, { loss: "meanSquaredError", batchSize: 3, optimizer: { type: "SGD", config: {} } }, "points");

/** What a model of known weights gives for two samples. */
async function outputOf(description: ModelDescription, weights: Readonly<Record<string, number[]>>) {
  const session = await sessionOf(description, points);
  const values = Object.entries(weights).map(([name, numbers]) => [name, Float32Array.from(numbers)]);
  session.setWeights(Object.fromEntries(values));
  const { output } = await session.show({ input: Float32Array.of(1, 2, 3, -4) }, 2);
  return [...(output?.data ?? [])];
}

describe("containers", () => {
  const double = [2, 0, 0, 2];
  const swap = [0, 1, 1, 0];
  const plain = { units: 2, useBias: false };

  it("Residual adds its input to what its layers give", async () => {
    const inside: BlockSpec = ["Residual", {}, [[["Dense", plain]]]];
    expect(await outputOf(model(inside), { "dense/kernel": swap })).toEqual([1 + 2, 2 + 1, 3 - 4, -4 + 3]);
    // In each other, too.
    const nested: BlockSpec = ["Residual", {}, [[["Dense", plain], inside]]];
    const weights = { "dense/kernel": double, "dense_1/kernel": swap };
    expect(await outputOf(model(nested), weights)).toEqual([1 + 2 + 4, 2 + 4 + 2, 3 + 6 - 8, -4 - 8 + 6]);
    // Nothing inside is twice the input.
    expect(await outputOf(model(["Residual", {}, [[]]], ["Dense", plain]), { "dense/kernel": swap })).toEqual([
      4, 2, -8, 6,
    ]);
  });

  it.each([
    ["add", [1 + 2 + 2, 2 + 4 + 1, 3 + 6 - 4, -4 - 8 + 3]],
    ["multiply", [1 * 2 * 2, 2 * 4 * 1, 3 * 6 * -4, -4 * -8 * 3]],
    ["maximum", [2, 4, 6, 3]],
    ["average", [5 / 3, 7 / 3, 5 / 3, -9 / 3]],
  ] as const)("Branches with %s", async (merge, expected) => {
    // As they are, doubled, and swapped.
    const fork: BlockSpec = ["Branches", { merge }, [[], [["Dense", plain]], [["Dense", plain]]]];
    const output = await outputOf(model(fork), { "dense/kernel": double, "dense_1/kernel": swap });
    expect(output).toHaveLength(4);
    output.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
  });

  it("Branches side by side, the first branch first", async () => {
    const fork: BlockSpec = ["Branches", {}, [[["Dense", { units: 1, useBias: false }]], []]];
    const weights = { "dense/kernel": [10, 100], "dense_1/kernel": [1, 0, 0, 1, 0, 1] };
    // [10 a + 100 b, a, b] times [[1, 0], [0, 1], [0, 1]].
    expect(await outputOf(model(fork, ["Dense", plain]), weights)).toEqual([210, 3, -370, -1]);
  });

  it("pass gradients through all branches: a step of each weight is its slope by finite differences", async () => {
    const description = withLearning(
      model(
        ["Branches", { merge: "add" }, [[["Dense", { units: 2, activation: "tanh" }]], []]],
        ["Residual", {}, [[["Dense", { units: 2, activation: "tanh" }]]]],
      ),
      {},
    );
    const session = await sessionOf(description, points);
    const before = await session.weights();
    const loss = async (weights: typeof before): Promise<number> => {
      session.setWeights(weights);
      session.runSteps(0, ratesOf(0));
      return lossOf((await session.readScores(0, 1))[0]);
    };
    session.runSteps(0, ratesOf(1));
    const after = await session.weights();
    const name = "dense/kernel";
    const own = before[name] ?? expect.fail("no kernel");
    expect(Object.keys(before)).toEqual(["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]);
    for (const i of own.data.keys()) {
      const moved = (by: number) => ({
        ...before,
        [name]: { ...own, data: own.data.map((value, k) => (k === i ? value + by : value)) },
      });
      const slope = ((await loss(moved(0.01))) - (await loss(moved(-0.01)))) / 0.02;
      // Second order in the distance, and f32.
      expect(Math.abs((own.data[i] ?? NaN) - (after[name]?.data[i] ?? NaN) - slope)).toBeLessThan(
        0.01 * (1 + Math.abs(slope)),
      );
    }
  });

  it.each<[string, BlockSpec, string]>([
    [
      "layers that change the shape",
      ["Residual", {}, [[["Dense", { units: 3 }]]]],
      'Residual "residual" needs layers that keep the shape 784, so that both can be added, but Flatten "flatten" gives 784. Inside it becomes 3.',
    ],
    [
      "branches to be added that differ",
      ["Branches", { merge: "add" }, [[], [["Dense", { units: 3 }]]]],
      'Branches "branches" needs ',
    ],
  ])("with %s are a problem pinned to them", (_, container, message) => {
    const { problems, layers } = analyze(
      modelOf([["Flatten"], container, ["Dense", { units: 10, activation: "softmax" }]]),
    );
    expect(problems.map(({ layerId, severity }) => [layerId, severity])).toEqual([["l1", "error"]]);
    expect(problems[0]?.message).toContain(message);
    expect(layers.find(({ id }) => id === "l1")?.output).toBeNull();
  });

  it("count the parameters and the work of what they hold, once", () => {
    const { description } = presets.branches;
    const report = analyze(description);
    expect(report.problems).toEqual([]);
    const holder = report.layers.find(({ name }) => name === "branches");
    expect(holder?.parameterCount).toBe(16 * (16 * (1 + 9 + 25) + 3));
    expect(holder?.output?.shape).toEqual([13, 13, 48]);
    const leaves = report.layers.filter(({ name }) => name !== "branches");
    const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
    expect(sum(leaves.map(({ parameterCount }) => parameterCount))).toBe(report.parameterCount);
    expect(sum(leaves.map(({ flops }) => flops))).toBe(report.flops);
    expect(report.trainableCount).toBe(report.parameterCount);
  });
});

describe("BatchNormalization", () => {
  const normal = { momentum: 0.5, epsilon: 0.001 };
  const start = {
    "batch_normalization/gamma": [2, 1],
    "batch_normalization/beta": [0, 10],
    "batch_normalization/movingMean": [1, -1],
    "batch_normalization/movingVariance": [3.999, 0.999],
  };

  it("goes by the running statistics where it does not learn", async () => {
    const output = await outputOf(model(["BatchNormalization", normal], ["Activation"]), start);
    const expected = [0, 3 + 10, 2 * 1, -3 + 10];
    output.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
  });

  it("moves them towards those of the batch, of the samples that count", async () => {
    for (const [batchSize, isShort] of [
      [3, false],
      [2, true],
    ] as const) {
      const description = withLearning(model(["BatchNormalization", normal]), { batchSize });
      const session = await sessionOf(description, points);
      const weights = Object.entries(start).map(([name, values]) => [name, Float32Array.from(values)]);
      session.setWeights(Object.fromEntries(weights));
      // All samples, or after two of them the one that is left.
      session.runSteps(isShort ? 1 : 0, ratesOf(0));
      const { "batch_normalization/movingMean": mean, "batch_normalization/movingVariance": variance } =
        await session.weights();
      if (!isShort) {
        // Of 1, 3, 5 and of 2, -4, 9: the variances are divided by the number of samples.
        const own = [2, -4, 9].map((value) => (value - 7 / 3) ** 2).reduce((a, b) => a + b, 0) / 3;
        expect([...(mean?.data ?? [])].map((value) => value.toFixed(4))).toEqual([
          (0.5 + 1.5).toFixed(4),
          (-0.5 + 7 / 6).toFixed(4),
        ]);
        expect(variance?.data[0]).toBeCloseTo(0.5 * 3.999 + 0.5 * (8 / 3), 4);
        expect(variance?.data[1]).toBeCloseTo(0.5 * 0.999 + 0.5 * own, 4);
      } else {
        // One sample does not vary; the padding beside it is not seen.
        expect([...(variance?.data ?? [])]).toEqual([Math.fround(0.5 * 3.999), Math.fround(0.5 * 0.999)]);
      }
    }
  });

  it("spares what it keeps of gradients, and its scale and offset of decay", async () => {
    const decaying = { type: "AdamW", config: { learningRate: 0.1, weightDecay: 1 } } as const;
    const description = withLearning(
      model(["Dense", { units: 2, useBias: false }], ["BatchNormalization", normal], last),
      {
        optimizer: decaying,
      },
    );
    const session = await sessionOf(description, points);
    const before = await session.weights();
    // Without a slope nothing but decay moves what it is given.
    const still = Object.fromEntries(
      Object.entries(before).map(([name, { data }]) => [name, name.startsWith("dense_1") ? data.map(() => 0) : data]),
    );
    session.setWeights(still);
    session.runSteps(0, ratesOf(0.1));
    const after = await session.weights();
    expect(after["batch_normalization/gamma"]?.data).toEqual(Float32Array.of(1, 1));
    expect(after["batch_normalization/beta"]?.data).toEqual(Float32Array.of(0, 0));
    const shrunk = before["dense/kernel"]?.data.map((value) => value * 0.9) ?? [];
    shrunk.forEach((value, i) => expect(after["dense/kernel"]?.data[i]).toBeCloseTo(value, 6));
  });
});

describe("what is frozen", () => {
  const hidden: BlockSpec = ["Dense", { units: 3, activation: "tanh", kernelL2: 0.1 }];
  const specs: BlockSpec[] = [hidden, ["BatchNormalization"], ["Residual", {}, [[hidden]]], last];
  const optimizer = { type: "AdamW", config: { learningRate: 0.1 } } as const;

  it.each([
    [[], []],
    [["l0"], ["dense"]],
    [["l1"], ["batch_normalization"]],
    [["l2"], ["dense_1"]],
    [
      ["l0", "l3"],
      ["dense", "dense_2"],
    ],
  ])("%j: keeps the weights of %j to the bit, and of nothing else", async (ids, names) => {
    const description = withLearning(model(...specs), { optimizer });
    const frozen = mapBlocks(networkOf(description).blocks, (block) =>
      ids.includes(block.id) ? { ...block, frozen: true } : block,
    );
    const session = await sessionOf(withBlocks(description, frozen), points);
    const before = await session.weights();
    session.runSteps(0, ratesOf(0.1, 2));
    const after = await session.weights();
    for (const [name, { data }] of Object.entries(before)) {
      const isKept = names.includes(name.split("/")[0] ?? "");
      if (isKept) expect(after[name]?.data, name).toEqual(data);
      else expect(after[name]?.data, name).not.toEqual(data);
    }
    const report = analyze({ ...withBlocks(description, frozen), dataset: "xor" });
    const counted = Object.entries(before).filter(
      ([name]) => !names.includes(name.split("/")[0] ?? "") && !name.includes("moving"),
    );
    expect(report.trainableCount).toBe(counted.reduce((total, [, { data }]) => total + data.length, 0));
  });

  it("as a whole is refused, with a way out", () => {
    const frozen = withLearning(modelOf(specs, { loss: "meanSquaredError" }, "xor"), { frozen: true });
    expect(analyze(frozen).problems).toEqual([
      { severity: "error", message: "The model is frozen as a whole, so nothing can learn. Thaw a layer." },
    ]);
  });

  it("of two networks, only the other learns", async () => {
    const { description } = presets.autoencoder;
    const { encoder, decoder } = description.networks;
    const networks = { encoder: { ...encoder!, frozen: true }, decoder: decoder! };
    const training = { ...description.training, validationCount: 0, batchSize: 20 };
    const session = await sessionOf({ ...description, networks, training }, await firstDigits(40));
    const before = await session.weights();
    const names = Object.keys(before);
    expect(names).toContain("encoder/dense/kernel");
    session.runSteps(0, [{ encoder: 0.01, decoder: 0.01 }]);
    const after = await session.weights();
    for (const name of names) {
      if (name.startsWith("encoder/")) expect(after[name], name).toEqual(before[name]);
      else expect(after[name], name).not.toEqual(before[name]);
    }
  });
});

describe("tasks of other kinds", () => {
  it("regression learns a sine, as its own scores and what it shows both tell", async () => {
    const { description } = presets.curve;
    const dataset = await sine.load(() => Promise.reject(new Error("sine reads no file")));
    const session = await sessionOf(description, dataset);
    const score = () => session.scoreTest(async () => {});
    const first = await score();
    for (let step = 0; step < 560;) {
      const count = Math.min(session.order.stepsAvailable(step), 560 - step);
      session.runSteps(step, ratesOf(0.005, count));
      step += count;
    }
    const trained = await score();
    expect(Object.keys(trained)).toEqual(["loss", "meanAbsoluteError", "r2"]);
    expect(lossOf(trained)).toBeLessThan(0.5 * lossOf(first));
    const x = columnOf(dataset.test, "x");
    const y = columnOf(dataset.test, "y");
    const { output } = await session.show({ x }, dataset.test.count);
    expect(output).toMatchObject({ kind: "value", shape: [1], areProbabilities: false });
    const values = [...y];
    const off = values.map((value, n) => value - (output?.data[n] ?? NaN));
    const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
    const squared = mean(off.map((error) => error * error));
    const variance = mean(values.map((value) => (value - mean(values)) ** 2));
    expect(trained["loss"]).toBeCloseTo(squared, 5);
    expect(trained["meanAbsoluteError"]).toBeCloseTo(mean(off.map(Math.abs)), 5);
    expect(trained["r2"]).toBeCloseTo(1 - squared / variance, 4);
  });

  it("reconstruction rebuilds digits better, from codes of the width that the encoder has", async () => {
    const { description } = presets.autoencoder;
    const training = { ...description.training, validationCount: 0, batchSize: 20 };
    const dataset = await firstDigits(40);
    const session = await sessionOf({ ...description, training }, dataset);
    session.runSteps(
      0,
      Array.from({ length: 20 }, () => ({ encoder: 0.002, decoder: 0.002 })),
    );
    const scores = await session.readScores(0, 20);
    expect(lossOf(scores.at(-1))).toBeLessThan(0.6 * lossOf(scores[0]));
    const pixels = Float32Array.from(dataset.test.columns["image"]?.subarray(0, 2 * 784) ?? [], (value) => value / 255);
    const shown = await session.show({ image: pixels }, 2);
    expect(Object.keys(shown)).toEqual(["rebuilt", "code"]);
    expect(shown["rebuilt"]).toMatchObject({ kind: "image", shape: [28, 28, 1], areProbabilities: true });
    expect(shown["rebuilt"]?.data).toHaveLength(2 * 784);
    expect(shown["code"]).toMatchObject({ kind: "codes", shape: [32] });
  });

  it("a dataset without what a task needs is told in a sentence", () => {
    const wrong: ModelDescription = { ...presets.curve.description, dataset: "mnist" };
    expect(analyze(wrong).problems.map(({ message }) => message)).toEqual([
      "Predict a number needs a column of numbers to predict, which MNIST does not have. Choose another dataset or task.",
    ]);
    const classless = modelOf([["Dense", { units: 1 }]], {}, "sine");
    expect(analyze(classless).problems[0]?.message).toBe(
      "Classify needs a column of classes, which Noisy sine does not have. Choose another dataset or task.",
    );
    expect(analyze(classless).networks[MODEL]?.input).toBeNull();
  });
});

describe("a snapshot of several networks", () => {
  it("names each of their tensors", async () => {
    const { description } = presets.autoencoder;
    const training = { ...description.training, validationCount: 0 };
    const session = await sessionOf({ ...description, training }, await firstDigits(40));
    const { tensors }: Snapshot = await session.snapshot(0);
    expect(Object.keys(tensors)).toEqual([
      "encoder/trained",
      "encoder/slot/mean",
      "encoder/slot/meanSquare",
      "decoder/trained",
      "decoder/slot/mean",
      "decoder/slot/meanSquare",
    ]);
  });
});
