// Agents: the rules of their worlds, what they learn from what happened, and that whoever goes on with a run plays the same episodes.
import { describe, expect, it } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import { requireDataset } from "../../src/engine/data/library";
import { environmentOf, type EnvironmentName, withCell, type World } from "../../src/engine/environments";
import { readCheckpoint } from "../../src/engine/io/checkpoint";
import { type ModelDescription, parseDescription } from "../../src/engine/model/description";
import { type PresetId, presets } from "../../src/engine/model/presets";
import { inquiryOf } from "../../src/engine/inspect";
import { tasks } from "../../src/engine/tasks";
import type { Played } from "../../src/engine/tasks/play";
import { readConfig } from "../../src/engine/fields";
import { analyzeModel } from "../../src/engine/model/analyze";
import { english } from "../../src/engine/words/said";
import { onCpu, Recording } from "../support/trainer";

const worldOf = async (name: EnvironmentName): Promise<World> => (await environmentOf(name)).open();

describe("cart-pole", () => {
  // gymnasium 1.3: env = gym.make("CartPole-v1").unwrapped; env.state = np.array([0.01, 0.02, 0.03, 0.04]); env.step(1), ..
  const golden = [
    [1, [0.0104, 0.21467919574755523, 0.030799999999999998, -0.2430687179600081]],
    [0, [0.014693583914951104, 0.019131151051807987, 0.025938625640799837, 0.0591679999394166]],
    [0, [0.015076206935987263, -0.17635292104612768, 0.02712198563958817, 0.3599205713784138]],
    [1, [0.01154914851506471, 0.018373200800511774, 0.03432039706715644, 0.0759116989474441]],
    [1, [0.011916612531074946, 0.21298676004769035, 0.035838631046105324, -0.20574851582677406]],
  ] as const;

  it("moves as Gymnasium's does", async () => {
    const world = await worldOf("cartPole");
    let state: readonly number[] = [0.01, 0.02, 0.03, 0.04];
    for (const [action, expected] of golden) {
      const outcome = world.step(state, action);
      state = outcome.state;
      state.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 12));
      expect(outcome).toMatchObject({ reward: 1, isOver: false });
    }
  });

  it("is over beyond 2.4 m or 12 degrees, and cut off after 500 steps", async () => {
    const world = await worldOf("cartPole");
    expect(world.step([2.399, 0.1, 0, 0], 0).isOver).toBe(true);
    expect(world.step([2.399, 0.01, 0, 0], 0).isOver).toBe(false);
    expect(world.step([0, 0, -0.209, -0.1], 0).isOver).toBe(true);
    expect(world.step([0, 0, -0.209, 0], 0).isOver).toBe(false);
    expect(world.maxSteps).toBe(500);
  });
});

describe("grid world", () => {
  it("lets nobody through walls and edges, and ends at the goal and in a pit", async () => {
    const world = await worldOf("gridWorld");
    const [up, right, down] = [0, 1, 2];
    expect(world.step([0], up)).toEqual({ state: [0], reward: -0.04, isOver: false });
    expect(world.step([3], right)).toEqual({ state: [3], reward: -0.04, isOver: false });
    expect(world.step([0], right)).toEqual({ state: [1], reward: -0.04, isOver: false });
    expect(world.step([44], right)).toEqual({ state: [44], reward: -0.04, isOver: false });
    expect(world.step([55], down)).toEqual({ state: [63], reward: 1, isOver: true });
    expect(world.step([37], right)).toEqual({ state: [38], reward: -1, isOver: true });
    expect(world.observe([5])).toEqual(Array.from({ length: 64 }, (_, cell) => (cell === 5 ? 1 : 0)));
  });
});

/** Two lanes of three steps: the first ends at its second step, and what follows is cut off; the second goes on all the time. */
const played = (shown: Played["shown"]): Played => ({
  count: 6,
  rewards: Float32Array.of(1, 10, 2, 20, 3, 30),
  actions: Uint8Array.of(0, 1, 1, 0, 0, 1),
  next: Int32Array.of(2, 3, -1, 5, 6, 7),
  shown,
});

describe("what is learnt", () => {
  it("by policy gradient is the return, and what of it was not expected", () => {
    const { play, fields } = tasks.policyGradient;
    const { config } = readConfig(fields, { discount: 0.5 });
    const expected = Float32Array.of(1, 2, 3, 4, 5, 6, 100, 200);
    const lesson = play?.teach(played({ expected }), config);
    // In rewards a step: half of each reward, and half of what comes after it.
    expect([...(lesson?.worth ?? [])]).toEqual([1, 38.75, 1, 67.5, 51.5, 115]);
    const [first = 0, second = 0, ...others] = lesson?.advantage ?? [];
    const raw = [0, 36.75, -2, 63.5, 46.5, 109];
    const mean = raw.reduce((a, b) => a + b) / 6;
    const deviation = Math.sqrt(raw.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 6);
    [first, second, ...others].forEach((value, i) => expect(value).toBeCloseTo(((raw[i] ?? 0) - mean) / deviation, 5));
  });

  it("by Q-learning is the reward and the best that the next place promises", () => {
    const { play, fields } = tasks.qLearning;
    const { config } = readConfig(fields, { discount: 0.5 });
    const values = Float32Array.of(0, 1, 2, 3, 8, 5, 6, 7, 0, 0, 4, -4, 40, 50, -60, -80);
    const lesson = play?.teach(played({ values }), config);
    expect([...(lesson?.worth ?? [])]).toEqual([5, 13.5, 2, 22, 28, 0]);
    expect([...(lesson?.advantage ?? [])]).toEqual([5, 10.5, -3, 16, 28, 4]);
  });
});

