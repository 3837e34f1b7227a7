// What counts as a model description, and what each refusal says: which layer, what was expected, what came.
import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/engine/errors";
import { LIMITS, parseDescription, readDescription } from "../../src/engine/model/description";
import { presets, type PresetId } from "../../src/engine/model/presets";
import { containers } from "../../src/engine/nn/containers";

type Loose = Record<string, unknown>;

const base = (): Loose & { training: Loose; networks: { model: Loose } } =>
  JSON.parse(JSON.stringify(presets.convnet.description));
const withNetwork = (changes: Loose): Loose => ({
  ...base(),
  networks: { model: { ...base().networks.model, ...changes } },
});
const withLayers = (...blocks: unknown[]): Loose => withNetwork({ blocks });
const withLayer = (layer: Loose): Loose =>
  withLayers({ id: "first", type: "Flatten", config: {} }, { id: "mine", config: {}, ...layer });
const withTraining = (changes: Loose): Loose => ({ ...base(), training: { ...base().training, ...changes } });
const without = (from: Loose, key: string): Loose =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name !== key));

/** So many containers in each other, with a layer in the innermost. */
const nested = (depth: number): Loose =>
  depth === 0
    ? { id: "core", type: "Activation", config: {} }
    : { id: `level ${depth}`, type: "Residual", config: {}, branches: [[nested(depth - 1)]] };

/** The refusal of a value. */
function refusalOf(value: unknown): ModelError {
  try {
    parseDescription(value);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    if (error instanceof ModelError) return error;
  }
  throw new Error("expected a refusal, got none");
}

describe("what is fine", () => {
  it.each(Object.keys(presets) as PresetId[])("the preset %s, there and back through JSON", (id) => {
    const { description } = presets[id];
    expect(parseDescription(description)).toEqual(description);
    expect(readDescription(JSON.stringify(description))).toEqual(description);
  });

  it("settings left out, layers with names, no layers at all, as many as the limit", () => {
    expect(() => parseDescription(withLayers({ id: "a", type: "Dense", name: "hidden", config: {} }))).not.toThrow();
    expect(() => parseDescription(withLayers())).not.toThrow();
    const most = Array.from({ length: LIMITS.layers }, (_, i) => ({ id: `l${i}`, type: "Flatten", config: {} }));
    expect(() => parseDescription(withLayers(...most))).not.toThrow();
  });

  it("the edges of every range", () => {
    const low = { batchSize: 1, epochs: 1, seed: 0, validationCount: 0, patience: 0 };
    const high = {
      batchSize: 8192,
      epochs: 10_000,
      seed: 2 ** 32 - 1,
      validationCount: 1_000_000,
      patience: 10_000,
    };
    for (const edges of [low, high]) expect(parseDescription(withTraining(edges)).training).toEqual(edges);
    for (const clipNorm of [0, 1e6]) {
      expect(parseDescription(withNetwork({ clipNorm })).networks["model"]?.clipNorm).toBe(clipNorm);
    }
  });

  it("a dataset that is not built in, which its visitor may still have", () => {
    expect(parseDescription({ ...base(), dataset: "my-own" }).dataset).toBe("my-own");
  });

  it("containers in each other, as many as the limit", () => {
    expect(() => parseDescription(withLayers(nested(LIMITS.depth)))).not.toThrow();
  });
});

