// What the trainer learns from and how it scores: which rows it sees, short batches, learning rates, and early stopping.
import type { Kept } from "../../src/engine/train/kept";
import { memoryOf } from "../../src/engine/train/snapshot";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import type { Dataset } from "../../src/engine/data";
import { ModelError } from "../../src/engine/errors";
import type { ModelDescription } from "../../src/engine/model/description";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { splitRows } from "../../src/engine/train/splitRows";
import { firstDigits } from "../support/mnist";
import { columnOf } from "../support/data";
import { modelOf, sgd, softmaxModel as model, ratesOf, withRate } from "../support/models";
import { accuracyOf, lossOf } from "../support/scores";
import { onCpu, Recording } from "../support/trainer";

const recording = new Recording();
const { trainer } = recording;
beforeEach(() => recording.clear());
afterAll(() => trainer.dispose());

const options = (limit: number) => ({ ...onCpu, limit });
const sorted = (rows: Uint32Array): number[] => [...rows].toSorted((a, b) => a - b);

async function sessionOf(dataset: Dataset, description: ModelDescription, limit?: number): Promise<Session> {
  const backend = createCpuBackend();
  return Session.create({
    backend,
    description,
    dataset,
    resident: new ResidentData(backend),
    ...(limit !== undefined && { limit }),
  });
}

describe("the split of rows", () => {
  it("gives each row to training or validation, once, by the seed alone", () => {
    const { train, validation } = splitRows(100, { validationCount: 30, seed: 1 });
    expect([train.length, validation.length]).toEqual([70, 30]);
    expect(sorted(Uint32Array.of(...train, ...validation))).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(splitRows(100, { validationCount: 30, seed: 1 })).toEqual({ train, validation });
    expect(splitRows(100, { validationCount: 30, seed: 2 }).validation).not.toEqual(validation);
  });

  it("takes a limit from the training rows and leaves the validation rows alone", () => {
    const { train, validation } = splitRows(100, { validationCount: 30, seed: 1 });
    const limited = splitRows(100, { validationCount: 30, seed: 1, limit: 10 });
    expect(limited.validation).toEqual(validation);
    expect(limited.train).toEqual(train.slice(0, 10));
    expect(splitRows(100, { validationCount: 30, seed: 1, limit: 1000 })).toEqual({ train, validation });
  });

  it("keeps the order and holds out the last rows where nothing is to be shuffled", () => {
    const inOrder = { validationCount: 3, seed: 1, shuffle: false };
    expect(splitRows(10, inOrder)).toEqual({
      train: Uint32Array.of(0, 1, 2, 3, 4, 5, 6),
      validation: Uint32Array.of(7, 8, 9),
    });
    expect(splitRows(10, { ...inOrder, limit: 4 })).toEqual({
      train: Uint32Array.of(0, 1, 2, 3),
      validation: Uint32Array.of(7, 8, 9),
    });
    expect(splitRows(10, { ...inOrder, limit: 9 }).train).toHaveLength(7);
  });

  it("keeps one row for training, and holds out none when told so", () => {
    expect(splitRows(4, { validationCount: 3, seed: 1 }).train).toHaveLength(1);
    const holdOutAll = () => splitRows(4, { validationCount: 4, seed: 1 });
    expect(holdOutAll).toThrow(ModelError);
    expect(holdOutAll).toThrow(
      "Validation samples: expected fewer than the 4 training samples, got 4. Hold out fewer.",
    );
    expect(splitRows(4, { validationCount: 0, seed: 1 })).toMatchObject({ validation: new Uint32Array(0) });
  });
});