/** A preset that plays few steps. */
const short = (id: PresetId): ModelDescription => {
  const { description } = presets[id];
  return { ...description, training: { ...description.training, batchSize: 120, epochs: 12 } };
};

/** All weights after a run, in as many parts as there are targets, each but the first by another trainer from a file. */
async function trained(model: ModelDescription, ...targets: readonly number[]) {
  let file: Uint8Array | null = null;
  for (const [i, target] of targets.entries()) {
    const recording = new Recording({ source: fileSource });
    const { trainer } = recording;
    if (file) expect(await trainer.resume(file, onCpu)).toMatchObject({ bits: "same" });
    else await trainer.prepare(model, onCpu);
    await trainer.train(target);
    expect(recording.notices).toEqual([]);
    file = await trainer.checkpoint();
    const snapshot = await trainer.session?.snapshot(target);
    const { steps, tests } = recording;
    await trainer.dispose();
    if (i === targets.length - 1) return { snapshot, steps: steps.map(({ values }) => values), tests };
  }
  return undefined;
}

describe.each(["cart-pole", "grid-world"] as const)("%s", (id) => {
  it("goes on from a file with the bits that it would have had, and tells returns", async () => {
    const whole = await trained(short(id), 12);
    const parts = await trained(short(id), 5, 12);
    expect(parts?.snapshot).toEqual(whole?.snapshot);
    expect(parts?.steps).toEqual(whole?.steps.slice(5));
    expect(whole?.steps).toHaveLength(12);
    for (const { return: earned, episodeLength } of whole?.steps ?? []) {
      expect(Number.isFinite(earned)).toBe(true);
      expect(episodeLength).toBeGreaterThanOrEqual(1);
    }
  });
});

it("an agent's task says so of data without an environment, and other tasks of an agent's data", async () => {
  const { description } = presets["grid-world"];
  const lacks = (model: ModelDescription) =>
    analyzeModel(model, requireDataset(model.dataset)).problems.map(({ said }) => english(said))[0];
  expect(lacks({ ...description, dataset: "sine" })).toBe(
    "Act by Q-learning needs an environment to act in, which Noisy sine does not have. Choose another dataset or task.",
  );
  expect(lacks({ ...description, task: { type: "classification", config: {} } })).toMatch(/needs a column of classes/);
  expect(lacks({ ...description, task: { type: "reconstruction", config: {} } })).toBeDefined();
  const wide = { ...presets["cart-pole"].description, dataset: "gridworld" };
  expect(lacks(wide)).toBe("The policy must give 4 numbers, but gives 2. End with Dense 4.");
});

it("an agent can be asked for an episode, which is the same again and follows the rules of its world", async () => {
  const { trainer } = new Recording({ source: fileSource });
  await trainer.prepare(short("cart-pole"), onCpu);
  const subject = await trainer.session?.subject(0, {});
  if (!subject) throw new Error("expected a session, got none");
  const { answer } = await inquiryOf("episode");
  const ask = (draw: number) => answer(subject, { draw }, { pause: async () => {} });
  const { states, actions, rewards } = await ask(3);
  const world = await worldOf("cartPole");
  expect(states).toHaveLength(actions.length + 1);
  expect(rewards.every((reward) => reward === 1)).toBe(true);
  actions.forEach((action, i) => expect(world.step(states[i] ?? [], action).state).toEqual(states[i + 1]));
  expect(world.step(states.at(-2) ?? [], actions.at(-1) ?? 0).isOver).toBe(true);
  expect(await ask(3)).toEqual({ states, actions, rewards });
  expect((await ask(4)).states[0]).not.toEqual(states[0]);
  await trainer.dispose();
});

describe("a map of the visitor's own", () => {
  const { description } = presets["grid-world"];
  // Walls but for the start and a goal beside it, which in the world's own map is 18 steps away.
  const near = `SG${"#".repeat(62)}`;
  const inMap = (map: string): ModelDescription => ({ ...description, training: { ...description.training, map } });

  it("is changed cell by cell, and always has a start and a goal", () => {
    expect(withCell(near, 2, "x")).toBe(`SGx${"#".repeat(61)}`);
    expect(withCell(near, 63, "S")).toBe(`.G${"#".repeat(61)}S`);
    expect(withCell(near, 0, "#")).toBe(near);
    expect(withCell(near, 1, "x")).toBe(near);
  });

  it("is what the agent plays in, and is kept with its run", async () => {
    const recording = new Recording();
    const model = inMap(near);
    await recording.trainer.prepare({ ...model, training: { ...model.training, epochs: 40 } }, onCpu);
    await recording.trainer.train();
    expect(recording.tests.at(-1)).toMatchObject({ episodeLength: 1 });
    const file = await recording.trainer.checkpoint();
    expect(file && (await readCheckpoint(file)).description).toMatchObject({ training: { map: near } });
    await recording.trainer.dispose();
  });

  it.each([near.slice(1), near.replace("S", "."), near.replaceAll("G", "."), near.replace("S", "Q")])(
    "is refused where it is none: %s",
    (map) => {
      expect(() => parseDescription(inMap(map))).toThrow(/map: expected 8 times 8 of S, G, x, # and dots/);
    },
  );
});
