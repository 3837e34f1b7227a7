// What counts as a model description, and what each refusal says: which layer, what was expected, what came.
import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/engine/errors";
import { LIMITS, parseDescription, readDescription } from "../../src/engine/model/description";
import { presets, type PresetId } from "../../src/engine/model/presets";

type Loose = Record<string, unknown>;

const base = (): Loose & { training: Loose } => JSON.parse(JSON.stringify(presets.convnet.description));
const withLayers = (...layers: unknown[]): Loose => ({ ...base(), layers });
const withLayer = (layer: Loose): Loose =>
  withLayers({ id: "first", type: "Flatten", config: {} }, { id: "mine", config: {}, ...layer });
const withTraining = (changes: Loose): Loose => ({ ...base(), training: { ...base().training, ...changes } });
const without = (from: Loose, key: string): Loose =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name !== key));

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
    const low = { batchSize: 1, epochs: 1, seed: 0, validationCount: 0, clipNorm: 0, patience: 0 };
    const high = {
      batchSize: 8192,
      epochs: 10_000,
      seed: 2 ** 32 - 1,
      validationCount: 1_000_000,
      clipNorm: 1e6,
      patience: 10_000,
    };
    for (const edges of [low, high]) expect(parseDescription(withTraining(edges)).training).toMatchObject(edges);
  });
});

describe("refused as a whole", () => {
  it.each([
    ["null", null, "Model description: model: expected an object, got null."],
    ["text", "x", 'Model description: model: expected an object, got "x".'],
    ["a list", [], "expected version, name, dataset, layers, training"],
    [
      "an unknown key",
      { ...base(), colour: 1 },
      'model: expected only version, name, dataset, layers, training, got "colour".',
    ],
    ["no version", without(base(), "version"), 'got no "version".'],
    ["no training settings", without(base(), "training"), 'got no "training".'],
    ["another version", { ...base(), version: 2 }, "version: expected 1, got 2."],
    ["a version in words", { ...base(), version: "1" }, 'version: expected 1, got "1".'],
    ["an empty name", { ...base(), name: "" }, "model name: expected a name, got an empty one."],
    [
      "a name of 61 letters",
      { ...base(), name: "x".repeat(61) },
      "model name: expected at most 60 characters, got 61.",
    ],
    ["a number for a name", { ...base(), name: 3 }, "model name: expected text, got 3."],
    ["an unknown dataset", { ...base(), dataset: "cifar" }, 'dataset: expected one of mnist, xor, got "cifar".'],
    ["a dataset every object has", { ...base(), dataset: "toString" }, 'got "toString".'],
    ["layers that are no list", { ...base(), layers: {} }, "layers: expected a list, got Object."],
  ])("%s", (_, value, message) => {
    expect(refusalOf(value).message).toContain(message);
  });

  it("one layer too many", () => {
    const many = Array.from({ length: LIMITS.layers + 1 }, (_, i) => ({ id: `l${i}`, type: "Flatten", config: {} }));
    expect(refusalOf(withLayers(...many)).message).toContain("layers: expected at most 64, got 65.");
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
    ["an unknown type", { type: "LSTM" }, 'Layer 2 "mine": layer type: expected one of Dense, Conv2D, MaxPooling2D, '],
    ["a type every object has", { type: "constructor" }, 'got "constructor".'],
    ["a type that is no text", { type: {} }, "got Object."],
    [
      "an unknown key",
      { type: "Flatten", colour: 1 },
      'Layer 2 "mine": layer: expected only id, type, name, config, got "colour".',
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

  it("names the position of what is not even an object", () => {
    expect(refusalOf(withLayers("Dense")).message).toBe('Layer 1: layer: expected an object, got "Dense".');
  });

  it.each([
    [
      "Dense",
      { unit: 3 },
      "unit: expected one of units, activation, useBias, kernelInitializer, kernelL2, got an unknown setting.",
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
      { loss: "hinge" },
      'loss: expected one of sparseCategoricalCrossentropy, categoricalCrossentropy, binaryCrossentropy, meanSquaredError, meanAbsoluteError, got "hinge".',
    ],
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
    [{ batchSize: 0 }, "Batch size: expected a whole number from 1 to 8,192, got 0."],
    [{ batchSize: NaN }, "Batch size: expected a whole number from 1 to 8,192, got NaN."],
    [{ epochs: 10_001 }, "Epochs: expected a whole number from 1 to 10,000, got 10,001."],
    [{ seed: 2 ** 32 }, "Seed: expected a whole number from 0 to 4,294,967,295, got 4,294,967,296."],
    [{ seed: 0.5 }, "Seed: expected a whole number from 0 to 4,294,967,295, got 0.5."],
    [{ validationCount: -1 }, "Validation samples: expected a whole number from 0 to 1,000,000, got -1."],
    [{ clipNorm: Infinity }, "Clip norm: expected a number from 0 to 1,000,000, got Infinity."],
    [{ patience: "3" }, 'Patience: expected a whole number from 0 to 10,000, got "3".'],
    [
      { speed: 1 },
      'training settings: expected only loss, optimizer, schedule, batchSize, epochs, seed, validationCount, clipNorm, patience, got "speed".',
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
    for (const value of values) expect(refusalOf(value).message.length).toBeLessThan(600);
  });
});