describe("training", () => {
  /** Sixty samples, each lighting one pixel of its own: only a sample that is seen moves that pixel's weights. */
  const sparks = async (): Promise<Dataset> => {
    const digits = await firstDigits(60);
    const image = new Uint8Array(60 * 784);
    for (let row = 0; row < 60; row++) image[row * 784 + row] = 255;
    return { ...digits, train: { count: 60, columns: { ...digits.train.columns, image } } };
  };

  async function movedRows(session: Session, steps: number): Promise<Uint32Array> {
    const before = (await session.weights())["dense/kernel"]!.data;
    session.runSteps(0, ratesOf(0.1, steps));
    const after = (await session.weights())["dense/kernel"]!.data;
    const moved = Array.from({ length: 784 }, (_, pixel) => pixel).filter((pixel) =>
      after.subarray(pixel * 10, pixel * 10 + 10).some((value, i) => value !== before[pixel * 10 + i]),
    );
    return Uint32Array.from(moved);
  }

  it("sees every training row in an epoch and no row that is held out, ever", async () => {
    const dataset = await sparks();
    const description = model({ optimizer: sgd(0.1), batchSize: 7, validationCount: 20 });
    const { train } = splitRows(60, { validationCount: 20, seed: description.training.seed });
    for (const epochs of [1, 3]) {
      const session = await sessionOf(dataset, description);
      expect(session.stepsPerEpoch).toBe(6);
      expect([...(await movedRows(session, 6 * epochs))]).toEqual(sorted(train));
    }
  });

  it("sees each row once an epoch, in batches that do not overlap", async () => {
    const description = model({ optimizer: sgd(0.1), batchSize: 7, validationCount: 20 });
    for (const [steps, rows] of [
      [1, 7],
      [2, 14],
      [5, 35],
      [6, 40],
    ] as const) {
      expect(await movedRows(await sessionOf(await sparks(), description), steps)).toHaveLength(rows);
    }
  });

  it("sees only as many rows as the limit", async () => {
    const description = model({ optimizer: sgd(0.1), batchSize: 7, validationCount: 20 });
    const session = await sessionOf(await sparks(), description, 10);
    expect(session.stepsPerEpoch).toBe(2);
    expect([...(await movedRows(session, 4))]).toEqual(
      sorted(splitRows(60, { validationCount: 20, seed: 1, limit: 10 }).train),
    );
  });
});

describe("scores", () => {
  /** Loss and accuracy from the model's own probabilities. */
  async function byHand(session: Session, split: Dataset["test"], rows: readonly number[]) {
    const [images, labels] = [columnOf(split, "image"), columnOf(split, "label")];
    const pixels = Float32Array.from(
      rows.flatMap((row) => [...images.subarray(row * 784, row * 784 + 784)]),
      (value) => value / 255,
    );
    const { output } = await session.show({ image: pixels }, rows.length);
    const probabilities = output?.data ?? new Float32Array();
    let loss = 0;
    let correct = 0;
    rows.forEach((row, n) => {
      const own = probabilities.subarray(n * 10, n * 10 + 10);
      loss -= Math.log(own[labels[row]!]!);
      if (own.indexOf(Math.max(...own)) === labels[row]) correct++;
    });
    return { loss: loss / rows.length, accuracy: correct / rows.length };
  }

  it("of the test set and of the held-out rows are right where the last batch is short", async () => {
    const dataset = await firstDigits(900, 730);
    const description = model({ validationCount: 620 });
    const session = await sessionOf(dataset, description);
    session.runSteps(0, ratesOf(0.01, 9));
    const pause = async (): Promise<void> => {};
    const test = await byHand(
      session,
      dataset.test,
      Array.from({ length: 730 }, (_, i) => i),
    );
    const held = await byHand(session, dataset.train, [
      ...splitRows(900, { validationCount: 620, seed: 1 }).validation,
    ]);
    for (const [score, wanted] of [
      [await session.scoreTest(pause), test],
      [await session.scoreValidation(pause), held],
    ] as const) {
      expect(accuracyOf(score)).toBeCloseTo(wanted.accuracy, 12);
      // Sums of 500 f32 losses.
      expect(Math.abs(lossOf(score) / wanted.loss - 1)).toBeLessThan(1e-5);
    }
    // Scoring a second time gives the same, and has not taught it anything.
    expect(await session.scoreTest(pause)).toEqual(await session.scoreTest(pause));
  });

  it("of a short training batch are means over its own samples", async () => {
    const dataset = await firstDigits(40);
    const still = (batchSize: number) => model({ batchSize, optimizer: sgd(0) });
    const [parts, whole] = [await sessionOf(dataset, still(32)), await sessionOf(dataset, still(40))];
    parts.runSteps(0, ratesOf(0, 2));
    whole.runSteps(0, ratesOf(0));
    const [first, last] = await parts.readScores(0, 2);
    const [all] = await whole.readScores(0, 1);
    expect((32 * lossOf(first) + 8 * lossOf(last)) / 40).toBeCloseTo(lossOf(all), 6);
    expect((32 * accuracyOf(first) + 8 * accuracyOf(last)) / 40).toBeCloseTo(accuracyOf(all), 6);
    expect((8 * accuracyOf(last)) % 1).toBe(0);
  });

  it("include the penalty of L2, in training and without", async () => {
    const dataset = await firstDigits(40);
    const layers = (kernelL2: number) =>
      modelOf([["Flatten"], ["Dense", { units: 10, activation: "softmax", kernelL2 }]], {
        batchSize: 40,
        optimizer: sgd(0),
      });
    const [plain, weighed] = [await sessionOf(dataset, layers(0)), await sessionOf(dataset, layers(0.5))];
    const kernel = (await weighed.weights())["dense/kernel"]!.data;
    const penalty = 0.5 * kernel.reduce((sum, w) => sum + w * w, 0);
    const lossesOf = async (session: Session): Promise<number[]> => {
      session.runSteps(0, ratesOf(0));
      const [score] = await session.readScores(0, 1);
      return [lossOf(score), lossOf(await session.scoreTest(async () => {}))];
    };
    const [without, withPenalty] = [await lossesOf(plain), await lossesOf(weighed)];
    withPenalty.forEach((loss, i) => expect(loss - without[i]!).toBeCloseTo(penalty, 4));
  });
});

