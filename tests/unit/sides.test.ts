// Steps at which one side of a task learns: nothing of the other changes, it is told of, and a run goes on from it with the same bits.
import { describe, expect, it } from "vitest";
import { phasesOf, sidesOfModel } from "../../app/store/phases";
import { requireDataset } from "../../src/engine/data/library";
import type { ModelDescription } from "../../src/engine/model/description";
import { type PresetId, presets } from "../../src/engine/model/presets";
import type { Snapshot } from "../../src/engine/train/snapshot";
import { onCpu, Recording } from "../support/trainer";

const points = presets["gan-points"].description;
const small: ModelDescription = {
  ...points,
  networks: Object.fromEntries(
    Object.entries(points.networks).map(([name, network]) => [name, { ...network, blocks: network.blocks.slice(-1) }]),
  ),
  training: { ...points.training, batchSize: 8 },
};

const dataOf = ({ dataset }: ModelDescription) => requireDataset(dataset);
const sidesOf = (id: PresetId) => sidesOfModel(presets[id].description, dataOf(presets[id].description));

async function opened(model: ModelDescription): Promise<Recording> {
  const recording = new Recording();
  await recording.trainer.prepare(model, onCpu);
  return recording;
}

async function stateOf({ trainer }: Recording, step: number): Promise<Snapshot["tensors"]> {
  const snapshot = await trainer.session?.snapshot(step);
  if (!snapshot) throw new Error("expected a state, got none");
  return snapshot.tensors;
}

/** What of a state is one network's. */
const ofNetwork = (tensors: Snapshot["tensors"], network: string) =>
  Object.entries(tensors).filter(([name]) => name.startsWith(`${network}/`));

describe("sides", () => {
  it("are networks that no loss joins", () => {
    expect(sidesOf("gan-digits")).toEqual([["generator"], ["discriminator"]]);
    expect(sidesOf("adversarial-autoencoder")).toEqual([["encoder", "decoder"], ["discriminator"]]);
    expect(sidesOf("cart-pole")).toEqual([["policy"], ["baseline"]]);
    expect(sidesOf("vae")).toEqual([["encoder", "decoder"]]);
    expect(sidesOf("kmeans-digits")).toEqual([]);
  });

  it("have phases in the order in which data and then gradients flow", () => {
    const named = phasesOf(points, dataOf(points), 0).map(({ kind, networks, waiting }) => [kind, networks, waiting]);
    expect(named).toEqual([
      ["forward", ["generator"], []],
      ["forward", ["discriminator"], []],
      ["update", ["discriminator"], ["generator"]],
      ["update", ["generator"], []],
    ]);
    const seldom = { ...points, task: { ...points.task, config: { ...points.task.config, discriminatorSteps: 3 } } };
    const updates = [0, 1, 2].map((step) =>
      phasesOf(seldom, dataOf(points), step).filter(({ kind }) => kind === "update"),
    );
    expect(updates.map(({ length }) => length)).toEqual([1, 1, 2]);
  });
});

describe("a step of one side", () => {
  it.each([
    ["discriminator", "generator"],
    ["generator", "discriminator"],
  ])("changes the %s as any step would, and no bit of the %s", async (learning, resting) => {
    const [by, other] = await Promise.all([opened(small), opened(small)]);
    const before = await stateOf(by, 0);
    await by.trainer.step([learning]);
    await other.trainer.step();
    const [after, usual] = await Promise.all([stateOf(by, 1), stateOf(other, 1)]);
    expect(ofNetwork(after, resting)).toEqual(ofNetwork(before, resting));
    expect(ofNetwork(after, learning)).toEqual(ofNetwork(usual, learning));
    expect(ofNetwork(after, learning)).not.toEqual(ofNetwork(before, learning));
    expect(by.status).toMatchObject({ state: "paused", step: 1 });
    expect(by.events.filter(({ type }) => type === "by-hand")).toEqual([
      { type: "by-hand", step: 1, networks: [learning] },
    ]);
    expect(other.events.filter(({ type }) => type === "by-hand")).toEqual([]);
    await Promise.all([by.trainer.dispose(), other.trainer.dispose()]);
  });

  it("lets a generator learn whose turn it is not", async () => {
    const { task } = small;
    const run = await opened({ ...small, task: { ...task, config: { ...task.config, discriminatorSteps: 5 } } });
    const before = await stateOf(run, 0);
    await run.trainer.step();
    expect(ofNetwork(await stateOf(run, 1), "generator")).toEqual(ofNetwork(before, "generator"));
    await run.trainer.step(["generator"]);
    expect(ofNetwork(await stateOf(run, 2), "generator")).not.toEqual(ofNetwork(before, "generator"));
    await run.trainer.dispose();
  });

  it("is gone on from with the same bits", async () => {
    const first = await opened(small);
    await first.trainer.train(2);
    await first.trainer.step(["discriminator"]);
    const file = await first.trainer.checkpoint();
    await first.trainer.train(6);
    const second = new Recording();
    const resumed = file && (await second.trainer.resume(file, onCpu));
    expect(resumed).toMatchObject({ step: 3, bits: "same" });
    await second.trainer.train(6);
    expect(await stateOf(second, 6)).toEqual(await stateOf(first, 6));
    await Promise.all([first.trainer.dispose(), second.trainer.dispose()]);
  });
});