describe("refused as a whole", () => {
  it.each([
    ["null", null, "Model description: model: expected an object, got null."],
    ["text", "x", 'Model description: model: expected an object, got "x".'],
    ["a list", [], "expected version, name, dataset, task, networks, training"],
    [
      "an unknown key",
      { ...base(), colour: 1 },
      'model: expected only version, name, dataset, task, networks, training, got "colour".',
    ],
    ["no version", without(base(), "version"), 'got no "version".'],
    ["no training settings", without(base(), "training"), 'got no "training".'],
    ["a version to come", { ...base(), version: 3 }, "version: expected 1 or 2, got 3."],
    ["a version before all", { ...base(), version: 0 }, "version: expected 1 or 2, got 0."],
    ["a version in words", { ...base(), version: "2" }, 'version: expected 1 or 2, got "2".'],
    ["an empty name", { ...base(), name: "" }, "model name: expected a name, got an empty one."],
    [
      "a name of 61 letters",
      { ...base(), name: "x".repeat(61) },
      "model name: expected at most 60 characters, got 61.",
    ],
    ["a number for a name", { ...base(), name: 3 }, "model name: expected text, got 3."],
    ["a number for a dataset", { ...base(), dataset: 3 }, "dataset: expected text, got 3."],
    ["no dataset's name", { ...base(), dataset: "" }, "dataset: expected a name, got an empty one."],
    ["layers that are no list", withNetwork({ blocks: {} }), "layers: expected a list, got Object."],
    [
      "networks that are no object",
      { ...base(), networks: [] },
      "at networks: expected model for the task classification, got none.",
    ],
    ["no network", { ...base(), networks: {} }, "networks: expected model for the task classification, got none."],
    [
      "another network",
      { ...base(), networks: { model: base().networks.model, other: base().networks.model } },
      "networks: expected model for the task classification, got model, other.",
    ],
    [
      "a network of another name",
      { ...base(), networks: { encoder: base().networks.model } },
      "networks: expected model for the task classification, got encoder.",
    ],
    [
      "an unknown task",
      { ...base(), task: { type: "translation", config: {} } },
      'task: expected one of classification, regression, language, reconstruction, masked, rotation, variational, clustering, adversarial, adversarialAutoencoder, policyGradient, qLearning, got "translation".',
    ],
    ["a task every object has", { ...base(), task: { type: "toString", config: {} } }, 'got "toString".'],
  ])("%s", (_, value, message) => {
    expect(refusalOf(value).message).toContain(message);
  });

  it("one layer too many", () => {
    const many = Array.from({ length: LIMITS.layers + 1 }, (_, i) => ({ id: `l${i}`, type: "Flatten", config: {} }));
    expect(refusalOf(withLayers(...many)).message).toContain("layers: expected at most 64, got 65.");
  });

  it("one layer too many in a container", () => {
    const many = Array.from({ length: LIMITS.layers }, (_, i) => ({ id: `l${i}`, type: "Activation", config: {} }));
    const holder = { id: "holder", type: "Residual", config: {}, branches: [many] };
    expect(refusalOf(withLayers(holder)).message).toContain("layers: expected at most 64, got 65.");
  });

  it.each([
    ["one container too deep", LIMITS.depth + 1],
    ["far more of them than one would recurse into", 100_000],
  ])("%s", (_, depth) => {
    let deep = nested(0);
    for (let i = 1; i <= depth; i++) deep = { id: `level ${i}`, type: "Residual", config: {}, branches: [[deep]] };
    expect(refusalOf(withLayers(deep)).message).toMatch(/: expected at most 4 containers in each other, got more\.$/);
  });

  it("an id used again in a branch, or in another network", () => {
    const layer = (id: string) => ({ id, type: "Activation", config: {} });
    const branched = { id: "fork", type: "Branches", config: {}, branches: [[layer("twin")], [layer("twin")]] };
    const words = 'expected every layer to have an id of its own, got "twin" twice.';
    expect(refusalOf(withLayers(branched)).message).toContain(words);
    expect(refusalOf(withLayers(layer("twin"), { ...branched, branches: [[layer("twin")], []] })).message).toContain(
      words,
    );
    expect(refusalOf(withLayers({ ...branched, branches: [[layer("fork")], []] })).message).toContain(
      'got "fork" twice.',
    );
    const { autoencoder } = presets;
    const { encoder, decoder } = autoencoder.description.networks;
    const network = { ...encoder, blocks: [layer("twin")] };
    const networks = { encoder: network, decoder: { ...decoder, blocks: [layer("twin")] } };
    expect(refusalOf({ ...autoencoder.description, networks }).message).toContain(words);
  });

  it("an id used twice, by name", () => {
    const twice = { id: "twin", type: "Flatten", config: {} };
    expect(refusalOf(withLayers(twice, twice)).message).toContain(
      'expected every layer to have an id of its own, got "twin" twice.',
    );
  });
});

