// Settings changed under a model: whatever of them plans have baked in, the steps after it are those of a model that had
// them from the start.
import { afterAll, beforeEach, expect, it } from "vitest";
import { fileSource } from "../../scripts/support/fileSource";
import type { ModelDescription, NetworkDescription } from "../../src/engine/model/description";
import type { PrepareOptions } from "../../src/engine/trainer/protocol";
import { watchedGpu } from "../support/fakeGpu";
import { type LayerSpec, type Learning, modelOf } from "../support/models";
import { onCpu, Recording } from "../support/trainer";

const { gpu } = await watchedGpu();
const recording = new Recording({ gpu, source: fileSource });
const { trainer } = recording;
beforeEach(() => recording.clear());
afterAll(() => trainer.dispose());

const cpu: PrepareOptions = { ...onCpu, limit: 64 };

interface Settings extends Learning {
  readonly rate?: number;
  readonly kernelL2?: number;
}

function model({ rate = 0.5, kernelL2 = 0, ...learning }: Settings): ModelDescription {
  const layers: LayerSpec[] = [
    ["Flatten"],
    ["Dropout", { rate }],
    ["Dense", { units: 10, activation: "softmax", kernelL2 }],
  ];
  return modelOf(layers, { batchSize: 32, epochs: 4, optimizer: momentum(0.9), ...learning });
}

const momentum = (share: number): NetworkDescription["optimizer"] => ({
  type: "Momentum",
  config: { learningRate: 0.05, momentum: share },
});

/** Two steps by the first settings and two by the second, which come as the model is or with a new model of the same state. */
async function stepsThrough(first: Settings, second: Settings, options: PrepareOptions, isLive: boolean) {
  await trainer.prepare(model(first), options);
  for (let i = 0; i < 2; i++) await trainer.step();
  const snapshot = await trainer.session?.snapshot(2);
  recording.clear();
  if (isLive) await trainer.configure(model(second));
  else {
    await trainer.prepare(model(second), options);
    // The samples are those of steps 3 and 4 only after steps 1 and 2.
    for (let i = 0; i < 2; i++) await trainer.step();
    if (snapshot) trainer.session?.restore(snapshot);
    recording.clear();
  }
  for (let i = 0; i < 2; i++) await trainer.step();
  expect(recording.steps.map(({ step }) => step)).toEqual([3, 4]);
  const { steps, notices } = recording;
  expect(notices).toEqual([]);
  await trainer.stop();
  return [steps.map(({ values }) => values), await trainer.session?.weights(), recording.status.test];
}

it.each<readonly [string, Settings, Settings]>([
  ["momentum", {}, { optimizer: momentum(0.5) }],
  ["the dropout rate", {}, { rate: 0.2 }],
  ["dropout, turned off", {}, { rate: 0 }],
  ["L2, turned on", {}, { kernelL2: 0.1 }],
  ["L2", { kernelL2: 0.1 }, { kernelL2: 0.01 }],
  ["the clip norm, turned on", {}, { clipNorm: 0.1 }],
  ["the clip norm, turned off", { clipNorm: 0.1 }, {}],
])("%s changes from the next step on, and in the score", async (_, first, second) => {
  expect(await stepsThrough(first, second, cpu, true)).toEqual(await stepsThrough(first, second, cpu, false));
});

it("weight decay and means of gradients change too", async () => {
  const adamW = (beta1: number, weightDecay: number): Settings => ({
    optimizer: { type: "AdamW", config: { learningRate: 0.01, beta1, weightDecay } },
  });
  const [first, second] = [adamW(0.9, 0), adamW(0.5, 0.5)];
  expect(await stepsThrough(first, second, cpu, true)).toEqual(await stepsThrough(first, second, cpu, false));
});

it("they change on a GPU too, and where they are read while it trains", async () => {
  const onGpu: PrepareOptions = { ...cpu, backend: "webgpu" };
  const [first, second] = [{ clipNorm: 0.1 }, { optimizer: momentum(0.5) }];
  expect(await stepsThrough(first, second, onGpu, true)).toEqual(await stepsThrough(first, second, onGpu, false));
  recording.clear();
  await trainer.prepare(model({ epochs: 10_000 }), cpu);
  const running = trainer.train();
  await recording.until(({ steps }) => steps.length > 0);
  const memory = recording.status.memory;
  await trainer.configure(model({ epochs: 10_000, kernelL2: 1 }));
  const told = recording.steps.length;
  await recording.until(({ steps }) => steps.length > told + 100);
  await trainer.pause();
  await running;
  // The penalty of all weights is in the loss.
  expect(recording.losses.slice(told).some((loss, i) => loss > 1 + (recording.losses[told - 1 - i] ?? 0))).toBe(true);
  expect(recording.status.memory?.bookkeeping).toBe(memory?.bookkeeping);
});