describe("the learning rate", () => {
  it("set in a pause holds from the next step on", async () => {
    const description = model({ optimizer: sgd(0.1) });
    await trainer.prepare(description, options(200));
    await trainer.step();
    const [before] = [await trainer.session?.weights()];
    await trainer.configure(withRate(description, 0));
    expect(recording.status.learningRates).toEqual({ model: 0 });
    await trainer.step();
    expect(await trainer.session?.weights()).toEqual(before);
    await trainer.configure(withRate(description, 0.1));
    await trainer.step();
    expect(await trainer.session?.weights()).not.toEqual(before);
  });

  it("set while running holds from then on, and the curve up to then is untouched", async () => {
    const long = model({ optimizer: sgd(0.1), epochs: 1500 });
    await trainer.prepare(long, options(64));
    await trainer.train();
    const untouched = recording.losses;
    await trainer.prepare(long, options(64));
    recording.clear();
    const running = trainer.train();
    await recording.until(({ steps }) => steps.length > 0);
    const told = recording.steps.length;
    await trainer.configure(withRate(long, 0));
    await running;
    const changed = recording.losses;
    const split = changed.findIndex((loss, i) => loss !== untouched[i]);
    expect(split).toBeGreaterThanOrEqual(told);
    // From there on nothing moves: the two batches of an epoch only change by their shuffling, their mean not at all.
    const epochs = changed.slice(split + (split % 2) + 2);
    const means = epochs.filter((_, i) => i % 2 === 0).map((loss, i) => (loss + epochs[2 * i + 1]!) / 2);
    expect(means.length).toBeGreaterThan(10);
    for (const mean of means) expect(mean).toBeCloseTo(means[0]!, 5);
  });

  it("multiplies with the schedule's factor", async () => {
    const halving = model({
      optimizer: sgd(0.1),
      schedule: { type: "step", config: { factor: 0.5, everyEpochs: 1 } },
    });
    await trainer.prepare(halving, options(64));
    expect(recording.status.learningRates).toEqual({ model: 0.1 });
    for (let i = 0; i < 2; i++) await trainer.step();
    expect(recording.status.learningRates).toEqual({ model: 0.05 });
    await trainer.configure(withRate(halving, 0.4));
    expect(recording.status.learningRates).toEqual({ model: 0.2 });
    // So may the schedule itself.
    await trainer.configure(model({ optimizer: sgd(0.4) }));
    expect(recording.status.learningRates).toEqual({ model: 0.4 });
  });

  it("follows the schedule from step to step, however many steps are submitted at once", async () => {
    const gliding = model({
      optimizer: sgd(1),
      epochs: 60,
      schedule: { type: "cosine", config: { warmupEpochs: 20, floor: 0 } },
    });
    await trainer.prepare(gliding, options(64));
    recording.clear();
    for (let i = 0; i < 120; i++) await trainer.step();
    const single = recording.losses;
    expect(single).toHaveLength(120);
    await trainer.prepare(gliding, options(64));
    recording.clear();
    await trainer.train();
    expect(recording.losses).toEqual(single);
  });

  it.each([NaN, -1, 10.5, Infinity])("%d is refused with a notice, and the old one stays", async (rate) => {
    const description = model({ optimizer: sgd(0.1) });
    await trainer.prepare(description, options(64));
    recording.clear();
    await trainer.configure(withRate(description, rate));
    expect(recording.notices).toEqual([
      {
        severity: "warning",
        code: "settings",
        message: `Optimizer SGD: Learning rate: expected a number from 0 to 10, got ${rate}. The old settings stay.`,
      },
    ]);
    await trainer.step();
    expect(recording.status.learningRates).toEqual({ model: 0.1 });
  });
});

