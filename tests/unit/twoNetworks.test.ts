// Two networks that learn from each other, each with running statistics: what they have learnt survives a snapshot, a lost device
// and the move to another backend, bit for bit.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ModelDescription } from "../../src/engine/model/description";
import { defaultLearning, presets } from "../../src/engine/model/presets";
import type { Weight } from "../../src/engine/train/session";
import { watchedGpu } from "../support/fakeGpu";
import { blocksOf, type BlockSpec, type Learning } from "../support/models";
import { onCpu, Recording } from "../support/trainer";

const { description } = presets["gan-points"];
const momentum: Learning["optimizer"] = { type: "Momentum", config: { learningRate: 0.05 } };
const normalization: BlockSpec = ["BatchNormalization", { momentum: 0.8 }];
const learning = (id: string, layers: readonly BlockSpec[]) => ({
  ...defaultLearning,
  optimizer: momentum,
  blocks: blocksOf(layers, id),
});
/** As small as can be: kernels take long to compile. */
const model: ModelDescription = {
  ...description,
  networks: {
    generator: learning("g", [["Dense", { units: 2 }], normalization]),
    discriminator: learning("d", [normalization, ["Dense", { units: 1 }]]),
  },
  training: { ...description.training, batchSize: 32, epochs: 1 },
};

/** Names of all running statistics. */
const statistics = ["generator", "discriminator"].flatMap((network) =>
  ["movingMean", "movingVariance"].map((variable) => `${network}/batch_normalization/${variable}`),
);

type Weights = Readonly<Record<string, Weight>>;

let gpu: Awaited<ReturnType<typeof watchedGpu>>;
let recording: Recording;
beforeEach(async () => {
  gpu = await watchedGpu();
  recording = new Recording({ gpu: gpu.gpu });
});
afterEach(() => recording.trainer.dispose());

const session = () => {
  const { session: open } = recording.trainer;
  if (!open) throw new Error("expected a prepared model, got none");
  return open;
};

const expectNear = (got: Weights, wanted: Weights): void => {
  for (const name of statistics) {
    const expected = wanted[name]?.data ?? new Float32Array();
    expect(expected.length, name).toBeGreaterThan(0);
    expected.forEach((value, i) => expect(got[name]?.data[i], `${name} ${i}`).toBeCloseTo(value, 4));
  }
};

it("running statistics of both survive a snapshot, a move to the GPU, and the loss of it", async () => {
  const { trainer } = recording;
  await trainer.prepare(model, onCpu);
  const start = await session().weights();
  await trainer.train(5);
  const learnt = await session().weights();
  const { tensors } = await session().snapshot(5);
  expect(Object.keys(tensors)).toEqual(expect.arrayContaining(["generator/kept", "discriminator/kept"]));
  for (const name of statistics) expect(learnt[name]?.data, name).not.toEqual(start[name]?.data);
  await trainer.step();
  const after = await session().weights();
  for (const name of statistics) expect(after[name]?.data, name).not.toEqual(learnt[name]?.data);

  session().restore({ step: 5, tensors });
  expect(await session().weights()).toEqual(learnt);
  expect((await session().snapshot(5)).tensors).toEqual(tensors);

  // To another backend, on which a step does what it did here.
  await trainer.reset();
  await trainer.train(5);
  expect(await session().weights()).toEqual(learnt);
  await trainer.runOn({ backend: "webgpu" });
  expect(recording.status).toMatchObject({ state: "paused", step: 5, backend: { kind: "webgpu" } });
  expect(await session().weights()).toEqual(learnt);
  expect((await session().snapshot(5)).tensors).toEqual(tensors);
  await trainer.step();
  const moved = await session().weights();
  expectNear(moved, after);

  // Back to the CPU, which is all there is once the device is gone; what was learnt on it is in the snapshot of the pause.
  vi.spyOn(gpu.gpu, "requestAdapter").mockResolvedValue(null);
  expect(gpu.devices).toHaveLength(1);
  gpu.devices[0]?.destroy();
  await recording.until(({ notices, status }) => notices.length > 0 && status.state === "paused");
  expect(recording.status).toMatchObject({ step: 6, backend: { kind: "cpu" } });
  expect(await session().weights()).toEqual(moved);
});
