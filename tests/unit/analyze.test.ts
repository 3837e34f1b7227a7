// What is said of a model before it is built: the presets' shapes, parameters and cost against Keras's own summary and
// counts by hand, and every problem with the layer it is pinned to.
import { describe, expect, it } from "vitest";
import { MAX_PARAMETERS } from "../../src/engine/model/analyze/size";
import { type Block, blockNames, mapBlocks } from "../../src/engine/model/blocks";
import { layoutVariables } from "../../src/engine/model/variables";
import { presets, type PresetId } from "../../src/engine/model/presets";
import { f32 } from "../../src/engine/nn/layer";
import { readConfig } from "../../src/engine/fields";
import { layers as layerDefs } from "../../src/engine/nn/layers";
import { MODEL } from "../../src/engine/tasks/supervised";
import { analyze, type Learning, modelOf, networkOf, type LayerSpec, reportOf, withBlocks } from "../support/models";

const softmax10: LayerSpec = ["Dense", { units: 10, activation: "softmax" }];

describe("presets", () => {
  const summary = (id: PresetId) => {
    const report = analyze(presets[id].description);
    expect(report.problems).toEqual([]);
    return {
      ...report,
      ends: Object.values(report.networks).map(({ input, output }) => [input, output]),
      shapes: report.layers.map(({ output }) => output?.shape),
      counts: report.layers.map(({ parameterCount }) => parameterCount),
      costs: report.layers.map(({ flops }) => flops),
    };
  };

  it("the perceptron has 784 * 128 + 128 and 128 * 10 + 10 parameters", () => {
    const { shapes, counts, parameterCount, trainableCount, flops, ends } = summary("perceptron");
    expect(ends).toEqual([[f32([28, 28, 1]), f32([10])]]);
    expect(shapes).toEqual([[784], [128], [10]]);
    expect(trainableCount).toBe(101_770);
    expect(counts).toEqual([0, 100_480, 1290]);
    expect(parameterCount).toBe(101_770);
    expect(flops).toBe(2 * 784 * 128 + 2 * 128 * 10);
  });

  it("the convnet is Keras's MNIST example, 93,322 parameters", () => {
    const { shapes, counts, costs, parameterCount, flops } = summary("convnet");
    expect(shapes).toEqual([[26, 26, 32], [13, 13, 32], [11, 11, 64], [5, 5, 64], [3, 3, 64], [576], [64], [10]]);
    expect(counts).toEqual([320, 0, 18_496, 0, 36_928, 0, 36_928, 650]);
    expect(parameterCount).toBe(93_322);
    expect(costs).toEqual([389_376, 21_632, 4_460_544, 6400, 663_552, 0, 73_728, 1280]);
    expect(flops).toBe(5_616_512);
  });

  it("dropout adds no parameter", () => {
    const { counts, shapes, parameterCount } = summary("convnet-dropout");
    expect(counts).toEqual([320, 0, 18_496, 0, 36_928, 0, 36_928, 0, 650]);
    expect(shapes.at(-2)).toEqual([64]);
    expect(parameterCount).toBe(93_322);
  });

  it("two hidden layers and XOR", () => {
    expect(summary("two-hidden").counts).toEqual([0, 50_240, 4160, 650]);
    expect(summary("xor").counts).toEqual([24, 9]);
    expect(summary("xor").ends).toEqual([[f32([2]), f32([1])]]);
  });

  it("weights lie behind each other, the kernel first, each at a multiple of 256 bytes", () => {
    const { [MODEL]: layout } = layoutVariables(reportOf(presets.perceptron.description));
    expect(layout?.entries.map(({ name, spec, role, offset }) => [name, spec.shape, role, offset])).toEqual([
      ["dense/kernel", [784, 128], "trained", 0],
      ["dense/bias", [128], "trained", 100_352],
      ["dense_1/kernel", [128, 10], "trained", 100_480],
      ["dense_1/bias", [10], "trained", 101_760],
    ]);
    expect(layout?.sizes).toEqual({ trained: 101_824, kept: 0 });
  });
});

