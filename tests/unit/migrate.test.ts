// Descriptions of version 1, as links and files from before networks have them: what they become, and what they do not.
import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/engine/errors";
import { readConfig } from "../../src/engine/fields";
import { parseDescription, readDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { tasks } from "../../src/engine/tasks";

const flatten = { id: "flatten-1", type: "Flatten", config: {} };
const dense = (at: number, units: number, activation: string) => ({
  id: `dense-${at}`,
  type: "Dense",
  config: { units, activation },
});
const conv = (at: number, filters: number) => ({
  id: `conv2d-${at}`,
  type: "Conv2D",
  config: { filters, kernelSize: [3, 3], activation: "relu" },
});
const pool = (at: number) => ({ id: `maxpooling2d-${at}`, type: "MaxPooling2D", config: {} });
const flattenAt = (at: number) => ({ id: `flatten-${at}`, type: "Flatten", config: {} });

/** The settings that a model started with. */
const usual = {
  loss: "sparseCategoricalCrossentropy",
  optimizer: { type: "Adam", config: {} },
  schedule: { type: "constant", config: {} },
  batchSize: 32,
  epochs: 5,
  seed: 1,
  validationCount: 5000,
  clipNorm: 0,
  patience: 0,
};

const eyes = [conv(1, 32), pool(2), conv(3, 64), pool(4), conv(5, 64), flattenAt(6), dense(7, 64, "relu")];

/** The presets that there were, as they were written. */
const old = {
  perceptron: {
    version: 1,
    name: "Perceptron",
    dataset: "mnist",
    layers: [flatten, dense(2, 128, "relu"), dense(3, 10, "softmax")],
    training: {
      ...usual,
      batchSize: 64,
      optimizer: { type: "Adam", config: { learningRate: 0.002 } },
      schedule: { type: "cosine", config: {} },
    },
  },
  "two-hidden": {
    version: 1,
    name: "Two hidden layers",
    dataset: "mnist",
    layers: [flatten, dense(2, 64, "relu"), dense(3, 64, "relu"), dense(4, 10, "softmax")],
    training: {
      ...usual,
      loss: "categoricalCrossentropy",
      optimizer: { type: "Adam", config: { learningRate: 0.01 } },
      epochs: 10,
    },
  },
  convnet: {
    version: 1,
    name: "Convnet",
    dataset: "mnist",
    layers: [...eyes, dense(8, 10, "softmax")],
    training: usual,
  },
  "convnet-dropout": {
    version: 1,
    name: "Convnet with dropout",
    dataset: "mnist",
    layers: [...eyes, { id: "dropout-8", type: "Dropout", config: { rate: 0.5 } }, dense(9, 10, "softmax")],
    training: { ...usual, epochs: 10 },
  },
  xor: {
    version: 1,
    name: "XOR",
    dataset: "xor",
    layers: [dense(1, 8, "sigmoid"), dense(2, 1, "sigmoid")],
    training: {
      ...usual,
      loss: "meanSquaredError",
      optimizer: { type: "SGD", config: { learningRate: 3 } },
      batchSize: 4,
      epochs: 3000,
      validationCount: 0,
    },
  },
} as const;

const ids = Object.keys(old) as (keyof typeof old)[];

describe("the presets of version 1", () => {
  it.each(ids)("%s keeps its layers, optimizer, schedule, loss and training", (id) => {
    const { name, dataset, layers, training } = old[id];
    const { loss, optimizer, schedule, clipNorm, ...run } = training;
    expect(readDescription(JSON.stringify(old[id]))).toEqual({
      version: 2,
      name,
      dataset,
      task: { type: "classification", config: { loss } },
      networks: { model: { blocks: layers, optimizer, schedule, clipNorm } },
      training: run,
    });
  });

  it.each(ids)("%s is the preset of today, but for a loss that is not said where it is the usual one", (id) => {
    const { description } = presets[id];
    const { task, ...rest } = parseDescription(old[id]);
    expect(rest).toEqual({ ...description, task: undefined });
    expect(task).toEqual({ type: "classification", config: { loss: usual.loss, ...description.task.config } });
  });

  it("stay as they are, once migrated", () => {
    for (const id of ids) {
      const migrated = parseDescription(old[id]);
      expect(parseDescription(JSON.parse(JSON.stringify(migrated)))).toEqual(migrated);
    }
  });

  it("without a loss take the usual one", () => {
    const { loss: _, ...training } = old.convnet.training;
    const { task } = parseDescription({ ...old.convnet, training });
    expect(readConfig(tasks[task.type].fields, task.config).config["loss"]).toBe(usual.loss);
  });

  it("names, ids and settings of a visitor's own are kept", () => {
    const own = {
      ...old.xor,
      layers: [{ id: "a7f3", name: "hidden", type: "Dense", config: { units: 3, useBias: false } }, old.xor.layers[1]],
      training: { ...old.xor.training, clipNorm: 0.5, schedule: { type: "step", config: { factor: 0.5 } } },
    };
    const { model } = parseDescription(own).networks;
    expect(model?.blocks).toEqual(own.layers);
    expect(model).toMatchObject({ clipNorm: 0.5, schedule: { type: "step", config: { factor: 0.5 } } });
  });
});

describe("what is wrong with a description of version 1 is still said", () => {
  const { convnet } = old;
  it.each<[string, unknown, RegExp]>([
    ["no layers", { ...convnet, layers: undefined }, /networks\.model.* got (no "blocks"|undefined)\.$/],
    ["no training settings", { ...convnet, training: undefined }, /training settings|"task"|"training"/],
    ["training settings that are a list", { ...convnet, training: [] }, /: expected/],
    ["an optimizer left out", { ...convnet, training: { ...usual, optimizer: undefined } }, /optimizer: expected/],
    ["a number left out", { ...convnet, training: { ...usual, epochs: undefined } }, /Epochs: expected|"epochs"/],
    [
      "an unknown loss",
      { ...convnet, training: { ...usual, loss: "hinge" } },
      /Loss: expected one of .* got "hinge"\.$/,
    ],
    ["a bad setting", { ...convnet, layers: [dense(1, 0, "relu")] }, /^Dense "dense-1": Units: expected .* got 0\.$/],
    ["an id used twice", { ...convnet, layers: [flatten, flatten] }, /got "flatten-1" twice\.$/],
    ["an unknown key", { ...convnet, colour: 1 }, /: expected only .* got "colour"\.$/],
    ["an unknown training setting", { ...convnet, training: { ...usual, speed: 1 } }, /got "speed"\.$/],
    [
      "networks beside its layers",
      { ...convnet, networks: {} },
      /: expected version, name, dataset, task, networks, training, /,
    ],
    [
      "a task beside its layers",
      { ...convnet, task: { type: "regression", config: {} } },
      /: expected version, name, dataset, task, networks, training, /,
    ],
  ])("%s", (_, value, message) => {
    const read = () => parseDescription(JSON.parse(JSON.stringify(value)));
    expect(read).toThrow(ModelError);
    expect(read).toThrow(message);
  });
});

describe("another version", () => {
  it.each([0, 3, 1.5, "1", "2", null, true, [1], undefined])("%j is refused with a word", (version) => {
    for (const description of [old.perceptron, presets.perceptron.description]) {
      const read = () => parseDescription(JSON.parse(JSON.stringify({ ...description, version })));
      expect(read).toThrow(ModelError);
      expect(read).toThrow(version === undefined ? 'got no "version".' : "version: expected 1 or 2, got ");
    }
  });

  it("claimed by a description of this one loses nothing of it", () => {
    const { description } = presets["two-hidden"];
    expect(parseDescription({ ...description, version: 1 })).toEqual(description);
    expect(() => parseDescription({ ...old.perceptron, version: 2 })).toThrow(ModelError);
  });
});
