// The editor's operations: pure functions from one model description to the next.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as edit from "../../app/model/edit";
import { learningRatesOf } from "../../app/train/rules";
import { placeOfNext } from "../../app/model/placeOfNext";
import { aboutOf, datasets, LIMITS, parseDescription, presets, requireDataset, tasks } from "../../src/engine";
import type { Block, ModelDescription, Place, Problem } from "../../src/engine";
import { reportOf, type BlockSpec, type LayerSpec, modelOf, networkOf, withBlocks } from "../support/models";
import { english, say } from "../../src/engine/words/said";

const perceptron = presets.perceptron.description;
const convnet = presets.convnet.description;
const MODEL = "model";
const blocks = (model: ModelDescription): readonly Block[] => networkOf(model).blocks;
const types = (model: ModelDescription): string[] => blocks(model).map(({ type }) => type);
const ids = (model: ModelDescription): string[] => blocks(model).map(({ id }) => id);
/** A place among the network's own blocks. */
const at = (index: number): Place => ({ network: MODEL, parent: null, index });

describe("choosing data", () => {
  it("keeps every task that they can be used for, and takes what they suggest for one that they cannot", () => {
    for (const { description } of Object.values(presets)) {
      for (const data of Object.values(datasets)) {
        const { task } = edit.setDataset(description, data);
        const columns = tasks[description.task.type].columns(aboutOf(description, data));
        if (!("said" in columns)) expect(task, `${description.name} on ${data.id}`).toBe(description.task);
      }
    }
    const [onClasses, onNumbers] = [presets.perceptron.description, presets.cars.description];
    expect(edit.setDataset(onClasses, requireDataset("cars")).task.type).toBe("regression");
    expect(edit.setDataset(onNumbers, requireDataset("moons")).task.type).toBe("classification");
  });
});

describe("inserting", () => {
  it("puts a layer at the place asked for, with an id of its own", () => {
    const { description, id } = edit.insertBlock(perceptron, "Dropout", at(2));
    expect(types(description)).toEqual(["Flatten", "Dense", "Dropout", "Dense"]);
    expect(blocks(description)[2]?.id).toBe(id);
    expect(new Set(ids(description)).size).toBe(4);
    expect(parseDescription(description)).toEqual(description);
  });

  it("clamps the place to the stack", () => {
    expect(types(edit.insertBlock(perceptron, "Dropout", at(-5)).description)[0]).toBe("Dropout");
    expect(types(edit.insertBlock(perceptron, "Dropout", at(99)).description).at(-1)).toBe("Dropout");
  });

  it("reuses the smallest free number for ids", () => {
    const without = edit.removeBlock(perceptron, "dense-2");
    expect(edit.freshId(perceptron, "Dense")).toBe("dense-1");
    expect(edit.freshId(without, "Dense")).toBe("dense-1");
    const twice = edit.insertBlock(
      edit.insertBlock(perceptron, "Dense", at(0)).description,
      "Dense",
      at(0),
    ).description;
    expect(new Set(ids(twice)).size).toBe(blocks(twice).length);
  });

  it("refuses the layer after the last that fits", () => {
    let model: ModelDescription = withBlocks(perceptron, []);
    for (let i = 0; i < LIMITS.layers; i++) model = edit.insertBlock(model, "Dropout", at(i)).description;
    expect(edit.isFull(model)).toBe(true);
    expect(edit.insertBlock(model, "Dropout", at(0))).toEqual({ description: model, id: null });
    expect(edit.duplicateBlock(model, "dropout-1")).toEqual({ description: model, id: null });
  });
});

describe("the place of a layer for which none is named", () => {
  const next = (model: ModelDescription) => placeOfNext(model, MODEL, reportOf(model)).index;
  const linear = (name: string) => edit.setBlockConfig(perceptron, name, "activation", "linear");

  it("is in front of the output layer", () => {
    expect(next(perceptron)).toBe(2);
    expect(next(convnet)).toBe(blocks(convnet).length - 1);
    expect(next(presets.xor.description)).toBe(1);
    const ownLoss = edit.setTaskConfig(linear("dense-3"), "loss", "meanSquaredError");
    expect(next(ownLoss)).toBe(2);
  });

  it("is in front of the layer whose output an Activation turns into probabilities", () => {
    const { description } = edit.insertBlock(linear("dense-3"), "Activation", at(3), { activation: "softmax" });
    expect(next(description)).toBe(2);
  });

  it("is the end where the output is still missing", () => {
    expect(next(withBlocks(perceptron, []))).toBe(0);
    expect(next(edit.removeBlock(perceptron, "dense-3"))).toBe(2);
    expect(next(edit.removeBlock(convnet, "flatten-6"))).toBe(7);
    expect(next(edit.insertBlock(perceptron, "Dropout", at(3)).description)).toBe(4);
  });
});

