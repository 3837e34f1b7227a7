// Warnings about the ends of networks and about settings that do nothing: losses that cannot learn, each with its repair.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyzeModel } from "../../src/engine/model/analyze";
import { outputPlace, settingOfBlock } from "../../src/engine/model/analyze/output";
import { mapBlocks } from "../../src/engine/model/blocks";
import { presets } from "../../src/engine/model/presets";
import { showProgram } from "../../src/engine/train/programs";
import { modelState } from "../../src/engine/train/state";
import { blank } from "../support/data";
import { analyze, networkOf, type BlockSpec, type Learning, type LayerSpec, modelOf } from "../support/models";

const softmax10: LayerSpec = ["Dense", { units: 10, activation: "softmax" }];

const problemsOf = (layers: readonly LayerSpec[], learning: Learning = {}) =>
  analyze(modelOf(layers, learning)).problems;

describe("warnings", () => {
  it.each<[string, LayerSpec, string]>([
    ["its own activation", ["Dense", { units: 10, activation: "tanh" }], '"dense" ends in tanh.'],
    ["its default activation", ["Dense", { units: 10 }], '"dense" ends in linear.'],
  ])("a missing softmax is a warning that names %s", (_, last, words) => {
    expect(problemsOf([["Flatten"], last])).toEqual([
      {
        severity: "warning",
        layerId: "l1",
        message: `Sparse categorical cross-entropy expects probabilities, but ${words} Set its activation to softmax.`,
        fix: { kind: "set", key: "activation", value: "softmax" },
      },
    ]);
    expect(problemsOf([["Flatten"], last], { loss: "meanSquaredError" })).toEqual([]);
    expect(problemsOf([["Flatten"], last, ["Activation", { activation: "softmax" }]])).toEqual([]);
    expect(problemsOf([["Flatten"], softmax10, ["Reshape", { targetShape: [10] }]]), "the same numbers").toEqual([]);
  });

  const xor = (activation: string, units = 1): LayerSpec[] => [["Dense", { units, activation }]];
  it.each(["linear", "relu", "leaky_relu", "elu", "gelu", "tanh", "softplus"])(
    "binary cross-entropy after %s is a warning, with sigmoid as the fix",
    (activation) => {
      const { problems } = analyze(modelOf(xor(activation), { loss: "binaryCrossentropy" }, "xor"));
      expect(problems).toEqual([
        {
          severity: "warning",
          layerId: "l0",
          message: `Binary cross-entropy expects probabilities, but "dense" ends in ${activation}. Set its activation to sigmoid.`,
          fix: { kind: "set", key: "activation", value: "sigmoid" },
        },
      ]);
    },
  );

  it("binary cross-entropy takes what sigmoid and softmax give, whatever shape or idle layer follows", () => {
    const views: LayerSpec[][] = [
      [],
      [["Reshape", { targetShape: [1, 2] }], ["Flatten"]],
      [["Activation", { activation: "linear" }]],
      [["Dropout", { rate: 0 }]],
    ];
    for (const activation of ["sigmoid", "softmax"]) {
      for (const after of views) {
        const { problems } = analyze(modelOf([...xor(activation, 2), ...after], { loss: "binaryCrossentropy" }, "xor"));
        expect(problems, JSON.stringify([activation, after])).toEqual([]);
      }
    }
    const [dropped] = analyze(
      modelOf([...xor("sigmoid"), ["Dropout"]], { loss: "binaryCrossentropy" }, "xor"),
    ).problems;
    expect(dropped).toMatchObject({
      layerId: "l1",
      fix: { kind: "moveBefore", layerId: "l0" },
      message:
        'Dropout "dropout" comes after the sigmoid of "dense" and sets probabilities to 0; the loss takes that for ' +
        'certainty and does not learn from it. Move it before "dense".',
    });
  });

  it.each(["meanSquaredError", "meanAbsoluteError"] as const)(
    "%s takes any activation but the softmax of one",
    (loss) => {
      for (const activation of ["linear", "relu", "tanh", "sigmoid", "softmax"]) {
        expect(problemsOf([["Flatten"], ["Dense", { units: 10, activation }]], { loss }), activation).toEqual([]);
      }
      const warning = (value: string) => ({
        severity: "warning",
        layerId: "l0",
        message: `The softmax of "dense" is over a single number, which makes it 1 whatever comes in: nothing can learn through it. Set its activation to ${value}.`,
        fix: { kind: "set", key: "activation", value },
      });
      expect(analyze(modelOf(xor("softmax"), { loss }, "xor")).problems).toEqual([warning("sigmoid")]);
      const number = modelOf(xor("softmax"), { loss }, "sine");
      expect(analyze({ ...number, task: { type: "regression", config: { loss } } }).problems).toEqual([
        warning("linear"),
      ]);
    },
  );

  it("a softmax over one number is found wherever it is, by what it is along", () => {
    const found = (layers: readonly BlockSpec[]) => analyze(modelOf(layers)).problems.map(({ layerId }) => layerId);
    const one: LayerSpec = ["Dense", { units: 1, activation: "softmax" }];
    expect(found([["Flatten"], one, softmax10])).toEqual(["l1"]);
    expect(found([["Flatten"], ["Branches", {}, [[one], []]], softmax10])).toEqual(["l1.0.0"]);
    expect(found([["Activation", { activation: "softmax" }], ["Flatten"], softmax10])).toEqual(["l0"]);
    expect(found([["Conv2D", { filters: 2, activation: "softmax" }], ["Flatten"], softmax10])).toEqual([]);
  });

  it("ends of two networks are held to what each is for", () => {
    const gan = presets["gan-points"].description;
    const ending = (network: string, activation: string, config = {}) => {
      const { networks, task } = gan;
      const { blocks, ...rest } = networks[network]!;
      const last = blocks.at(-1)!;
      const changed = { ...last, config: { ...last.config, activation } };
      const { problems } = analyze({
        ...gan,
        task: { ...task, config: { ...task.config, ...config } },
        networks: { ...networks, [network]: { ...rest, blocks: [...blocks.slice(0, -1), changed] } },
      });
      return problems.map(({ message }) => message);
    };
    expect(ending("discriminator", "sigmoid")).toEqual([]);
    expect(ending("discriminator", "tanh")).toEqual([
      expect.stringMatching(
        /^The discriminator's loss expects a logit, or a probability, but ".*" ends in tanh\. Set its activation to linear\.$/,
      ),
    ]);
    expect(ending("discriminator", "tanh", { game: "leastSquares" })).toEqual([]);
    expect(ending("discriminator", "softmax")).toEqual([expect.stringContaining("Set its activation to linear.")]);
    expect(ending("generator", "tanh")).toEqual([]);
  });

  it("an autoencoder's decoder is held to its loss, and its encoder to none", () => {
    const { autoencoder } = presets;
    const { networks, ...rest } = autoencoder.description;
    const { decoder, encoder } = networks;
    const linear = mapBlocks(decoder!.blocks, (block) =>
      block.config["activation"] === "sigmoid"
        ? { ...block, config: { ...block.config, activation: "linear" } }
        : block,
    );
    expect(linear).not.toEqual(decoder!.blocks);
    const { problems } = analyze({
      ...rest,
      networks: { encoder: encoder!, decoder: { ...decoder!, blocks: linear } },
    });
    expect(problems).toMatchObject([
      { severity: "warning", fix: { kind: "set", key: "activation", value: "sigmoid" } },
    ]);
    expect(problems[0]?.message).toContain("Binary cross-entropy expects probabilities");
  });

  it("patience waits for a validation loss, and a warm-up is shorter than its run", () => {
    const settings = (learning: Learning) => problemsOf([["Flatten"], softmax10], learning);
    expect(settings({ patience: 2, validationCount: 100 })).toEqual([]);
    expect(settings({ patience: 2 })).toEqual([
      {
        severity: "warning",
        message:
          "Training settings: patience of 2 waits for a better validation loss, but no samples are held out to validate on. Hold out 5,000.",
        fix: { kind: "setRun", key: "validationCount", value: 5000 },
      },
    ]);
    const cosine = (warmupEpochs: number) => ({ type: "cosine" as const, config: { warmupEpochs } });
    expect(settings({ epochs: 3, schedule: cosine(2.9) })).toEqual([]);
    expect(settings({ epochs: 3, schedule: cosine(3) })).toEqual([
      {
        severity: "warning",
        message:
          "Training settings: schedule Cosine with warm-up: the warm-up takes 3 epochs and the run 3, so the learning rate never falls, and hardly gets to what it is set to. Set warm-up to 0.3.",
        fix: { kind: "setSchedule", network: "model", key: "warmupEpochs", value: 0.3 },
      },
    ]);
  });

  it("a Dropout after the softmax is a warning that names both", () => {
    const last = softmax10;
    const warning = {
      severity: "warning",
      layerId: "l2",
      message:
        'Dropout "dropout" comes after the softmax of "dense" and sets probabilities to 0; a sample that loses all ' +
        'of them makes the loss NaN. Move it before "dense".',
      fix: { kind: "moveBefore", layerId: "l1" },
    };
    expect(problemsOf([["Flatten"], last, ["Dropout"]])).toEqual([warning]);
    expect(problemsOf([["Flatten"], last, ["Dropout", { rate: 0 }]])).toEqual([]);
    expect(problemsOf([["Flatten"], ["Dropout"], last])).toEqual([]);
    // Where the softmax is missing too, that comes first.
    expect(problemsOf([["Flatten"], ["Dense", { units: 10 }], ["Dropout"]])[0]?.message).toContain(
      'but "dense" ends in linear.',
    );
    // The other losses do not divide by the sum.
    expect(problemsOf([["Flatten"], last, ["Dropout"]], { loss: "meanSquaredError" })).toEqual([]);
  });
});

