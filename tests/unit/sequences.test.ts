// Models of sequences: containers that read them both ways or step by step, and plans that are no longer for longer ones.
import { afterEach, describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { compile } from "../../src/engine/compile/compile";
import { merging } from "../../src/engine/compile/merging";
import type { Dataset } from "../../src/engine/data";
import type { Node } from "../../src/engine/graph/node";
import type { ModelDescription } from "../../src/engine/model/description";
import { analyzeModel } from "../../src/engine/model/analyze";
import { sum } from "../../src/engine/ops/broadcast";
import { gradients } from "../../src/engine/ops/gradients";
import { input } from "../../src/engine/ops/leaf";
import { recurrent } from "../../src/engine/ops/recurrent";
import { cells, type CellName } from "../../src/engine/ops/recurrentCells";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { labelled, splitOf } from "../support/data";
import { analyze, type BlockSpec, modelOf, ratesOf, sgd } from "../support/models";

const open: Session[] = [];
afterEach(() => {
  for (const session of open.splice(0)) session.dispose();
});

/** Five series of three steps of two channels, and one of so many classes. */
const numbers = Float32Array.from({ length: 30 }, (_, i) => Math.sin(i * 1.7) * 2);
const seriesOf = (classes: number): Dataset =>
  labelled(
    {
      id: "series",
      title: "Series",
      input: { kind: "points", shape: [3, 2], dtype: "f32", scale: 1 },
      names: Array.from({ length: classes }, (_, i) => `${i}`),
    },
    splitOf(numbers, Uint8Array.of(0, 1, 1, 0, 1)),
  );

// The second batch of an epoch has two samples.
const model = (...specs: BlockSpec[]): ModelDescription =>
  modelOf(specs, { loss: "meanSquaredError", batchSize: 3, optimizer: sgd(0.1) }, "series");

async function sessionOf(description: ModelDescription, classes = 2): Promise<Session> {
  const backend = createCpuBackend();
  const resident = new ResidentData(backend);
  const session = await Session.create({ backend, description, dataset: seriesOf(classes), resident, shuffle: false });
  open.push(session);
  return session;
}

type Weights = Readonly<Record<string, readonly number[]>>;

/** What a model of known weights gives for one series. */
async function outputOf(
  description: ModelDescription,
  weights: Weights,
  x: readonly number[],
  outputs: number,
): Promise<number[]> {
  const session = await sessionOf(description, outputs);
  const values = Object.entries(weights).map(([name, list]) => [name, Float32Array.from(list)]);
  session.setWeights(Object.fromEntries(values));
  const { output } = await session.show({ input: Float32Array.from(x) }, 1);
  return [...(output?.data ?? [])];
}

/** The losses of six steps. @param weights by place, of a model with others of the same shapes */
async function losses(description: ModelDescription): Promise<number[]> {
  const session = await sessionOf(description);
  const weights = Object.entries(await session.weights());
  const drawn = weights.map(([name, { data, shape }], k) => {
    const isScale = shape.length === 1 && k === 0;
    return [name, data.map((_, i) => Math.sin(i * 1.3 + k) * 0.5 + (isScale ? 1 : 0))] as const;
  });
  session.setWeights(Object.fromEntries(drawn));
  session.runSteps(0, ratesOf(0.1, 6));
  return (await session.readScores(0, 6)).map(({ loss }) => loss ?? NaN);
}

describe("Bidirectional", () => {
  const plain = { units: 1, useBias: false, activation: "linear" };
  const both = (merge: string, more: object): ModelDescription =>
    model(
      ["Bidirectional", { merge }, [[["SimpleRNN", { ...plain, ...more }]], [["SimpleRNN", { ...plain, ...more }]]]],
      ["Flatten"],
    );
  // The first channel alone is read; states are multiplied by 2 one way and by 3 the other.
  const weights = {
    "simple_rnn/kernel": [1, 0],
    "simple_rnn/recurrentKernel": [2],
    "simple_rnn_1/kernel": [1, 0],
    "simple_rnn_1/recurrentKernel": [3],
  };
  const x = [1, 7, 10, 7, 100, 7];

  it("merges the last states of either way", async () => {
    expect(await outputOf(both("concat", {}), weights, x, 2)).toEqual([100 + 2 * (10 + 2 * 1), 1 + 3 * (10 + 3 * 100)]);
  });

  it("turns the sequence of the way back round, so that steps meet", async () => {
    const all = { returnSequences: true };
    expect(await outputOf(both("concat", all), weights, x, 6)).toEqual([1, 931, 12, 310, 124, 100]);
    expect(await outputOf(both("sum", all), weights, x, 3)).toEqual([932, 322, 224]);
    expect(await outputOf(both("ave", all), weights, x, 3)).toEqual([466, 161, 112]);
    expect(await outputOf(both("mul", all), weights, x, 3)).toEqual([931, 3720, 12400]);
  });

  it("learns as Branches do of which one goes backwards", async () => {
    const lstm = (goBackwards: boolean): BlockSpec => ["LSTM", { units: 3, goBackwards }];
    const last: BlockSpec = ["Dense", { units: 2, activation: "softmax" }];
    const ours = await losses(model(["Bidirectional", {}, [[lstm(false)], [lstm(false)]]], last));
    const wanted = await losses(model(["Branches", {}, [[lstm(false)], [lstm(true)]]], last));
    for (const [i, loss] of ours.entries()) expect(loss).toBeCloseTo(wanted[i] ?? NaN, 6);
    expect(ours.at(-1)).not.toBeCloseTo(ours[0] ?? NaN, 3);
  });

  it("needs a sequence", () => {
    const { problems } = analyze(modelOf([["Flatten"], ["Bidirectional", {}, [[], []]]]));
    expect(problems[0]).toMatchObject({ severity: "error", layerId: "l1", fix: { kind: "insertBefore" } });
  });
});

describe("TimeDistributed", () => {
  it("gives every step to the same layers", async () => {
    const inside: BlockSpec = ["TimeDistributed", {}, [[["Dense", { units: 1 }]]]];
    const weights = { "dense/kernel": [1, 10], "dense/bias": [0.5] };
    expect(await outputOf(model(inside, ["Flatten"]), weights, [1, 2, 3, 4, 5, 6], 3)).toEqual([21.5, 43.5, 65.5]);
  });

  it("normalizes all steps of the samples that count, as the layer itself does", async () => {
    const last: readonly BlockSpec[] = [["Flatten"], ["Dense", { units: 2, activation: "softmax" }]];
    const ours = await losses(model(["TimeDistributed", {}, [[["BatchNormalization"]]]], ...last));
    const wanted = await losses(model(["BatchNormalization"], ...last));
    for (const [i, loss] of ours.entries()) expect(loss).toBeCloseTo(wanted[i] ?? NaN, 6);
  });

  it("needs steps, and counts its work once for each", () => {
    const { problems } = analyze(modelOf([["Flatten"], ["TimeDistributed", {}, [[]]]]));
    expect(problems[0]).toMatchObject({ severity: "error", layerId: "l1" });
    const { layers } = analyzeModel(model(["TimeDistributed", {}, [[["Dense", { units: 4 }]]]]), seriesOf(2));
    expect(layers[0]?.output?.shape).toEqual([3, 4]);
    expect(layers[0]?.flops).toBe(3 * 2 * 2 * 4);
  });
});

describe("a walk", () => {
  it.each(Object.keys(cells) as CellName[])("of 200 steps by %s takes as many launches as one of 28", (cell) => {
    const launches = (steps: number): number => {
      const width = cells[cell].gates * 8;
      const [x, kernel]: [Node, Node] = [input("x", [64, steps, width]), input("kernel", [8, width])];
      const options = { cell, activation: "tanh", recurrentActivation: "sigmoid", reverse: false } as const;
      const states = recurrent(x, kernel, { ...options, sequences: false });
      return compile({ outputs: gradients(sum(states), [x, kernel]) }, { fuse: true, merging }).launches.length;
    };
    expect(launches(200)).toBe(launches(28));
    expect(launches(28)).toBeLessThanOrEqual(8);
  });
});