describe("refused for a layer, which the message names", () => {
  it.each([
    ["an unknown type", { type: "ConvLSTM2D" }, 'Layer 2 "mine": layer type: expected one of Dense, Conv2D, '],
    ["a type every object has", { type: "constructor" }, 'got "constructor".'],
    ["a type that is no text", { type: {} }, "got Object."],
    [
      "an unknown key",
      { type: "Flatten", colour: 1 },
      'Layer 2 "mine": layer: expected only id, name, config, frozen, type, got "colour".',
    ],
    ["an id that is no text", { type: "Flatten", id: 7 }, "Layer 2: layer id: expected text, got 7."],
    [
      "settings that are a list",
      { type: "Flatten", config: [] },
      'Layer 2 "mine": settings: expected an object, got Array.',
    ],
    ["settings that are null", { type: "Flatten", config: null }, "settings: expected an object, got null."],
    ["an empty name", { type: "Flatten", name: "" }, 'Layer 2 "mine": layer name: expected a name, got an empty one.'],
    ["no layer at all", { type: undefined }, "got undefined."],
  ])("%s", (_, layer, message) => {
    expect(refusalOf(withLayer(layer)).message).toContain(message);
  });

  it.each([
    ["no branches", { type: "Residual" }, "layer type: expected one of Dense, "],
    ["too few branches", { type: "Branches", branches: [[]] }, 'Branches "mine": expected 2 to 8 branches, got 1.'],
    ["too many branches", { type: "Residual", branches: [[], []] }, 'Residual "mine": expected 1 branches, got 2.'],
    [
      "branches of a layer",
      { type: "Dense", branches: [] },
      `container type: expected one of ${Object.keys(containers).join(", ")}, got "Dense".`,
    ],
    [
      "branches that are no lists",
      { type: "Residual", branches: [{}] },
      'Layer 2 "mine": layers: expected a list, got Object.',
    ],
    [
      "a setting",
      { type: "Branches", branches: [[], []], config: { merge: "mix" } },
      'Branches "mine": Merge: expected one of',
    ],
    [
      "frozen in words",
      { type: "Flatten", frozen: "yes" },
      'Layer 2 "mine": frozen: expected true or false, got "yes".',
    ],
  ])("a container with %s", (_, layer, message) => {
    expect(refusalOf(withLayer(layer)).message).toContain(message);
  });

  it("names what is wrong within a branch by its place there", () => {
    const inner = [
      { id: "fine", type: "Flatten", config: {} },
      { id: "bad", type: "ConvLSTM2D", config: {} },
    ];
    expect(refusalOf(withLayer({ type: "Residual", branches: [inner] })).message).toMatch(
      /^Layer 2 "bad": layer type: /,
    );
  });

  it("names the position of what is not even an object", () => {
    expect(refusalOf(withLayers("Dense")).message).toBe('Layer 1: layer: expected an object, got "Dense".');
  });

  it.each([
    [
      "Dense",
      { unit: 3 },
      "unit: expected one of units, activation, useBias, kernelInitializer, kernelL2, kernelL1, biasL1, biasL2, activityL1, activityL2, got an unknown setting.",
    ],
    ["Dense", { toString: 3 }, "toString: expected one of units, "],
    ["Dense", { units: 0 }, "Units: expected a whole number from 1 to 4,096, got 0."],
    ["Dense", { units: 4097 }, "Units: expected a whole number from 1 to 4,096, got 4,097."],
    ["Dense", { units: 1.5 }, "Units: expected a whole number from 1 to 4,096, got 1.5."],
    ["Dense", { units: "64" }, 'Units: expected a whole number from 1 to 4,096, got "64".'],
    ["Dense", { units: null }, "Units: expected a whole number from 1 to 4,096, got null."],
    ["Dense", { units: NaN }, "Units: expected a whole number from 1 to 4,096, got NaN."],
    ["Dense", { units: Infinity }, "Units: expected a whole number from 1 to 4,096, got Infinity."],
    ["Dense", { kernelL2: -0.1 }, "L2 regularization: expected a number from 0 to 1, got -0.1."],
    ["Dense", { useBias: 1 }, "Bias: expected true or false, got 1."],
    [
      "Dense",
      { activation: "swish" },
      'Activation: expected one of linear, relu, leaky_relu, elu, gelu, sigmoid, tanh, softplus, softmax, got "swish".',
    ],
    ["Conv2D", { kernelSize: [3] }, "Kernel size: expected two whole numbers from 1 to 32, got [3]."],
    ["Conv2D", { kernelSize: [3, 3, 3] }, "Kernel size: expected two whole numbers from 1 to 32, got [3, 3, 3]."],
    ["Conv2D", { kernelSize: [0, 3] }, "got [0, 3]."],
    ["Conv2D", { strides: 2 }, "Strides: expected two whole numbers from 1 to 32, got 2."],
    ["Conv2D", { padding: "full" }, 'Padding: expected one of valid, same, got "full".'],
    ["Reshape", { targetShape: [] }, "Target shape: expected 1 to 4 positive whole numbers, got []."],
    ["Reshape", { targetShape: [-1, 784] }, "Target shape: expected 1 to 4 positive whole numbers, got [-1, 784]."],
    ["Reshape", { targetShape: [1, 1, 1, 1, 1] }, "got [1, 1, 1, 1, 1]."],
    ["Dropout", { rate: 1 }, "Rate: expected a number from 0 to 0.95, got 1."],
  ])("%s with %j", (type, config, message) => {
    const error = refusalOf(withLayer({ type, config }));
    expect(error.message).toContain(`${type} "mine": `);
    expect(error.message).toContain(message);
    expect(error.layerId).toBe("mine");
    // A layer that has a name is called by it.
    expect(refusalOf(withLayer({ type, config, name: "eyes" })).message).toContain(`${type} "eyes": `);
  });

  it("lists a few problems of one layer at most", () => {
    const { message } = refusalOf(
      withLayer({ type: "Dense", config: { a: 1, b: 2, units: 0, activation: 1, useBias: 2 } }),
    );
    expect(message).toMatch(/^Dense "mine": a: .*; b: .*; Units: .*; and 2 more\.$/);
  });
});