it("analysis and the graph agree on what makes the output, whatever follows it", () => {
  const activation = fc.constantFrom("linear", "relu", "sigmoid", "softmax");
  const layer = fc.oneof(
    activation.map((name): LayerSpec => ["Dense", { units: 10, activation: name }]),
    activation.map((name): LayerSpec => ["Activation", { activation: name }]),
    fc.constantFrom<LayerSpec[]>(
      ["Dropout"],
      ["Dropout", { rate: 0 }],
      ["BatchNormalization"],
      ["Flatten"],
      ["Reshape", { targetShape: [10] }],
    ),
  );
  let found = 0;
  fc.assert(
    fc.property(fc.array(layer, { maxLength: 5 }), (after) => {
      const model = modelOf([["Flatten"], ["Dense", { units: 10 }], ...after]);
      const data = blank("mnist", 1);
      const state = modelState(model, analyzeModel(model, data));
      const { output } = showProgram({ description: model, data, state }, 1).shown;
      const { blocks } = networkOf(model);
      const last = blocks[outputPlace(blocks)];
      const ends = last && ["softmax", "sigmoid"].includes(String(settingOfBlock(last, "activation")));
      expect(ends, JSON.stringify(after)).toBe(output?.areProbabilities);
      found += ends ? 1 : 0;
    }),
    { numRuns: 200, seed: 1 },
  );
  expect(found).toBeGreaterThan(50);
});
