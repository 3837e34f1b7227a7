// The WebAssembly backend on several threads: the same bits as on one, whatever the number.
import { afterEach, describe, expect, test } from "vitest";
import type { Dataset } from "../../src/engine";
import { presets } from "../../src/engine";
import type { Backend } from "../../src/engine";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { startThread } from "../../scripts/support/helperThread";

const count = 200;
const split = {
  count,
  inputs: Uint8Array.from({ length: count * 784 }, (_, i) => (i * 7919) % 256),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
};
const dataset: Dataset = {
  id: "mnist",
  title: "Noise",
  inputShape: [28, 28, 1],
  inputScale: 1 / 255,
  classNames: [..."0123456789"],
  target: "class",
  train: split,
  test: split,
};

const open: Backend[] = [];
afterEach(() => {
  for (const backend of open.splice(0)) backend.dispose();
});

/** The losses of five steps, and the parameters after them. */
async function train(preset: "perceptron" | "convnet-dropout", threads: number) {
  const backend = await createWasmBackend({ threads, startHelper: startThread });
  if (!backend) throw new Error("WebAssembly: expected SIMD in Node, got none.");
  open.push(backend);
  const { description } = presets[preset];
  // 33 samples: a number that no tile, strip or thread divides.
  const training = { ...description.training, batchSize: 33, validationCount: 0 };
  const session = await Session.create({
    backend,
    description: { ...description, training },
    dataset,
    resident: new ResidentData(backend),
  });
  session.runSteps(0, [0.001, 0.001, 0.001, 0.001, 0.001]);
  const losses = await session.readScores(0, 5);
  return { adapter: backend.adapter, losses, snapshot: await session.snapshot(5) };
}

describe.each(["perceptron", "convnet-dropout"] as const)("%s", (preset) => {
  test.each([2, 3, 5])("on %i threads gives the bits of one", async (threads) => {
    const alone = await train(preset, 1);
    const together = await train(preset, threads);
    expect(together.adapter).toContain(`${threads} threads`);
    expect(together.losses).toEqual(alone.losses);
    expect(together.snapshot.parameters).toEqual(alone.snapshot.parameters);
  });
});