describe("moving", () => {
  it.each([
    ["conv2d-1", 2, ["MaxPooling2D", "Conv2D", "Conv2D", "MaxPooling2D"]],
    ["conv2d-3", 0, ["Conv2D", "Conv2D", "MaxPooling2D", "MaxPooling2D"]],
  ])("moves %s to place %i", (id, to, expected) => {
    const moved = edit.moveBlock(convnet, id, at(to));
    expect(types(moved).slice(0, 4)).toEqual(expected);
    expect(edit.placeOf(moved, id)?.place.index).toBe(to);
    expect(ids(moved).toSorted()).toEqual(ids(convnet).toSorted());
  });

  it("changes nothing when the layer stays, or is not there", () => {
    expect(edit.moveBlock(convnet, "conv2d-1", at(0))).toBe(convnet);
    expect(edit.moveBlock(convnet, "conv2d-1", at(-3))).toBe(convnet);
    expect(edit.moveBlock(convnet, "nobody", at(1))).toBe(convnet);
  });
});

describe("removing and duplicating", () => {
  it("removes one layer", () => {
    expect(types(edit.removeBlock(perceptron, "dense-2"))).toEqual(["Flatten", "Dense"]);
    expect(edit.removeBlock(perceptron, "nobody")).toBe(perceptron);
  });

  it("copies settings and not the name", () => {
    const named = edit.renameBlock(perceptron, "dense-2", "hidden");
    const { description, id } = edit.duplicateBlock(named, "dense-2");
    expect(types(description)).toEqual(["Flatten", "Dense", "Dense", "Dense"]);
    expect(blocks(description)[2]).toEqual({ id, type: "Dense", config: { units: 128, activation: "relu" } });
    expect(edit.duplicateBlock(named, "nobody")).toEqual({ description: named, id: null });
  });
});

describe("settings", () => {
  it("changes one setting of one layer and leaves the original alone", () => {
    const before = JSON.stringify(perceptron);
    const changed = edit.setBlockConfig(perceptron, "dense-2", "units", 32);
    expect(blocks(changed)[1]?.config).toEqual({ units: 32, activation: "relu" });
    expect(blocks(changed)[2]).toBe(blocks(perceptron)[2]);
    expect(JSON.stringify(perceptron)).toBe(before);
  });

  it("knows equal values of pairs", () => {
    expect(edit.setBlockConfig(convnet, "conv2d-1", "kernelSize", [3, 3])).toBe(convnet);
    expect(edit.setBlockConfig(convnet, "conv2d-1", "kernelSize", [5, 3])).not.toBe(convnet);
    expect(edit.setBlockConfig(convnet, "nobody", "units", 1)).toBe(convnet);
  });

  it("trims names, cuts them to the limit, and takes an empty one away", () => {
    const named = edit.renameBlock(perceptron, "dense-2", `  ${"x".repeat(LIMITS.nameLength + 9)}`);
    expect(blocks(named)[1]?.name).toHaveLength(LIMITS.nameLength);
    expect(parseDescription(named)).toEqual(named);
    expect(blocks(edit.renameBlock(named, "dense-2", "  "))[1]).toEqual(blocks(perceptron)[1]);
    expect(edit.renameBlock(perceptron, "dense-2", " ")).toBe(perceptron);
  });

  it("changes training settings", () => {
    expect(edit.setTraining(perceptron, { epochs: 9 }).training.epochs).toBe(9);
    expect(edit.setTraining(perceptron, { epochs: perceptron.training.epochs })).toBe(perceptron);
    expect(networkOf(edit.setSchedule(perceptron, MODEL, "step")).schedule).toEqual({ type: "step", config: {} });
    expect(edit.setSchedule(perceptron, MODEL, "cosine")).toBe(perceptron);
  });

  it("starts a new optimizer with its own defaults", () => {
    const fast = edit.setLearningConfig(perceptron, MODEL, "optimizer", "learningRate", 0.3);
    expect(learningRatesOf(fast)[MODEL]).toBe(0.3);
    const sgd = edit.setOptimizer(fast, MODEL, "SGD");
    expect(networkOf(sgd).optimizer).toEqual({ type: "SGD", config: {} });
    expect(learningRatesOf(sgd)[MODEL]).toBe(0.01);
    expect(edit.setOptimizer(sgd, MODEL, "SGD")).toBe(sgd);
    expect(edit.setLearningConfig(fast, MODEL, "optimizer", "learningRate", 0.3)).toBe(fast);
  });
});

