// What the trainer makes of the self-test: where it trains, what it says, and what it does not test again.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { type DeviceStore, memoryStore } from "../../src/engine/device/deviceStore";
import { gemmsOf } from "../../src/engine/check/gemms";
import type { PrepareOptions } from "../../src/engine/trainer/protocol";
import { workload } from "../../src/engine/check/workload";
import { blank } from "../support/data";
import { fallSilent, hurry, watchedGpu } from "../support/fakeGpu";
import { isFull } from "../support/full";
import { onCpu, Recording } from "../support/trainer";
import { wrongGpu } from "../support/wrongGpu";

const xor: ModelDescription = presets.xor.description;
const points = blank("xor", 4);

describe("the trainer", () => {
  const forced: PrepareOptions = { ...onCpu, backend: "webgpu" };
  const short: ModelDescription = { ...xor, training: { ...xor.training, epochs: 3 } };
  let store: DeviceStore;
  let recording: Recording;
  beforeEach(() => {
    store = memoryStore();
  });
  afterEach(() => recording.trainer.dispose());

  it("trains on a GPU that passes", async () => {
    const { gpu } = await wrongGpu();
    recording = new Recording({ gpu, store });
    await recording.trainer.prepare(short, forced);
    expect(recording.status.backend?.kind).toBe("webgpu");
    expect(recording.notices).toEqual([]);
    const phases = (): (string | null)[] =>
      recording.statuses.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1]);
    expect(phases()).toEqual([null, "loading", "testing", "compiling", null]);
    recording.clear();
    await recording.trainer.prepare(short, forced);
    expect(phases(), "what has passed is not tested again").toEqual([null, "loading", "compiling", null]);
  });

  it("moves to the CPU when a kernel is wrong, says which, and stays there", async () => {
    const { gpu, compiled } = await wrongGpu({ kernel: "matmul", stored: "value + 0.5" });
    recording = new Recording({ gpu, store });
    const { trainer } = recording;
    await trainer.prepare(short, forced);
    const said =
      /^This GPU computes .*\bmatmul\b.* \(dense.*\) wrongly \(error .+, expected below .+\)\. Training runs on the CPU\. See \/selftest\.$/;
    expect(recording.status).toMatchObject({
      state: "ready",
      backend: { kind: "cpu", reason: expect.stringMatching(said) },
    });
    expect(recording.notices).toMatchObject([{ severity: "warning", code: "backend" }]);
    await trainer.train();
    expect(recording.status).toMatchObject({ state: "finished", step: 3 });
    const before = compiled.length;
    await trainer.prepare(short, forced);
    expect(recording.status.backend).toMatchObject({ kind: "cpu", reason: expect.stringMatching(said) });
    expect(compiled).toHaveLength(before);
    expect(recording.notices).toHaveLength(1);
  });

  it("moves to the CPU when a kernel does not compile", async () => {
    const { gpu } = await wrongGpu({ kernel: "matmul", stored: "no_such_thing" });
    recording = new Recording({ gpu, store });
    await recording.trainer.prepare(short, forced);
    expect(recording.status).toMatchObject({ state: "ready", backend: { kind: "cpu" } });
    expect(recording.status.backend?.reason).toMatch(/^This GPU cannot run the kernels of this model \(Kernel matmul/);
  });

  it("prepares only the last of several models asked for while the test runs, on the CPU if one finds a fault", async () => {
    const { gpu } = await wrongGpu({ kernel: "matmul", stored: "value + 0.5" });
    recording = new Recording({ gpu, store });
    const { trainer } = recording;
    const epochs = (count: number): ModelDescription => ({ ...xor, training: { ...xor.training, epochs: count } });
    await Promise.all([trainer.prepare(epochs(3), forced), trainer.prepare(epochs(4), forced)]);
    expect(recording.status).toMatchObject({ state: "ready", totalSteps: 4, backend: { kind: "cpu" } });
    expect(recording.notices).toHaveLength(1);
  });

  it.each([
    ["compiles, before the test", "testing", "createComputePipelineAsync"],
    ["gives a result", "testing", "createBuffer"],
    ["compiles, though it once passed the test", "compiling", "createComputePipelineAsync"],
  ] as const)("moves to the CPU when the driver never %s", async (_, phase, way) => {
    const { gpu, devices } = await watchedGpu();
    if (phase === "compiling") {
      recording = new Recording({ gpu, store });
      await recording.trainer.prepare(short, forced);
      await recording.trainer.dispose();
    }
    hurry();
    recording = new Recording({ gpu, store });
    recording.onEvent = (event) => {
      if (event.type === "status" && event.status.phase === phase) fallSilent(devices.at(-1)!, way);
    };
    await recording.trainer.prepare(short, forced);
    expect(recording.status).toMatchObject({ state: "ready", backend: { kind: "cpu" } });
    expect(recording.status.backend?.reason).toMatch(/^This GPU cannot run .*expected an answer within 60 s, got none/);
    expect(recording.notices).toHaveLength(1);
    await recording.trainer.train();
    expect(recording.status).toMatchObject({ state: "finished", step: 3 });
  });

  // Every day the tuner refuses such kernels itself: `tunerGpu.test.ts`.
  if (!isFull) return;

  it("stays on the GPU when only kernels that were found to be quicker are wrong", async () => {
    const { gpu } = await wrongGpu({ kernel: "matmul", stored: "value + 0.5", within: "k_of_b" });
    const backend = await createWebGpuBackend({ gpu });
    const keys = gemmsOf(workload("training", short, points, backend).plan).map(({ product }) => product.key);
    await store.set(
      `gemm ${backend.adapter}`,
      keys.map((key) => [key, { variant: "tiled", parts: 1 }]),
    );
    backend.dispose();
    recording = new Recording({ gpu, store });
    await recording.trainer.prepare(short, { ...forced, tune: true });
    expect(recording.status).toMatchObject({ state: "ready", backend: { kind: "webgpu" } });
    expect(recording.notices).toEqual([]);
    const shaders = recording.trainer.session?.explain().plan.launches.map(({ detail }) => detail?.variant);
    expect(shaders?.join()).toMatch(/gemm_(?!tiled)/);
    expect(shaders?.join()).not.toMatch(/gemm_tiled/);
  });
});
