// What GANs lose, by hand; whose turn it is; and the judge of made digits.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classesHit, readJudge, sumUp } from "../../app/inspect/views/made/judge";
import { withOneMore } from "../../app/inspect/views/made/past";
import type { Backend } from "../../src/engine/backend/backend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import type { Dataset } from "../../src/engine/data";
import { ring } from "../../src/engine/data/ring";
import type { Config } from "../../src/engine/fields";
import { presets } from "../../src/engine/model/presets";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { firstDigits } from "../support/mnist";

let backend: Backend;
let points: Dataset;
beforeAll(async () => {
  backend = await openCpuBackend();
  points = await ring.load(async () => new Uint8Array());
});
afterAll(() => backend.dispose());

const { description } = presets["gan-points"];
const open = (config: Config): Promise<Session> =>
  Session.create({
    backend,
    description: { ...description, task: { ...description.task, config: { ...description.task.config, ...config } } },
    dataset: points,
    resident: new ResidentData(backend),
  });

const RATES = { generator: 0.001, discriminator: 0.001 };

/** The first scores of a discriminator that says the same of everything. */
async function scoresOf(config: Config, says: number) {
  const session = await open(config);
  const weights = Object.entries(await session.weights()).map(([name, { shape, data }]) => {
    const isLast = name.startsWith("discriminator/dense_2/bias");
    return [name, { shape, data: name.startsWith("discriminator/") ? data.fill(isLast ? says : 0) : data }] as const;
  });
  session.setWeights(Object.fromEntries(weights));
  session.runSteps(0, [{ generator: 0, discriminator: 0 }]);
  const [score = {}] = await session.readScores(0, 1);
  session.dispose();
  return score;
}

const log1pExp = (x: number): number => Math.log1p(Math.exp(x));

describe("of a discriminator that says 0.3 of everything", () => {
  it.each([
    // Cross-entropy of labels 1 - s and 0, with the logit 0.3.
    ["nonSaturating", 0, log1pExp(-0.3) + log1pExp(0.3), log1pExp(-0.3), 1 / (1 + Math.exp(-0.3))],
    ["nonSaturating", 0.2, 0.8 * log1pExp(-0.3) + 0.2 * log1pExp(0.3) + log1pExp(0.3), log1pExp(-0.3), 0.5744425],
    ["leastSquares", 0, (0.7 ** 2 + 0.3 ** 2) / 2, 0.7 ** 2 / 2, 0.3],
    ["leastSquares", 0.2, (0.5 ** 2 + 0.3 ** 2) / 2, 0.7 ** 2 / 2, 0.3],
    ["hinge", 0, 0.7 + 1.3, -0.3, 0.3],
    ["hinge", 0.2, 0.5 + 1.3, -0.3, 0.3],
  ] as const)("%s with smoothing %d, by hand", async (game, smoothing, ofDiscriminator, ofGenerator, told) => {
    const score = await scoresOf({ game, smoothing }, 0.3);
    expect(score["discriminatorLoss"]).toBeCloseTo(ofDiscriminator, 5);
    expect(score["generatorLoss"]).toBeCloseTo(ofGenerator, 5);
    expect(score["realScore"]).toBeCloseTo(told, 5);
    expect(score["madeScore"]).toBeCloseTo(told, 5);
  });
});

describe("turns", () => {
  const bits = async (session: Session, network: string) =>
    JSON.stringify(Object.entries(await session.weights()).filter(([name]) => name.startsWith(network)));

  it("the generator learns at every third step alone, as if there were no others for its optimizer", async () => {
    const session = await open({ discriminatorSteps: 3 });
    const seen: string[] = [];
    let discriminator = await bits(session, "discriminator/");
    for (let step = 0; step < 6; step++) {
      seen.push(await bits(session, "generator/"));
      session.runSteps(step, [RATES]);
      const next = await bits(session, "discriminator/");
      expect(next).not.toBe(discriminator);
      discriminator = next;
    }
    seen.push(await bits(session, "generator/"));
    expect(seen.map((state, i) => i > 0 && state !== seen[i - 1])).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
    // Adam's first step is the rate in every direction, whatever came before it.
    const [before, after] = [seen[2], seen[3]].map((state): number[] => {
      const [, { data }] = (JSON.parse(state ?? "[]") as [string, { data: Record<string, number> }][])[0]!;
      return Object.values(data);
    });
    const moved = (after ?? []).map((value, i) => Math.abs(value - (before?.[i] ?? 0))).filter((by) => by > 0);
    expect(Math.max(...moved)).toBeCloseTo(0.001, 5);
    session.dispose();
  });
});

describe("the judge of made digits", () => {
  it("reads nearly all of the first test digits, and says so surely", async () => {
    const judge = readJudge(await readFile("app/inspect/views/made/judge.safetensors"));
    const { test } = await firstDigits(10, 500);
    const images = test.columns["image"] ?? new Uint8Array();
    const labels = test.columns["label"] ?? new Uint8Array();
    const answers = Array.from({ length: 500 }, (_, i) =>
      judge(Float32Array.from(images.subarray(i * 784, (i + 1) * 784), (value) => value / 255)),
    );
    const right = answers.filter((answer, i) => answer.indexOf(Math.max(...answer)) === labels[i]).length;
    expect(right).toBeGreaterThanOrEqual(485);
    expect(answers[0]?.reduce((total, p) => total + p, 0)).toBeCloseTo(1, 5);
    const verdicts = sumUp(answers);
    expect(verdicts.confidence).toBeGreaterThan(0.95);
    expect(classesHit(verdicts)).toBe(10);
    expect(classesHit(sumUp(answers.filter((_, i) => labels[i] !== 4)))).toBe(9);
  });
});

it("of the past, some are kept for good, and none of steps that are void", () => {
  const made = (step: number) => ({ step, values: new Float32Array() });
  let kept = withOneMore([], made(0));
  for (let step = 1; step < 500; step++) kept = withOneMore(kept, made(step));
  expect(kept.length).toBeLessThanOrEqual(61);
  expect(kept[0]?.step).toBe(0);
  expect(kept.at(-1)?.step).toBe(499);
  expect(withOneMore(kept, made(0))).toEqual([made(0)]);
});
