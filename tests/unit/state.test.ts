// The state of a model by name: initial weights that follow from ids alone, and weights and snapshots that are taken whole
// or refused whole.
import { afterEach, describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { xor } from "../../src/engine/data/xor";
import { ArgumentError } from "../../src/engine/errors";
import type { Block } from "../../src/engine/model/blocks";
import type { ModelDescription } from "../../src/engine/model/description";
import { ResidentData } from "../../src/engine/train/resident";
import { Session, type Snapshot, type Weight } from "../../src/engine/train/session";
import { type BlockSpec, modelOf, networkOf, ratesOf, withBlocks, withLearning } from "../support/models";
import { lossOf } from "../support/scores";

const open: Session[] = [];
afterEach(() => {
  for (const session of open.splice(0)) session.dispose();
});

async function sessionOf(description: ModelDescription): Promise<Session> {
  const backend = createCpuBackend();
  const dataset = await xor.load(() => Promise.reject(new Error("XOR reads no file")));
  const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
  open.push(session);
  return session;
}

const last: BlockSpec = ["Dense", { units: 1, activation: "sigmoid" }];
/** Two layers with weights, one with running statistics, and an optimizer with two slots. */
const model = modelOf(
  [["Dense", { units: 3 }], ["BatchNormalization"], ["Activation", { activation: "tanh" }], last],
  {
    batchSize: 4,
    loss: "meanSquaredError",
  },
  "xor",
);

/** The values that a session starts from, by layer's id and variable, whatever the layers are called. */
async function startOf(description: ModelDescription): Promise<ReadonlyMap<string, readonly number[]>> {
  const { blocks } = networkOf(description);
  const named = withBlocks(
    description,
    blocks.map((block) => ({ ...block, name: block.id })),
  );
  const weights = await (await sessionOf(named)).weights();
  return new Map(Object.entries(weights).map(([name, { data }]) => [name, [...data]]));
}

describe("initial weights", () => {
  const hidden: BlockSpec = ["Dense", { units: 2, activation: "tanh" }];
  const base = modelOf([hidden, hidden, last], { loss: "meanSquaredError" }, "xor");
  const blocks = networkOf(base).blocks;
  const extra = { id: "new", type: "Dense", config: { units: 2 } } as const;

  it.each<[string, readonly Block[]]>([
    ["a layer inserted before them", [extra, ...blocks]],
    ["a layer inserted between them", [blocks[0]!, extra, ...blocks.slice(1)]],
    ["a layer without weights", [{ id: "new", type: "Dropout", config: {} }, ...blocks]],
    ["a layer taken out", [blocks[0]!, blocks[2]!]],
    ["another order", [blocks[1]!, blocks[0]!, blocks[2]!]],
    [
      "a container around one of them",
      [blocks[0]!, { id: "new", type: "Residual", config: {}, branches: [[blocks[1]!]] }, blocks[2]!],
    ],
  ])("are not changed by %s", async (_, changed) => {
    const before = await startOf(base);
    const after = await startOf(withBlocks(base, changed));
    // Of a container's layer the name is numbered; its id is in no name then.
    const shared = [...after.keys()].filter((name) => before.has(name));
    expect(shared.length).toBeGreaterThanOrEqual(4);
    for (const name of shared) expect(after.get(name), name).toEqual(before.get(name));
  });

  it("of layers alike differ, and so do those of other seeds and other ids", async () => {
    const start = await startOf(base);
    expect(start.get("l0/kernel")).toHaveLength(4);
    expect(start.get("l1/kernel")).not.toEqual(start.get("l0/kernel"));
    const seeded = await startOf(withLearning(base, { seed: 2 }));
    expect(seeded.get("l0/kernel")).not.toEqual(start.get("l0/kernel"));
    const renamed = await startOf(withBlocks(base, [{ ...blocks[0]!, id: "other" }, ...blocks.slice(1)]));
    expect(renamed.get("other/kernel")).not.toEqual(start.get("l0/kernel"));
  });
});

/** Everything a session holds that training changes. */
const everythingIn = async (session: Session): Promise<Snapshot> => session.snapshot(0);

/** The refusal of something. */
function refusalOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("expected a refusal, got none");
}