describe("refused for a training setting", () => {
  it.each([
    [
      { task: { type: "classification", config: { loss: "hinge" } } },
      'Task classification: Loss: expected one of sparseCategoricalCrossentropy, categoricalCrossentropy, binaryCrossentropy, meanSquaredError, meanAbsoluteError, got "hinge".',
    ],
  ])("%j of the task", (changes, message) => {
    expect(refusalOf({ ...base(), ...changes }).message).toContain(message);
  });

  it.each([
    [
      { optimizer: { type: "Lion", config: {} } },
      'optimizer: expected one of SGD, Momentum, Nesterov, RMSprop, Adagrad, Adam, AdamW, got "Lion".',
    ],
    [{ optimizer: { type: "SGD" } }, 'optimizer: expected type, config, got no "config".'],
    [
      { optimizer: { type: "SGD", config: { momentum: 0.9 } } },
      "Optimizer SGD: momentum: expected one of learningRate, got an unknown setting.",
    ],
    [
      { optimizer: { type: "Adam", config: { learningRate: -1 } } },
      "Optimizer Adam: Learning rate: expected a number from 0 to 10, got -1.",
    ],
    [
      { schedule: { type: "cosine", config: { floor: 2 } } },
      "Schedule cosine: Floor: expected a number from 0 to 1, got 2.",
    ],
    [
      { schedule: { type: "linear", config: {} } },
      'schedule: expected one of constant, step, exponential, cosine, got "linear".',
    ],
    [{ clipNorm: Infinity }, "Clip norm: expected a number from 0 to 1,000,000, got Infinity."],
    [{ frozen: 1 }, "frozen: expected true or false, got 1."],
    [{ speed: 1 }, 'network: expected only blocks, optimizer, schedule, clipNorm, frozen, got "speed".'],
  ])("%j of the network", (changes, message) => {
    expect(refusalOf(withNetwork(changes)).message).toContain(message);
  });

  it.each([
    [{ batchSize: 0 }, "Batch size: expected a whole number from 1 to 16,384, got 0."],
    [{ batchSize: NaN }, "Batch size: expected a whole number from 1 to 16,384, got NaN."],
    [{ epochs: 10_001 }, "Epochs: expected a whole number from 1 to 10,000, got 10,001."],
    [{ seed: 2 ** 32 }, "Seed: expected a whole number from 0 to 4,294,967,295, got 4,294,967,296."],
    [{ seed: 0.5 }, "Seed: expected a whole number from 0 to 4,294,967,295, got 0.5."],
    [{ validationCount: -1 }, "Validation samples: expected a whole number from 0 to 1,000,000, got -1."],
    [{ patience: "3" }, 'Patience: expected a whole number from 0 to 10,000, got "3".'],
    [
      { speed: 1 },
      'training settings: expected only batchSize, epochs, seed, validationCount, patience, samples, map, restoreBest, got "speed".',
    ],
  ])("%j", (changes, message) => {
    expect(refusalOf(withTraining(changes)).message).toContain(message);
  });

  it("one left out", () => {
    const training = without(base().training, "epochs");
    expect(refusalOf({ ...base(), training }).message).toMatch(
      /^Model description at training\.epochs: .* got no "epochs"\.$/,
    );
  });
});

describe("text from outside", () => {
  it.each([
    ["", "expected JSON, got text that does not parse"],
    ["{", "expected JSON, got text that does not parse"],
    ["[".repeat(100_000), "expected JSON, got text that does not parse"],
    [`"${"x".repeat(LIMITS.jsonLength)}"`, "expected at most 200,000 characters, got 200,002."],
    ["1", "expected an object, got 1."],
  ])("%.20s is refused", (json, message) => {
    expect(() => readDescription(json)).toThrow(ModelError);
    expect(() => readDescription(json)).toThrow(message);
  });

  it("never comes back in full", () => {
    const long = "L".repeat(150_000);
    const values = [
      { ...base(), dataset: long },
      withLayer({ type: long }),
      withLayer({ type: "Flatten", [long]: 1 }),
      withLayer({ type: "Flatten", id: long }),
      withLayer({ type: "Dense", config: { [long]: 1 } }),
      withLayer({ type: "Dense", config: { units: long } }),
      withLayer({ type: "Conv2D", config: { kernelSize: new Array(50_000).fill(1) } }),
      withLayer({ type: "Dense", config: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i])) }),
    ];
    for (const value of values) expect(refusalOf(value).message.length).toBeLessThan(1200);
  });
});