describe("shapes", () => {
  const outputOf = (layer: LayerSpec) => analyze(modelOf([layer])).networks[MODEL]?.output;

  it.each<[LayerSpec, number[]]>([
    [
      ["Conv2D", { filters: 4, padding: "same" }],
      [28, 28, 4],
    ],
    [
      ["Conv2D", { filters: 4, strides: [2, 3] }],
      [13, 9, 4],
    ],
    [
      ["Conv2D", { filters: 4, strides: [2, 3], padding: "same" }],
      [14, 10, 4],
    ],
    [
      ["Conv2D", { filters: 4, dilationRate: [2, 5] }],
      [24, 18, 4],
    ],
    [
      ["Conv2D", { filters: 4, kernelSize: [28, 1] }],
      [1, 28, 4],
    ],
    [
      ["MaxPooling2D", { poolSize: [3, 3], strides: [2, 2] }],
      [13, 13, 1],
    ],
    [
      ["AveragePooling2D", { poolSize: [3, 3], strides: [2, 2], padding: "same" }],
      [14, 14, 1],
    ],
    [["GlobalAveragePooling2D"], [1]],
    [
      ["Reshape", { targetShape: [7, 112] }],
      [7, 112],
    ],
    [["Flatten"], [784]],
    [["Activation"], [28, 28, 1]],
    [["Dropout"], [28, 28, 1]],
  ])("%j gives %j", (layer, shape) => {
    expect(outputOf(layer)).toEqual(f32(shape));
  });

  it("weights without a bias", () => {
    const { layers } = analyze(
      modelOf([["Conv2D", { filters: 4, useBias: false }], ["Flatten"], ["Dense", { units: 10, useBias: false }]]),
    );
    expect(layers.map(({ parameterCount }) => parameterCount)).toEqual([36, 0, 26 * 26 * 4 * 10]);
  });
});

describe("names", () => {
  it("are Keras's, numbered by type, and keep clear of chosen ones", () => {
    const model = modelOf([["Dense"], ["Dense"], ["MaxPooling2D"], ["GlobalAveragePooling2D"], ["Dense"], ["Conv2D"]]);
    const { blocks } = networkOf(model);
    const namesOf = (list: readonly Block[]): string[] => list.map(({ id }) => blockNames(list).get(id) ?? "");
    expect(namesOf(blocks)).toEqual([
      "dense",
      "dense_1",
      "max_pooling2d",
      "global_average_pooling2d",
      "dense_2",
      "conv2d",
    ]);
    const named = blocks.map((block, i) => (i === 4 ? { ...block, name: "dense" } : block));
    expect(namesOf(named)).toEqual([
      "dense_1",
      "dense_2",
      "max_pooling2d",
      "global_average_pooling2d",
      "dense",
      "conv2d",
    ]);
  });

  it("count through containers, each before what it holds", () => {
    const { blocks } = networkOf(
      modelOf([["Dense"], ["Branches", {}, [[["Dense"], ["Residual", {}, [[["Dense"]]]]], [["Dense"]]]], ["Dense"]]),
    );
    expect(Object.fromEntries(blockNames(blocks))).toEqual({
      l0: "dense",
      l1: "branches",
      "l1.0.0": "dense_1",
      "l1.0.1": "residual",
      "l1.0.1.0.0": "dense_2",
      "l1.1.0": "dense_3",
      l2: "dense_4",
    });
  });
});

describe("defaults are those of Keras", () => {
  it("Dense and Conv2D have no activation of their own", () => {
    expect(readConfig(layerDefs.Dense.fields, {}).config["activation"]).toBe("linear");
    expect(readConfig(layerDefs.Conv2D.fields, {}).config["activation"]).toBe("linear");
  });

  it("pooling moves by its own size, unless told otherwise", () => {
    const stridesOf = (config: object) => readConfig(layerDefs.MaxPooling2D.fields, { ...config }).config["strides"];
    expect(stridesOf({})).toEqual([2, 2]);
    expect(stridesOf({ poolSize: [3, 4] })).toEqual([3, 4]);
    expect(stridesOf({ poolSize: [3, 4], strides: [1, 2] })).toEqual([1, 2]);
  });
});