describe("weights", () => {
  it("are named by layer and variable, with their shapes, and go back as they came", async () => {
    const session = await sessionOf(model);
    const weights = await session.weights();
    expect(Object.entries(weights).map(([name, { shape }]) => [name, shape])).toEqual([
      ["dense/kernel", [2, 3]],
      ["dense/bias", [3]],
      ["batch_normalization/gamma", [3]],
      ["batch_normalization/beta", [3]],
      ["batch_normalization/movingMean", [3]],
      ["batch_normalization/movingVariance", [3]],
      ["dense_1/kernel", [3, 1]],
      ["dense_1/bias", [1]],
    ]);
    session.runSteps(0, ratesOf(0.1, 3));
    const learnt = await session.weights();
    for (const [name, { data }] of Object.entries(learnt)) expect(data, name).not.toEqual(weights[name]?.data);
    session.setWeights(weights);
    expect(await session.weights()).toEqual(weights);
    session.setWeights(Object.fromEntries(Object.entries(learnt).map(([name, { data }]) => [name, data])));
    expect(await session.weights()).toEqual(learnt);
  });

  it("are set in part where that is asked for", async () => {
    const session = await sessionOf(model);
    const before = await session.weights();
    session.setWeights({ "dense/bias": Float32Array.of(1, 2, 3) }, { partial: true });
    expect(await session.weights()).toEqual({
      ...before,
      "dense/bias": { shape: [3], data: Float32Array.of(1, 2, 3) },
    });
  });

  type Values = Record<string, Float32Array | Weight>;
  const without = (given: Values): Values =>
    Object.fromEntries(Object.entries(given).filter(([name]) => name !== "dense/bias"));
  it.each<[string, (weights: Values) => Values, boolean, string]>([
    ["one that is missing", without, false, "missing: dense/bias"],
    ["an unknown one", (all) => ({ ...all, "dense_7/kernel": new Float32Array(6) }), false, "unknown: dense_7/kernel"],
    ["an unknown one in part", () => ({ kernel: new Float32Array(6) }), true, "unknown: kernel"],
    [
      "one of another length",
      (all) => ({ ...all, "dense/bias": new Float32Array(4) }),
      false,
      "misshapen: dense/bias [4] instead of [3]",
    ],
    [
      "one of another shape and the same length",
      (all) => ({ ...all, "dense/kernel": { shape: [3, 2], data: new Float32Array(6) } }),
      false,
      "misshapen: dense/kernel [3, 2] instead of [2, 3]",
    ],
    [
      "one whose data are not as many as its shape says",
      (all) => ({ ...all, "dense/kernel": { shape: [2, 3], data: new Float32Array(5) } }),
      false,
      "misshapen: dense/kernel",
    ],
    [
      "one of another length in part",
      () => ({ "dense/bias": new Float32Array(4) }),
      true,
      "misshapen: dense/bias [4] instead of [3]",
    ],
    [
      "several at once",
      (all) => ({ ...without(all), "dense/kernel": new Float32Array(1), other: new Float32Array(1) }),
      false,
      "unknown: other; missing: dense/bias; misshapen: dense/kernel [1] instead of [2, 3]",
    ],
  ])("refuse %s by name, and change nothing", async (_, change, partial, words) => {
    const session = await sessionOf(model);
    const weights = await session.weights();
    const before = await everythingIn(session);
    // Other values for the rest, so that anything taken over would show.
    const moved = Object.entries(weights).map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => value + 1) },
    ]);
    expect(refusalOf(() => session.setWeights(change(Object.fromEntries(moved)), { partial }))).toContain(words);
    expect(await everythingIn(session)).toEqual(before);
  });

  it("lists a few names at most", async () => {
    const session = await sessionOf(model);
    const message = refusalOf(() => session.setWeights({}));
    expect(message).toBe(
      "Weights: expected the tensors of this model, got others (missing: dense/kernel, dense/bias, " +
        "batch_normalization/gamma, batch_normalization/beta and 4 more). Use those of a model with the same layers.",
    );
  });
});

describe("a snapshot", () => {
  it("holds what training changes, by name, and goes back as it came", async () => {
    const session = await sessionOf(model);
    session.runSteps(0, ratesOf(0.1, 2));
    const snapshot = await session.snapshot(2);
    expect(snapshot.step).toBe(2);
    expect(Object.keys(snapshot.tensors)).toEqual([
      "model/trained",
      "model/kept",
      "model/slot/mean",
      "model/slot/meanSquare",
    ]);
    session.runSteps(2, ratesOf(0.1, 2));
    const scores = await session.readScores(2, 4);
    const after = await session.snapshot(4);
    session.restore(snapshot);
    expect(await session.snapshot(2)).toEqual(snapshot);
    session.runSteps(2, ratesOf(0.1, 2));
    expect(await session.snapshot(4)).toEqual(after);
    expect((await session.readScores(2, 4)).map(lossOf)).toEqual(scores.map(lossOf));
  });

  type Tensors = Snapshot["tensors"];
  it.each<[string, (tensors: Tensors) => Tensors, string]>([
    [
      "without a slot",
      (tensors) => Object.fromEntries(Object.entries(tensors).filter(([name]) => name !== "model/slot/mean")),
      "missing: model/slot/mean",
    ],
    [
      "with one too many",
      (tensors) => ({ ...tensors, "model/slot/velocity": new Float32Array(3) }),
      "unknown: model/slot/velocity",
    ],
    [
      "with one too short",
      (tensors) => ({ ...tensors, "model/kept": (tensors["model/kept"] ?? new Float32Array()).slice(1) }),
      "misshapen: model/kept",
    ],
    ["of nothing", () => ({}), "missing: model/trained, model/kept, model/slot/mean, model/slot/meanSquare"],
  ])("%s is refused by name, and changes nothing", async (_, change, words) => {
    const session = await sessionOf(model);
    session.runSteps(0, ratesOf(0.1, 2));
    const { step, tensors } = await session.snapshot(2);
    session.reset();
    const before = await everythingIn(session);
    expect(refusalOf(() => session.restore({ step, tensors: change(tensors) }))).toContain(words);
    expect(await everythingIn(session)).toEqual(before);
  });

  it("of another optimizer is refused", async () => {
    const session = await sessionOf(model);
    const other = await sessionOf(withLearning(model, { optimizer: { type: "Momentum", config: {} } }));
    const snapshot = await other.snapshot(0);
    expect(refusalOf(() => session.restore(snapshot))).toBe(
      "Snapshot: expected the tensors of this model, got others (unknown: model/slot/velocity; missing: " +
        "model/slot/mean, model/slot/meanSquare). Use those of a model with the same layers.",
    );
  });
});
