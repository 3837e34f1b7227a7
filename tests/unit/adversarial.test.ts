// A generator and a discriminator: two networks with losses, optimizers and rates of their own, in one plan.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { openCpuBackend } from "../../src/engine/backend/cpu/openCpuBackend";
import type { Dataset } from "../../src/engine/data";
import { ring, ringCentres } from "../../src/engine/data/ring";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { isFull } from "../support/full";

const preset: ModelDescription = presets["gan-points"].description;
let backend: Backend;
let dataset: Dataset;
let resident: ResidentData;

beforeAll(async () => {
  backend = await openCpuBackend();
  dataset = await ring.load(async () => new Uint8Array());
  resident = new ResidentData(backend);
});
afterAll(() => {
  resident.dispose();
  backend.dispose();
});

const open = (description: ModelDescription): Promise<Session> =>
  Session.create({ backend, description, dataset, resident });

/** Steps in submissions of 100. */
function run(session: Session, steps: number, rates: Readonly<Record<string, number>>): void {
  for (let from = 0; from < steps; from += 100) {
    session.runSteps(
      from,
      Array.from({ length: Math.min(100, steps - from) }, () => rates),
    );
  }
}

const bitsOf = async (session: Session, network: string): Promise<string> =>
  JSON.stringify(
    Object.entries(await session.weights())
      .filter(([name]) => name.startsWith(`${network}/`))
      .map(([, { data }]) => [...new Uint32Array(data.buffer)]),
  );

describe("the generator and the discriminator", () => {
  it.each([
    ["generator", "discriminator"],
    ["discriminator", "generator"],
  ])("a step of the %s leaves every bit of the %s as it was", async (learner, other) => {
    const session = await open(preset);
    const before = { learner: await bitsOf(session, learner), other: await bitsOf(session, other) };
    run(session, 3, { [learner]: 0.001, [other]: 0 });
    expect(await bitsOf(session, other)).toBe(before.other);
    expect(await bitsOf(session, learner)).not.toBe(before.learner);
    session.dispose();
  });

  it("make of noise that is given what the generator's layers give", async () => {
    const generator = { ...preset.networks["generator"], blocks: preset.networks["generator"]?.blocks.slice(-1) };
    const session = await open({ ...preset, networks: { ...preset.networks, generator } } as ModelDescription);
    const { shape = [], data = [] } = (await session.weights())["generator/dense/kernel"] ?? {};
    // The kernel's first row and its third.
    const noise = Float32Array.from({ length: 2 * (shape[0] ?? 0) }, (_, i) => Number(i === 0 || i === 18));
    const made = (await session.show({ noise }, 2, 0, "generate"))["made"]?.data ?? [];
    [data[0], data[1], data[4], data[5]].forEach((weight, i) => expect(made[i]).toBeCloseTo(weight ?? NaN, 6));
    session.dispose();
  });

  it("are told of by a loss each: of a discriminator that knows nothing, log 2 for each answer", async () => {
    const session = await open(preset);
    const blind = Object.entries(await session.weights()).map(([name, { shape, data }]) => {
      return [name, { shape, data: name.startsWith("discriminator/") ? data.fill(0) : data }] as const;
    });
    session.setWeights(Object.fromEntries(blind));
    run(session, 1, { generator: 0, discriminator: 0 });
    const [score] = await session.readScores(0, 1);
    expect(score?.["generatorLoss"]).toBeCloseTo(Math.LN2, 6);
    expect(score?.["discriminatorLoss"]).toBeCloseTo(2 * Math.LN2, 6);
    session.dispose();
  });

  it("give the same bits from the same seed, and others from another", async () => {
    const trained = async (seed: number): Promise<string> => {
      const session = await open({ ...preset, training: { ...preset.training, seed } });
      run(session, 20, { generator: 0.0005, discriminator: 0.002 });
      const bits = await bitsOf(session, "generator");
      session.dispose();
      return bits;
    };
    expect(await trained(1)).toBe(await trained(1));
    expect(await trained(1)).not.toBe(await trained(2));
  });

  // Fifteen hundred steps. Every day the losses, above, tell that both learn.
  if (!isFull) return;

  it("learn where the points of the data are: most are made near a cluster, and near most clusters some are", async () => {
    const session = await open(preset);
    run(session, 1500, { generator: 0.0005, discriminator: 0.002 });
    const { made } = await session.show({}, 1000);
    const hits = ringCentres.map(() => 0);
    for (let i = 0; i < 1000; i++) {
      const [x = 0, y = 0] = made?.data.subarray(2 * i, 2 * i + 2) ?? [];
      // Four standard deviations of a cluster.
      const mode = ringCentres.findIndex(([cx, cy]) => Math.hypot(x - cx, y - cy) < 0.2);
      if (mode >= 0) hits[mode] = (hits[mode] ?? 0) + 1;
    }
    // Of noise that knows nothing of the data, few fall near a cluster: they cover a tenth of the square around them.
    expect(hits.reduce((total, count) => total + count)).toBeGreaterThan(500);
    expect(hits.filter((count) => count >= 20).length).toBeGreaterThanOrEqual(7);
    session.dispose();
  });
});