describe("early stopping", () => {
  it("ends the run after so many epochs without a better validation loss", async () => {
    // Nothing is learnt, so nothing is ever better than the first epoch.
    await trainer.prepare(model({ optimizer: sgd(0), epochs: 50, validationCount: 100, patience: 2 }), options(64));
    await trainer.train();
    expect(recording.validations.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(recording.notices).toEqual([
      {
        severity: "info",
        code: "early-stopping",
        message:
          "Stopped early: the validation loss was best after epoch 1. The weights are back to those of that epoch.",
        step: 6,
      },
    ]);
    expect(recording.status).toMatchObject({ state: "finished", step: 6 });
    expect(recording.tests).toHaveLength(1);
  });

  it("scores the weights of the best epoch, unless those of the last are wanted", async () => {
    // A rate that grows until it does harm.
    const rising = { type: "cosine", config: { warmupEpochs: 100 } } as const;
    const overdone = (restoreBest: boolean) =>
      model({ optimizer: sgd(10), schedule: rising, epochs: 60, validationCount: 100, patience: 2, restoreBest });
    for (const restoreBest of [true, false]) {
      let kept: Kept | undefined;
      await trainer.keep((copy) => void (kept = copy));
      await trainer.prepare(overdone(restoreBest), options(64));
      recording.clear();
      await trainer.train();
      // The best is what it goes on from, and is handed over once.
      const copy = structuredClone(kept);
      const memory = memoryOf(copy?.snapshot ?? null, copy?.books.best.snapshot ?? null);
      expect(structuredClone(copy, { transfer: memory as ArrayBuffer[] })).toEqual(kept);
      const [notice] = recording.notices;
      expect(notice?.code).toBe("early-stopping");
      const losses = recording.validationLosses;
      const best = losses.indexOf(Math.min(...losses));
      expect(best).toBeLessThan(losses.length - 1);
      const score = await trainer.session?.scoreValidation(async () => {});
      expect(lossOf(score)).toBe(losses[restoreBest ? best : losses.length - 1]);
      // What is told of a validation is of the weights that there are.
      expect(recording.status.validation).toEqual(score);
      expect(recording.status.test).toEqual(await trainer.session?.scoreTest(async () => {}));
    }
    // Whoever trains on has patience again.
    const { step } = recording.status;
    await trainer.train();
    expect(recording.status.step).toBeGreaterThanOrEqual(step + 4);
  });

  it("does not while it gets better, nor when it is off", async () => {
    await trainer.prepare(model({ optimizer: sgd(0.01), epochs: 6, validationCount: 100, patience: 1 }), options(320));
    await trainer.train();
    const losses = recording.validationLosses;
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    expect(losses).toHaveLength(6);
    recording.clear();
    await trainer.prepare(model({ optimizer: sgd(0), epochs: 6, validationCount: 100 }), options(64));
    await trainer.train();
    expect(recording.validations).toHaveLength(6);
  });
});
