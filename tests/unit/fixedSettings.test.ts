// What separates a model that is edited from the one that runs: which edits wait until they are applied, and which do not.
import { describe, expect, it } from "vitest";
import * as edit from "../../app/model/edit";
import type { Place } from "../../src/engine/model/blocks";
import { fixedKey, withLiveSettings } from "../../src/engine/model/liveSettings";
import { presets } from "../../src/engine/model/presets";
import { networkOf } from "../support/models";

const MODEL = "model";
const perceptron = presets.perceptron.description;
const at = (index: number): Place => ({ network: MODEL, parent: null, index });

describe("what a run depends on", () => {
  it("is not names, schedules, and numbers that may change while it is under way", () => {
    const key = fixedKey(perceptron);
    const edits = [
      edit.renameBlock(perceptron, "dense-2", "hidden"),
      edit.setLearningConfig(perceptron, MODEL, "optimizer", "learningRate", 1),
      edit.setLearningConfig(perceptron, MODEL, "optimizer", "beta1", 0.5),
      edit.setSchedule(perceptron, MODEL, "step"),
      edit.setNetwork(perceptron, MODEL, { clipNorm: 1 }),
      edit.setTraining(perceptron, { epochs: 99, patience: 3 }),
      edit.setBlockConfig(perceptron, "dense-2", "kernelL2", 0.1),
    ];
    for (const edited of edits) expect(fixedKey(edited)).toBe(key);
    const dropped = edit.insertBlock(perceptron, "Dropout", at(1)).description;
    const [id = ""] = dropped.networks[MODEL]!.blocks.flatMap((block) => (block.type === "Dropout" ? [block.id] : []));
    expect(fixedKey(edit.setBlockConfig(dropped, id, "rate", 0.2))).toBe(fixedKey(dropped));
  });

  it("takes what may change out of an edited model that waits, and nothing else", () => {
    const tuned = edit.setTraining(
      edit.setNetwork(
        edit.setSchedule(edit.setLearningConfig(perceptron, MODEL, "optimizer", "learningRate", 1), MODEL, "step"),
        MODEL,
        { clipNorm: 1 },
      ),
      { epochs: 99, patience: 3 },
    );
    const penalised = edit.setBlockConfig(tuned, "dense-2", "kernelL2", 0.1);
    const waiting = edit.setBlockConfig(edit.setTraining(penalised, { batchSize: 16 }), "dense-2", "units", 1);
    const dropped = edit.insertBlock(waiting, "Dropout", at(1)).description;
    expect(withLiveSettings(perceptron, dropped)).toEqual(penalised);
    const without = edit.setOptimizer(edit.removeBlock(penalised, "dense-2"), MODEL, "SGD");
    const { optimizer } = networkOf(perceptron);
    expect(withLiveSettings(perceptron, without).networks[MODEL]).toEqual({
      ...tuned.networks[MODEL],
      blocks: networkOf(perceptron).blocks,
      optimizer,
    });
    expect(withLiveSettings(perceptron, { ...penalised, dataset: "xor" })).toBe(perceptron);
  });

  it("is everything else", () => {
    const key = fixedKey(perceptron);
    const edits = [
      edit.setBlockConfig(perceptron, "dense-2", "units", 1),
      edit.setTraining(perceptron, { seed: 2 }),
      edit.setTraining(perceptron, { batchSize: 16 }),
      edit.setNetwork(perceptron, MODEL, { frozen: true }),
      edit.setOptimizer(perceptron, MODEL, "SGD"),
      edit.removeBlock(perceptron, "dense-2"),
      edit.moveBlock(perceptron, "dense-2", at(0)),
    ];
    for (const edited of edits) expect(fixedKey(edited)).not.toBe(key);
  });
});
