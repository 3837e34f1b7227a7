// Beginning with weights of another model: what fits is taken, what does not is named, and frozen layers stay what they were.
import { afterEach, describe, expect, it } from "vitest";
import * as edit from "../../app/model/edit";
import { freezeUpTo, modelOfStage, stageOf, withTakenFrozen } from "../../app/start/stages";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { xor } from "../../src/engine/data/xor";
import { weightsOfFile } from "../../src/engine/io/starts";
import { writeSafetensors } from "../../src/engine/io/safetensors";
import { blankDataset } from "../../src/engine/data/library";
import { analyzeModel } from "../../src/engine/model/analyze";
import { parseDescription } from "../../src/engine/model/description";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { matchWeights, shapesOf, type StartWeights } from "../../src/engine/model/startFrom";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { type BlockSpec, modelOf, networkOf, ratesOf, reportOf, withBlocks } from "../support/models";

const array = (shape: readonly number[], value = 0) => ({
  shape,
  data: new Float32Array(shape.reduce((size, dim) => size * dim, 1)).fill(value),
});

describe("weights are matched", () => {
  const wanted = new Map([
    ["dense/kernel", [2, 3]],
    ["dense/bias", [3]],
    ["dense_1/kernel", [3, 1]],
  ]);

  it("by name and shape, and what is left says why", () => {
    const given = { "dense/kernel": array([2, 3]), "dense/bias": array([4]), other: array([1]) };
    const { taken, left, unused } = matchWeights(wanted, given);
    expect(taken.map(({ name }) => name)).toEqual(["dense/kernel"]);
    expect(left).toEqual([
      { name: "dense/bias", shape: [3], came: [4] },
      { name: "dense_1/kernel", shape: [3, 1], came: null },
    ]);
    expect(unused).toEqual(["dense/bias", "other"]);
  });

  it("without their network, each once, the encoder's before the decoder's", () => {
    const given = { "encoder/dense/kernel": array([2, 3], 1), "decoder/dense/kernel": array([2, 3], 2) };
    expect(matchWeights(wanted, given).taken.map(({ from }) => from)).toEqual(["encoder/dense/kernel"]);
    const back = matchWeights(
      new Map([
        ["encoder/dense/kernel", [2, 3]],
        ["decoder/dense/kernel", [2, 3]],
      ]),
      { "dense/kernel": array([2, 3]) },
    );
    expect(back.taken.map(({ name }) => name)).toEqual(["encoder/dense/kernel"]);
  });

  it("but not where one is no finite number", () => {
    expect(matchWeights(wanted, { "dense/kernel": array([2, 3], NaN) }).taken).toEqual([]);
  });
});

const open: Session[] = [];
afterEach(() => {
  for (const session of open.splice(0)) session.dispose();
});

async function sessionOf(description: ModelDescription, start?: StartWeights): Promise<Session> {
  const backend = createCpuBackend();
  const dataset = await xor.load(() => Promise.reject(new Error("XOR reads no file")));
  const resident = new ResidentData(backend);
  const session = await Session.create({ backend, description, dataset, resident, ...(start && { start }) });
  open.push(session);
  return session;
}

describe("a model that begins with another's weights", () => {
  const hidden: BlockSpec = ["Dense", { units: 3, activation: "tanh" }];
  const base = modelOf([hidden, ["Dense", { units: 1 }]], { loss: "meanSquaredError", batchSize: 4 }, "xor");

  it("has them before the first step and after reset, and keeps those that are frozen to the bit", async () => {
    const frozen = edit.setFrozen(base, networkOf(base).blocks[0]?.id ?? "", true);
    const start = { "dense/kernel": array([2, 3], 0.5), "dense_1/kernel": array([7, 1]) };
    const session = await sessionOf(frozen, start);
    const before = await session.weights();
    expect(before["dense/kernel"]?.data).toEqual(start["dense/kernel"].data);
    expect(before["dense_1/kernel"]?.data).toEqual((await (await sessionOf(base)).weights())["dense_1/kernel"]?.data);
    session.runSteps(0, ratesOf(0.1, 2));
    const after = await session.weights();
    expect(after["dense/kernel"]).toEqual(before["dense/kernel"]);
    expect(after["dense_1/kernel"]).not.toEqual(before["dense_1/kernel"]);
    session.reset();
    expect(await session.weights()).toEqual(before);
  });

  it("reads them from any safetensors file, and refuses one without arrays", async () => {
    const around = { base, dataOf: () => blankDataset("xor") };
    const tensors = { "dense/kernel": array([2, 3], 2) };
    const read = await weightsOfFile("a.safetensors", writeSafetensors({ tensors, metadata: {} }), around);
    expect(read).toEqual(tensors);
    const none = writeSafetensors({ tensors: {}, metadata: {} });
    await expect(weightsOfFile("a.safetensors", none, around)).rejects.toThrow("expected a file with weights");
  });
});

describe("freezing", () => {
  const convnet = presets.convnet.description;
  const frozenTypes = (model: ModelDescription): string[] =>
    networkOf(model).blocks.flatMap(({ type, frozen }) => (frozen ? [type] : []));

  it("goes up to a layer, and thaws", () => {
    const frozen = freezeUpTo(convnet, "model", "conv2d-3");
    expect(frozenTypes(frozen)).toEqual(["Conv2D", "MaxPooling2D", "Conv2D"]);
    expect(freezeUpTo(frozen, "model", null)).toEqual(convnet);
    expect(parseDescription(frozen)).toEqual(frozen);
  });

  it("of what is taken spares the last layer with weights, and those that lack some", () => {
    const report = analyzeModel(convnet, blankDataset("mnist"));
    const shapes = shapesOf(report);
    const given = Object.fromEntries([...shapes].map(([name, shape]) => [name, array(shape)]));
    const { "conv2d/bias": _, ...lacking } = given;
    const frozen = withTakenFrozen(convnet, matchWeights(shapes, lacking));
    expect(frozenTypes(frozen)).toEqual(["Conv2D", "Conv2D", "Dense"]);
  });
});

describe("the stages of the preset transfer", () => {
  const first = presets.transfer.description;

  it("are known by their names, and take edits along", () => {
    const edited = withBlocks(first, networkOf(first).blocks.slice(1));
    const second = modelOfStage("transfer", 1, edited);
    expect([stageOf("transfer", first), stageOf("transfer", second)]).toEqual([0, 1]);
    expect(networkOf(second).blocks.map(({ type }) => type)).toEqual(networkOf(edited).blocks.map(({ type }) => type));
    expect(modelOfStage("transfer", 0, second)).toEqual(edited);
  });

  it("freeze the convolutions, and train the dense layers alone", () => {
    const second = modelOfStage("transfer", 1, first);
    expect(parseDescription(second)).toEqual(second);
    const { trainableCount, parameterCount, problems } = reportOf(second);
    expect(problems).toEqual([]);
    expect([parameterCount, trainableCount]).toEqual([224_389, 205_573]);
    expect(reportOf(modelOfStage("transfer", 2, second)).trainableCount).toBe(224_389);
  });
});
