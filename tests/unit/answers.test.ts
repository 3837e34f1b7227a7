// What scores are made of: that it is the model's own answers, of the right samples, and that nobody who looks changes a score.
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { presets } from "../../src/engine/model/presets";
import { type Answers, toldOf } from "../../src/engine/train/answers";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { splitRows } from "../../src/engine/train/splitRows";
import { columnOf } from "../support/data";
import { firstDigits } from "../support/mnist";
import { ratesOf, softmaxModel } from "../support/models";
import { accuracyOf, lossOf } from "../support/scores";
import { onCpu, Recording } from "../support/trainer";

const recording = new Recording();
const { trainer } = recording;
beforeEach(() => recording.clear());
afterAll(() => trainer.dispose());

const pause = async (): Promise<void> => {};

describe("answers behind a score", () => {
  it("are those of the model to each sample, over batches of which the last is short", async () => {
    const dataset = await firstDigits(900, 730);
    const description = softmaxModel({ validationCount: 620 });
    const backend = createCpuBackend();
    const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
    session.runSteps(0, ratesOf(0.01, 9));
    const heard: Answers[] = [];
    const score = await session.scoreTest(pause, (answers) => heard.push(answers));
    expect(await session.scoreTest(pause), "nobody listens").toEqual(score);
    const [answers] = heard;
    if (!answers) throw new Error("nothing was heard");
    expect([answers.split, answers.areProbabilities, answers.rows[729]]).toEqual(["test", true, 729]);
    expect([...answers.labels]).toEqual([...columnOf(dataset.test, "label")]);
    const image = Float32Array.from(columnOf(dataset.test, "image"), (value) => value / 255);
    const { output } = await session.show({ image }, 730);
    const off = answers.outputs.map((value, i) => Math.abs(value - (output?.data[i] ?? NaN)));
    expect(Math.max(...off)).toBeLessThan(1e-6);
    expect(answers.losses.reduce((sum, loss) => sum + loss, 0) / 730).toBeCloseTo(lossOf(score), 5);
    answers.losses.forEach((loss, n) => {
      expect(loss).toBeCloseTo(-Math.log(answers.outputs[10 * n + (answers.labels[n] ?? 0)] ?? NaN), 4);
    });

    // Two at once, of which neither disturbs the other.
    const [again, held] = await Promise.all([
      session.scoreTest(pause, (own) => heard.push(own)),
      session.scoreValidation(pause, (own) => heard.push(own)),
      session.scoreTest(pause),
    ]);
    expect(again).toEqual(score);
    const validation = heard.find(({ split }) => split === "validation");
    expect(validation?.rows).toEqual(splitRows(900, { validationCount: 620, seed: 1 }).validation);
    const right = validation?.labels.filter((label, n) => {
      const own = validation.outputs.subarray(10 * n, 10 * n + 10);
      return own.indexOf(Math.max(...own)) === label;
    });
    expect((right?.length ?? NaN) / 620).toBeCloseTo(accuracyOf(held), 12);
  });

  it("are cut where there are too many, and told of one sample at least", () => {
    expect([toldOf(10_000, 10), toldOf(2 ** 24, 256), toldOf(5, 2 ** 25)]).toEqual([10_000, 65_536, 1]);
  });
});

describe("the trainer tells answers", () => {
  const description = { ...presets.xor.description };

  it("at every validation and test while that is watched, and when asked", async () => {
    const model = softmaxModel({ validationCount: 40, epochs: 2, batchSize: 64 });
    await trainer.prepare(model, { ...onCpu, limit: 128 });
    await trainer.train();
    const told = () => recording.events.flatMap((event) => (event.type === "answers" ? [event] : []));
    expect(told()).toEqual([]);
    await trainer.reset();
    await trainer.watch(true);
    await trainer.train();
    expect(told().map(({ answers: { split, rows }, step }) => [split, rows.length, step])).toEqual([
      ["validation", 40, 2],
      ["validation", 40, 4],
      ["test", 10_000, 4],
    ]);
    const asked = await trainer.answers("validation");
    expect(asked).toEqual({ step: 4, answers: told()[1]?.answers });
    await trainer.watch(false);
    // When samples were learnt is kept whether it is watched or not, of the run that it is.
    const history = await trainer.inquire("history", {});
    const right = asked?.answers.labels.filter((label, n) => history?.says[n] === label).length;
    expect([history?.steps, history?.rows]).toEqual([[2, 4], asked?.answers.rows]);
    expect((right ?? NaN) / 40).toBeCloseTo(accuracyOf(recording.validations.at(-1)?.values ?? {}), 6);
    const samples = await trainer.samples("train", asked?.answers.rows.slice(0, 3) ?? new Uint32Array());
    expect(samples?.["label"]?.values).toEqual(asked?.answers.labels.slice(0, 3));
    expect(samples?.["image"]?.values.length).toBe(3 * 784);
    expect(Math.max(...(samples?.["image"]?.values ?? []))).toBeLessThanOrEqual(1);
    expect(await trainer.samples("test", Uint32Array.of(10_000)), "there is no such row").toBeNull();
    expect(await trainer.samples("test", new Uint32Array(2000)), "too many").toBeNull();
  });

  it("and follows a sample through every block, to the answer that it gives", async () => {
    const model = softmaxModel();
    await trainer.prepare(model, { ...onCpu, limit: 64 });
    const { image } = (await trainer.samples("test", Uint32Array.of(0))) ?? {};
    const columns = { image: image?.values ?? new Float32Array() };
    const outputs = (await trainer.inquire("trace", { columns })) ?? [];
    expect(outputs.map(({ network, shape }) => [network, shape])).toEqual([
      ["model", [784]],
      ["model", [10]],
    ]);
    expect(outputs[0]?.data).toEqual(columns.image);
    const shown = await trainer.show(columns, 1);
    outputs[1]?.data.forEach((value, i) => expect(value).toBeCloseTo(shown?.["output"]?.data[i] ?? NaN, 6));
    expect(
      await trainer.inquire("trace", { columns: { image: new Float32Array(3) } }),
      "no image of its size",
    ).toBeNull();
  });

  it("of two classes by one unit, and none of samples or classes that there are not", async () => {
    await trainer.prepare(description, onCpu);
    expect(await trainer.answers("validation"), "no sample is held out").toBeNull();
    const told = await trainer.answers("test");
    expect([told?.answers.outputs.length, told?.answers.labels.length]).toEqual([4, 4]);
    await trainer.prepare(presets.curve.description, onCpu);
    expect(await trainer.answers("test"), "numbers are predicted").toBeNull();
  });
});