describe("problems", () => {
  const problemsOf = (layers: readonly LayerSpec[], learning: Learning = {}) =>
    analyze(modelOf(layers, learning)).problems;

  it("a dense layer after an image is pinned to it, with Flatten as the fix", () => {
    const model = modelOf([["Conv2D"], softmax10]);
    const [problem, ...rest] = analyze(model).problems;
    expect(rest).toEqual([]);
    expect(problem).toEqual({
      severity: "error",
      message: 'Dense "dense" needs a flat input, but Conv2D "conv2d" gives 26×26×32.',
      layerId: "l1",
      fix: { kind: "insertBefore", layer: "Flatten" },
    });
    const [conv, dense] = networkOf(model).blocks;
    const mended = withBlocks(model, [conv!, { id: "new", type: "Flatten", config: {} }, dense!]);
    expect(analyze(mended).problems).toEqual([]);
  });

  it("what follows a broken layer is not blamed for it", () => {
    const { layers, networks, problems } = analyze(modelOf([["RepeatVector"], ["Dense"], softmax10]));
    expect(problems.map(({ layerId }) => layerId)).toEqual(["l0"]);
    expect(layers.map((layer) => [layer.input, layer.output])).toEqual([
      [f32([28, 28, 1]), null],
      [null, null],
      [null, null],
    ]);
    expect(networks[MODEL]?.output).toBeNull();
  });

  it.each<[string, LayerSpec[], string]>([
    [
      "an image layer after Flatten",
      [["Flatten"], ["Conv2D"]],
      'Conv2D "conv2d" needs an image input (height×width×channels), but Flatten "flatten" gives 784. Move it before Flatten',
    ],
    [
      "an image layer after numbers that never were an image",
      [["Reshape", { targetShape: [784] }], ["Conv2D"]],
      'but Reshape "reshape" gives 784. Insert a Reshape before it.',
    ],
    [
      "pooling after Flatten",
      [["Flatten"], ["MaxPooling2D"]],
      'MaxPooling2D "max_pooling2d" needs an image input (height×width×channels), but Flatten "flatten" gives 784.',
    ],
    [
      "global pooling after Flatten",
      [["Flatten"], ["GlobalAveragePooling2D"]],
      'GlobalAveragePooling2D "global_average_pooling2d" needs an image input',
    ],
    [
      "a kernel larger than the image",
      [["MaxPooling2D"], ["Conv2D", { kernelSize: [15, 3] }]],
      'Conv2D "conv2d" needs an input of at least 15×3 for its 15×3 window, but MaxPooling2D "max_pooling2d" gives 14×14×1. Use a smaller window',
    ],
    [
      "a dilated kernel larger than the image",
      [["MaxPooling2D"], ["Conv2D", { dilationRate: [7, 1] }]],
      'Conv2D "conv2d" needs an input of at least 15×3 for its 3×3 window, but MaxPooling2D "max_pooling2d" gives 14×14×1.',
    ],
    [
      "a pool larger than the image",
      [["MaxPooling2D"], ["AveragePooling2D", { poolSize: [2, 20] }]],
      'AveragePooling2D "average_pooling2d" needs an input of at least 2×20 for its 2×20 window, but MaxPooling2D "max_pooling2d" gives 14×14×1.',
    ],
    [
      "another number of elements",
      [["Flatten"], ["Reshape", { targetShape: [28, 27] }]],
      'Reshape "reshape" needs as many numbers as it gives (28×27 is 756), but Flatten "flatten" gives 784. Change the target shape to hold 784.',
    ],
    [
      "a bad setting",
      [["Flatten"], ["Dense", { units: 0 }]],
      'Dense "dense" has a bad setting, Units: expected a whole number from 1 to 4,096, got 0.',
    ],
  ])("%s", (_, layers, message) => {
    const found = problemsOf(layers).filter(({ layerId, severity }) => layerId === "l1" && severity === "error");
    expect(found.map((problem) => problem.message).join()).toContain(message);
  });

  it("the wrong number of outputs is pinned to the layer that gives them", () => {
    expect(problemsOf([["Flatten"], ["Dense", { units: 9, activation: "softmax" }]])).toEqual([
      {
        severity: "error",
        layerId: "l1",
        message:
          "Sparse categorical cross-entropy needs one output per class, 10, but the model gives 9. End with Dense 10 and softmax.",
        fix: { kind: "set", key: "units", value: 10 },
      },
    ]);
    const [problem] = analyze(modelOf([["Dense", { units: 3 }]], { loss: "binaryCrossentropy" }, "xor")).problems;
    expect(problem?.message).toBe(
      "Binary cross-entropy needs 1 or 2 outputs for 2 classes, but the model gives 3. Change the last layer.",
    );
    expect(problem?.fix, "either number would do").toBeUndefined();
  });

  it.each([
    ["mnist", 59_999, []],
    [
      "mnist",
      60_000,
      ["Training settings: Validation samples: expected fewer than the 60,000 training samples of MNIST, got 60,000."],
    ],
    ["xor", 4, ["Training settings: Validation samples: expected fewer than the 4 training samples of XOR, got 4."]],
  ] as const)(
    "holding out of %s %i samples leaves some to train on, or is refused",
    (dataset, validationCount, found) => {
      const layers: LayerSpec[] =
        dataset === "xor"
          ? [["Dense", { units: 1, activation: "sigmoid" }]]
          : [["Flatten"], ["Dense", { units: 10, activation: "softmax" }]];
      const loss = dataset === "xor" ? "binaryCrossentropy" : "sparseCategoricalCrossentropy";
      const { problems } = analyze(modelOf(layers, { validationCount, loss }, dataset));
      expect(problems.map(({ message }) => message)).toEqual(found);
      expect(problems.every(({ severity }) => severity === "error")).toBe(true);
    },
  );

  it("no layers, and nothing to learn", () => {
    expect(problemsOf([])).toEqual([
      { severity: "error", message: "The model has no layers. Add one from the palette, or choose a preset." },
    ]);
    const [problem] = analyze(modelOf([["Activation"]], { loss: "meanSquaredError" }, "xor")).problems;
    expect(problem?.message).toBe("The model has nothing to learn. Add a Dense or Conv2D layer.");
  });

  it("too many parameters, blamed on the layer with most", () => {
    const wide: LayerSpec = ["Dense", { units: 4096 }];
    const report = analyze(modelOf([["Flatten"], wide, wide, ["Dense", { units: 4095 }], wide, softmax10]));
    const total = 784 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 4095 + 4095 + 4095 * 4096 + 4096 + 40_970;
    expect(report.parameterCount).toBe(total);
    expect([total, MAX_PARAMETERS]).toEqual([53_592_073, 33_554_432]);
    expect(report.problems).toEqual([
      {
        severity: "error",
        layerId: "l2",
        message:
          'The model has 53,592,073 parameters, but 33,554,432 is the most. "dense_1" has 16,781,312 of them: shrink it.',
        // 20,037,641 of the others, and 8192 for each unit.
        fix: { kind: "set", key: "units", value: 1649 },
      },
    ]);
    const [problem] = analyze(modelOf([["Flatten"], wide, wide, wide, wide, wide, softmax10])).problems;
    expect(problem?.fix, "no width of one layer will do").toEqual({ kind: "set", key: "units", value: 2048 });
  });

  it("bad training settings", () => {
    const training = {
      optimizer: { type: "SGD" as const, config: { learningRate: 99 } },
      schedule: { type: "step" as const, config: { factor: 0 } },
    };
    expect(problemsOf([["Flatten"], softmax10], training).map(({ message }) => message)).toEqual([
      "Training settings: Learning rate: expected a number from 0 to 10, got 99.",
      "Training settings: Factor: expected a number from 0.01 to 1, got 0.",
    ]);
  });

  it("two layers of one name are pinned to the second, to be numbered again", () => {
    const model = modelOf([["Flatten"], ["Dense"], ["Residual", {}, [[["Dense"]]]], softmax10]);
    const named = mapBlocks(networkOf(model).blocks, (block) =>
      ["l1", "l2.0.0"].includes(block.id) ? { ...block, name: "eyes" } : block,
    );
    const { problems } = analyze(withBlocks(model, named));
    expect(problems).toEqual([
      {
        severity: "error",
        layerId: "l2.0.0",
        message: '"eyes" is the name of two layers, but weights are kept by name. Give this one another.',
        fix: { kind: "rename" },
      },
    ]);
    const mended = mapBlocks(named, ({ name, ...block }) =>
      block.id === "l2.0.0" || name === undefined ? block : { ...block, name },
    );
    expect(analyze(withBlocks(model, mended)).problems).toEqual([]);
  });

  it("errors stop the layout of parameters with the same words, layer and fix; warnings do not", () => {
    const report = reportOf(modelOf([["Conv2D"], softmax10]));
    expect(() => layoutVariables(report)).toThrow(
      expect.objectContaining({
        message: 'Dense "dense" needs a flat input, but Conv2D "conv2d" gives 26×26×32.',
        layerId: "l1",
        fix: { kind: "insertBefore", layer: "Flatten" },
      }),
    );
    expect(() => layoutVariables(reportOf(modelOf([["Flatten"], ["Dense", { units: 10 }]])))).not.toThrow();
  });
});
