// Many runs side by side: where each stands on which axis, what a brush leaves, and in which order.
import { expect, it } from "vitest";
import { axesOf, brushed, sortedBy } from "../../app/runs/parallel";
import { type ListedRun, type ModelDescription, presets } from "../../src/engine";
import { NO_MARK } from "../../src/engine/trainer/keptRuns";
import type { OptimizerType } from "../../src/engine/optim/optimizers";
import { withLearning, withRate } from "../support/models";

const { description } = presets.perceptron;
const withBatch = (model: ModelDescription, batchSize: number): ModelDescription => ({
  ...model,
  training: { ...model.training, batchSize },
});

const runOf = (id: string, model: ModelDescription, accuracy?: number): ListedRun => ({
  id,
  createdAt: 0,
  updatedAt: 0,
  parent: null,
  description: model,
  state: "finished",
  step: 1,
  stepsPerEpoch: 1,
  totalSteps: 1,
  elapsedMs: 1,
  latest: null,
  validation: accuracy === undefined ? null : { loss: 1, accuracy },
  test: null,
  extremes: accuracy === undefined ? {} : { accuracy: { low: 0, high: accuracy } },
  machine: null,
  events: [],
  mark: NO_MARK,
  savedStep: null,
  bestStep: null,
  byteLength: 0,
});

const runs = [
  runOf("a", withBatch(withRate(description, 0.001), 16), 0.9),
  runOf("b", withBatch(withRate(description, 0.01), 32), 0.8),
  runOf("c", withBatch(withRate(description, 0.1), 64)),
];

it("has an axis for what runs differ in, by ratio where it spans much, and at the end how well they did", () => {
  const axes = axesOf(runs);
  expect(axes.map(({ label }) => label)).toEqual(["lr", "batch size", "Last accuracy", "Best accuracy"]);
  const [rate, batch, last] = axes;
  expect(rate?.places.map((place) => Number(place?.toFixed(6)))).toEqual([0, 0.5, 1]);
  expect(rate?.ticks.map(({ text }) => text)).toEqual(["0.001", "0.01", "0.1"]);
  expect(batch?.places[1]).toBeCloseTo(1 / 3);
  expect(last?.places).toEqual([1, 0, null]);
  expect(last?.texts).toEqual(["90.00%", "80.00%", "–"]);
});

it("leaves those that lie in all that is brushed, and sorts them, the better first and those without a number last", () => {
  const axes = axesOf(runs);
  const [rate, , last] = axes;
  if (!rate || !last) throw new Error("expected axes, got none");
  expect(brushed(axes, new Map(), 3)).toEqual([true, true, true]);
  expect(brushed(axes, new Map([[rate.key, [0.4, 1]]]), 3)).toEqual([false, true, true]);
  expect(brushed(axes, new Map([[rate.key, [0, 0.6]]]), 3)).toEqual([true, true, false]);
  expect(
    brushed(
      axes,
      new Map([
        [rate.key, [0.4, 1]],
        [last.key, [0, 1]],
      ]),
      3,
    ),
  ).toEqual([false, true, false]);
  expect(sortedBy(last, [2, 1, 0], false)).toEqual([0, 1, 2]);
  expect(sortedBy(last, [2, 1, 0], true)).toEqual([1, 0, 2]);
  expect(sortedBy(rate, [2, 0, 1], false)).toEqual([0, 1, 2]);
});

it("has none of runs that differ in nothing, and words in their order", () => {
  expect(axesOf([runOf("a", description), runOf("b", description)])).toEqual([]);
  const other = presets.convnet.description;
  const axes = axesOf([runOf("a", description), runOf("b", other)]);
  // What one has and the other has not has no place there.
  expect(axes.some(({ places }) => places.includes(null))).toBe(true);
  expect(axes.every(({ places }) => places.every((place) => place === null || (place >= 0 && place <= 1)))).toBe(true);
  const by = (type: OptimizerType) => runOf(type, withLearning(description, { optimizer: { type, config: {} } }));
  const of = axesOf([by("SGD"), by("AdamW"), by("Adam")]);
  const optimizer = of.find(({ texts }) => texts.includes("SGD"));
  expect(optimizer?.ticks).toEqual(["Adam", "AdamW", "SGD"].map((text, i) => ({ at: i / 2, text })));
  expect(optimizer?.places).toEqual([1, 0.5, 0]);
});