/** The first problem of a model, its fix in words, and the model after it. */
function repair(broken: ModelDescription) {
  const [problem] = reportOf(broken).problems;
  if (!problem) throw new Error("There is nothing to repair.");
  return { problem, label: edit.fixLabel(broken, problem), ...edit.applyFix(broken, problem) };
}

describe("fixes", () => {
  const out: LayerSpec = ["Dense", { units: 10, activation: "softmax" }];
  const nine: LayerSpec = ["Dense", { units: 9, activation: "softmax" }];
  const image: LayerSpec = ["Conv2D", { filters: 4 }];
  const small: LayerSpec = ["MaxPooling2D", { poolSize: [14, 9] }];

  it.each<[what: string, layers: LayerSpec[], label: string, after: string[]]>([
    ["an image for Dense", [image, out], "Insert Flatten", ["Conv2D", "Flatten", "Dense"]],
    ["an image layer below Flatten", [["Flatten"], image, out], "Move before Flatten", ["Conv2D", "Flatten", "Dense"]],
    [
      "an image layer further below",
      [["Flatten"], ["Dense"], image, out],
      "Move before Flatten",
      ["Conv2D", "Flatten", "Dense", "Dense"],
    ],
    [
      "a kernel larger than its image",
      [small, image, ["Flatten"], out],
      "Set kernel size to 2×3",
      ["MaxPooling2D", "Conv2D", "Flatten", "Dense"],
    ],
    [
      "a kernel with holes",
      [["MaxPooling2D"], ["Conv2D", { dilationRate: [7, 1] }], ["Flatten"], out],
      "Set kernel size to 2×3",
      ["MaxPooling2D", "Conv2D", "Flatten", "Dense"],
    ],
    [
      "a pool larger than its image",
      [small, small, ["Flatten"], out],
      "Set pool size to 2×3",
      ["MaxPooling2D", "MaxPooling2D", "Flatten", "Dense"],
    ],
    ["too few units", [["Flatten"], nine], "Set units to 10", ["Flatten", "Dense"]],
    [
      "too few units below an activation",
      [["Flatten"], nine, ["Activation", { activation: "softmax" }]],
      "Set units to 10",
      ["Flatten", "Dense", "Activation"],
    ],
    ["no output layer", [["Flatten"]], "Add Dense 10 softmax", ["Flatten", "Dense"]],
    [
      "no output layer after a hidden one",
      [["Flatten"], ["Dense", { units: 128, activation: "relu" }]],
      "Add Dense 10 softmax",
      ["Flatten", "Dense", "Dense"],
    ],
    [
      "no output layer after a hidden one and its activation",
      [["Flatten"], ["Dense", { units: 128 }], ["Activation", { activation: "relu" }]],
      "Add Dense 10 softmax",
      ["Flatten", "Dense", "Activation", "Dense"],
    ],
    [
      "no image, and no Flatten that takes it away",
      [["Reshape", { targetShape: [28, 28] }], ["GlobalAveragePooling2D"], out],
      "Insert Reshape 28×28×1",
      ["Reshape", "Reshape", "GlobalAveragePooling2D", "Dense"],
    ],
    [
      "a shape of another size",
      [["Reshape", { targetShape: [28, 27] }], ["Flatten"], out],
      "Set target shape to 28×28×1",
      ["Reshape", "Flatten", "Dense"],
    ],
    [
      "too many parameters",
      [["Flatten"], ["Dense", { units: 4096 }], ["Dense", { units: 4096 }], ["Dense", { units: 4096 }], out],
      "Set units to 3697",
      ["Flatten", "Dense", "Dense", "Dense", "Dense"],
    ],
    ["no softmax", [["Flatten"], ["Dense", { units: 10 }]], "Set activation to softmax", ["Flatten", "Dense"]],
    [
      "nothing that could be set to softmax",
      [["Conv2D", { filters: 10 }], ["GlobalAveragePooling2D"]],
      "Add Activation softmax",
      ["Conv2D", "GlobalAveragePooling2D", "Activation"],
    ],
    [
      "Dropout after the softmax",
      [["Flatten"], out, ["Dropout"]],
      "Move before Dense",
      ["Flatten", "Dropout", "Dense"],
    ],
    [
      "a softmax over one unit",
      [["Flatten"], ["Dense", { units: 1, activation: "softmax" }], out],
      "Set activation to sigmoid",
      ["Flatten", "Dense", "Dense"],
    ],
  ])("%s: the button solves it", (_, layers, label, after) => {
    const fixed = repair(modelOf(layers));
    expect(fixed.label).toBe(label);
    expect(types(fixed.description)).toEqual(after);
    expect(ids(fixed.description)).toContain(fixed.id);
    expect(reportOf(fixed.description).problems).toEqual([]);
  });

  it.each<[what: string, broken: ModelDescription, label: string]>([
    [
      "patience without samples to validate on",
      modelOf([["Flatten"], out], { patience: 3 }),
      "Set validation samples to 5,000",
    ],
    [
      "patience where none can be held out",
      modelOf([["Dense", { units: 2, activation: "softmax" }]], { patience: 3 }, "xor"),
      "Set patience to 0",
    ],
    [
      "a warm-up longer than the run",
      modelOf([["Flatten"], out], { epochs: 4, schedule: { type: "cosine", config: { warmupEpochs: 6 } } }),
      "Set warm-up to 0.4",
    ],
    [
      "a warm-up of all of the run",
      modelOf([["Flatten"], out], { epochs: 1, schedule: { type: "cosine", config: { warmupEpochs: 1 } } }),
      "Set warm-up to 0.1",
    ],
  ])("%s: the button changes the setting", (_, broken, label) => {
    const fixed = repair(broken);
    expect(fixed.problem.severity).toBe("warning");
    expect(fixed.label).toBe(label);
    expect(fixed.id).toBeNull();
    expect(reportOf(fixed.description).problems).toEqual([]);
  });

  it("are not offered where there is more than one way, or none", () => {
    for (const layers of [[["Residual", {}, [[["Flatten"]]]]], []] satisfies BlockSpec[][]) {
      expect(repair(modelOf(layers))).toMatchObject({ label: undefined, id: null });
    }
  });

  it("solve what they are offered for, whatever the model", () => {
    const layer = fc.constantFrom<LayerSpec[]>(
      out,
      nine,
      image,
      small,
      ["Flatten"],
      ["Dropout"],
      ["GlobalAveragePooling2D"],
      ["Activation"],
      ["Activation", { activation: "softmax" }],
      ["Activation", { activation: "linear" }],
      ["Dense", { units: 1, activation: "softmax" }],
      ["Dense", { units: 2, activation: "tanh" }],
      ["Conv2D", { filters: 10, kernelSize: [29, 3], strides: [2, 5] }],
      ["AveragePooling2D", { poolSize: [3, 30], padding: "same" }],
      ["Reshape", { targetShape: [784] }],
      ["Reshape", { targetShape: [28, 28, 1] }],
    );
    const loss = fc.constantFrom("sparseCategoricalCrossentropy", "meanSquaredError", "binaryCrossentropy");
    const kinds = new Set<string>();
    fc.assert(
      fc.property(fc.array(layer, { maxLength: 6 }), loss, fc.constantFrom("mnist", "xor"), (layers, on, dataset) => {
        const broken = modelOf(layers, { loss: on }, dataset);
        for (const problem of reportOf(broken).problems) {
          if (!problem.fix) continue;
          kinds.add(problem.fix.kind);
          const { description } = edit.applyFix(broken, problem);
          const left = reportOf(description).problems.filter(({ layerId }) => layerId === problem.layerId);
          expect(left.map(({ said }) => english(said))).not.toContain(english(problem.said));
          expect(parseDescription(description)).toEqual(description);
        }
      }),
      { numRuns: 1000, seed: 1 },
    );
    expect(kinds).toEqual(new Set(["insertBefore", "append", "set", "moveBefore"]));
  });

  it("are none for a problem without one, or of a layer that is gone", () => {
    const problem = { severity: "error", said: say("fit.nothing") } as const;
    const insertion = { kind: "insertBefore", layer: "Flatten" } as const;
    for (const unfit of [
      problem,
      { ...problem, layerId: "nobody", fix: insertion },
      { ...problem, layerId: "conv2d-1", fix: { kind: "moveBefore", layerId: "nobody" } },
      { ...problem, layerId: "conv2d-1", fix: { ...insertion, layer: "toString" } },
    ] satisfies Problem[]) {
      expect(edit.fixLabel(convnet, unfit)).toBeUndefined();
      expect(edit.applyFix(convnet, unfit)).toEqual({ description: convnet, id: null });
    }
  });
});
