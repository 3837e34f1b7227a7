// What is wrong with data or weights is found where it enters and named, and never scored; a batch is never larger than the set.
import { fileSource } from "../../scripts/support/fileSource";
import { afterEach, describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import type { Dataset, Split } from "../../src/engine/data";
import { datasets } from "../../src/engine/data";
import { checkDataset } from "../../src/engine/data/check";
import { ArgumentError, DatasetError, ModelError } from "../../src/engine/errors";
import type { ModelDescription } from "../../src/engine/model/description";
import { Model } from "../../src/engine/train/model";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { blank, labelled, splitOf } from "../support/data";
import { modelOf, ratesOf } from "../support/models";
import { lossOf } from "../support/scores";

const backend = createCpuBackend();
const open: { dispose(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.dispose();
});

const input = { kind: "points", shape: [2], dtype: "f32", scale: 1 } as const;
const samples = (values: readonly number[], labels: readonly number[]): Split =>
  splitOf(Float32Array.from(values), Uint8Array.from(labels));
const good = samples([0, 1, 2, 3, 4, 5], [0, 1, 0]);
/** Three samples of two numbers, and which of two classes they are. */
const dataOf = (train: Split, test: Split = good): Dataset =>
  labelled({ id: "xor", title: "Pairs", input, names: ["no", "yes"] }, train, test);

const softmax = ["Dense", { units: 2, activation: "softmax" }] as const;
const description = modelOf([softmax], { batchSize: 2 }, "xor");

async function sessionOf(dataset: Dataset, of: ModelDescription = description): Promise<Session> {
  const session = await Session.create({ backend, description: of, dataset, resident: new ResidentData(backend) });
  open.push(session);
  return session;
}

async function expectRefusal(
  asked: Promise<unknown>,
  kind: typeof ArgumentError | typeof DatasetError | typeof ModelError,
  message: string,
): Promise<void> {
  const error: unknown = await asked.then(
    () => "no refusal",
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(kind);
  expect(error).toHaveProperty("message", message);
}

const pause = () => Promise.resolve();

describe("a dataset", () => {
  it.each<[string, Dataset, string]>([
    [
      "a number that is none",
      dataOf(samples([0, 1, 2, NaN, 4, 5], [0, 1, 0])),
      'Pairs, train column "input": expected a finite number, got NaN in sample 1 at 1. Mend or drop that sample.',
    ],
    [
      "an infinite one in the test set",
      dataOf(good, samples([0, 1, 2, 3, -Infinity, 5], [0, 1, 0])),
      'Pairs, test column "input": expected a finite number, got -Infinity in sample 2 at 0. Mend or drop that sample.',
    ],
    [
      "a label of no class",
      dataOf(samples([0, 1, 2, 3, 4, 5], [0, 1, 2])),
      'Pairs, train column "label": expected an index below 2, for so many names, got 2 in sample 2. Mend or drop that sample.',
    ],
    [
      "fewer values than samples",
      dataOf({ ...good, count: 4 }),
      'Pairs, train column "input": expected 8 values for 4 samples, got 6. Mend the column or the count.',
    ],
    [
      "fewer labels than samples",
      dataOf(good, { count: 3, columns: { ...good.columns, label: new Uint8Array(2) } }),
      'Pairs, test column "label": expected 3 values for 3 samples, got 2. Mend the column or the count.',
    ],
    [
      "a column of another type",
      dataOf({ ...good, columns: { ...good.columns, input: new Uint8Array(6) } }),
      'Pairs, train column "input": expected a Float32Array of its values, got Uint8Array. Give all columns of all splits.',
    ],
    [
      "no column",
      dataOf({ count: 3, columns: { input: new Float32Array(6) } }),
      'Pairs, train column "label": expected a Uint8Array of its values, got none. Give all columns of all splits.',
    ],
    ["no sample", dataOf(good, samples([], [])), "Pairs, test: expected samples, got none. Give at least one."],
  ])("with %s is refused, by programs and by trainers, and the place named", async (_, dataset, message) => {
    for (const made of [Model.create(description, dataset, backend), sessionOf(dataset)]) {
      await expectRefusal(made, DatasetError, message);
    }
  });

  it("that is built in, or all there is to read, is in order", async () => {
    const all = Object.values(datasets).filter(({ id }) => id !== "mnist");
    for (const each of all) checkDataset(await each.load(fileSource));
    checkDataset(blank("mnist", 3));
    checkDataset(dataOf(good));
  });

  it("that a model is asked about must be of numbers too", async () => {
    const model = await Model.create(description, dataOf(good), backend);
    open.push(model);
    const asked = model.predict(Float32Array.of(0, 1, 2, NaN), 2);
    const message = 'Column "input": expected finite numbers, got NaN in sample 1 at 1. Mend or drop that sample.';
    await expectRefusal(asked, ArgumentError, message);
    expect([...(await model.predict(Float32Array.of(0, 1, 2, 3), 2))].every(Number.isFinite)).toBe(true);
  });
});

it.each([NaN, Infinity])("weights of %d are scored on no split", async (bad) => {
  const session = await sessionOf(dataOf(good), {
    ...description,
    training: { ...description.training, validationCount: 1 },
  });
  expect(lossOf(await session.scoreTest(pause))).toBeGreaterThan(0);
  expect(lossOf(await session.scoreValidation(pause))).toBeGreaterThan(0);
  const weights = await session.weights();
  session.setWeights({ "dense/bias": Float32Array.of(0, bad) }, { partial: true });
  const message =
    "Scores: expected finite weights, got some that are not. Go back to when they were, and lower the learning rate.";
  await expectRefusal(session.scoreTest(pause), ModelError, message);
  await expectRefusal(session.scoreValidation(pause), ModelError, message);
  session.setWeights(weights);
  expect(lossOf(await session.scoreTest(pause))).toBeGreaterThan(0);
});

it("a batch larger than what there is to train on is that, and gives the same bits", async () => {
  const learn = async (batchSize: number) => {
    const session = await sessionOf(dataOf(good), { ...description, training: { ...description.training, batchSize } });
    session.runSteps(0, ratesOf(0.1, 4));
    const losses = (await session.readScores(0, 4)).map(lossOf);
    return { session, losses, weights: await session.weights() };
  };
  const [own, large] = [await learn(3), await learn(8192)];
  expect(large.session.samplesPerStep).toBe(3);
  expect(large.session.stepsPerEpoch).toBe(1);
  expect(large.losses).toEqual(own.losses);
  expect(large.weights).toEqual(own.weights);
  expect(large.session.memory).toEqual(own.session.memory);
  expect(large.session.trainingStep.plan.arenas).toEqual(own.session.trainingStep.plan.arenas);
});
