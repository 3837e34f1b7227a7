// Models too large for the machine: refused before anything is allocated, with what to shrink, and all goes on.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { findShortage, tensorBytes } from "../../src/engine/backend/memory";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { compile } from "../../src/engine/compile/compile";
import { BackendError } from "../../src/engine/errors";
import { labelled } from "../../src/engine/graph/node";
import type { ModelDescription } from "../../src/engine/model/description";
import { input } from "../../src/engine/ops/leaf";
import { exp, neg } from "../../src/engine/ops/pointwise";
import { totalBytes } from "../../src/engine/train/memory";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { nextTask } from "../../src/engine/train/yielding";
import { fullTest } from "../support/full";
import { testGpu } from "../support/gpu";
import { firstDigits } from "../support/mnist";
import type { Score } from "../../src/engine/trainer/protocol";
import { modelOf, ratesOf, type LayerSpec } from "../support/models";
import { accuracyOf, lossOf } from "../support/scores";
import { onCpu, Recording } from "../support/trainer";

const enough = { valueBytes: Infinity, blockBytes: Infinity, totalBytes: Infinity };

describe("a plan", () => {
  const x = input("x", [300]);
  const plan = compile({ outputs: [neg(labelled("hidden", () => exp(x)))] }, { fuse: false });
  const arenaBytes = plan.arenas.map((size) => size * 4);
  const total = arenaBytes.reduce((a, b) => a + b, 1200);

  it.each([
    [{ valueBytes: 1199 }, { limit: "value", neededBytes: 1200, allowedBytes: 1199, subject: "[300]" }],
    [
      { blockBytes: arenaBytes[0]! - 1 },
      { limit: "block", neededBytes: arenaBytes[0], allowedBytes: arenaBytes[0]! - 1, subject: "arena 0" },
    ],
    [{ totalBytes: total - 1 }, { limit: "total", neededBytes: total, allowedBytes: total - 1, subject: "the plan" }],
  ])("that exceeds %o by one byte lacks it", (limits, shortage) => {
    expect(findShortage(plan, { ...enough, ...limits }, 0)).toEqual(shortage);
  });

  it("that is exactly as large as the limits fits, unless other things are held", () => {
    const limits = { valueBytes: 1200, blockBytes: Math.max(...arenaBytes), totalBytes: total };
    expect(findShortage(plan, limits, 0)).toBeUndefined();
    expect(findShortage(plan, limits, 1)?.allowedBytes).toBe(total - 1);
  });

  it.each<[string, () => Promise<Backend | null>]>([
    ["CPU", async () => createCpuBackend()],
    ["CPU", () => createWasmBackend()],
  ])("larger than the %s has room for is refused without an attempt", async (_, open) => {
    const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow");
    const backend = await open();
    const huge = compile({ outputs: [exp(input("huge", [2 ** 29]))] });
    expect(backend?.shortage(huge)).toMatchObject({ limit: "total", neededBytes: 2 ** 32 });
    await expect(backend?.prepare(huge, new Map())).rejects.toThrow(
      /^CPU: expected plans of at most \d+ bytes, got 4294967296 for the plan\. Use a smaller batch or a smaller model\.$/,
    );
    expect(grow).not.toHaveBeenCalled();
  });
});

const digits = (batchSize: number, units = 64): ModelDescription =>
  modelOf([["Flatten"], ["Dense", { units }], ["Dense", { units: 10, activation: "softmax" }]], { batchSize });

describe("the memory of a model", () => {
  it("is told by purpose, with every byte in one place", async () => {
    const backend = createCpuBackend();
    let held = 0;
    const counting: Backend = {
      ...backend,
      createTensor: (type, data) => {
        held += tensorBytes(type);
        return backend.createTensor(type, data);
      },
      prepare: async (plan, leaves) => {
        const executable = await backend.prepare(plan, leaves);
        held += executable.memoryBytes;
        return executable;
      },
    };
    const dataset = await firstDigits(60, 40);
    const resident = new ResidentData(counting);
    const session = await Session.create({ backend: counting, description: digits(8, 16), dataset, resident });
    const before = session.memory;
    // 784 by 16 and 16 by 10 weights and their biases, each at a multiple of 64; Adam keeps two numbers for each.
    const parameters = 4 * (12_544 + 64 + 192 + 64);
    expect(before).toMatchObject({ parameters, optimizer: 2 * parameters, scoring: 0, dataset: 60 * 785 });
    expect(before.training).toBeGreaterThan(0);
    expect(totalBytes(before)).toBe(held);
    await session.scoreTest(nextTask);
    await session.show({ image: new Float32Array(2 * 784) }, 2);
    const { scoring, bookkeeping, ...others } = session.memory;
    expect(others).toEqual({ dataset: 100 * 785, parameters, optimizer: 2 * parameters, training: before.training });
    expect(scoring).toBeGreaterThan(0);
    // The one row of what is summed, which has 3 numbers of each class for each of 3 metrics, the rows of scoring, and the images
    // of a question, 32 at a time.
    expect(bookkeeping - before.bookkeeping).toBe(4 * (93 + 40 + 32 * 784));
    expect(totalBytes(session.memory)).toBe(held);
    session.dispose();
  });

  it("is told anew when the first question takes some", async () => {
    const recording = new Recording();
    const { trainer } = recording;
    await trainer.prepare(digits(8, 16), { ...onCpu, limit: 100 });
    expect(recording.status.memory?.scoring).toBe(0);
    await trainer.predictTest(0, 4);
    expect(recording.status).toMatchObject({ state: "ready" });
    expect(recording.status.memory?.scoring).toBeGreaterThan(0);
    await trainer.dispose();
  });
});

describe("a model on a small GPU", () => {
  const convolved: readonly LayerSpec[] = [
    ["Conv2D", { filters: 1 }],
    ["Flatten"],
    ["Dense", { units: 10, activation: "softmax" }],
  ];
  const devices: GPUDevice[] = [];
  afterEach(() => {
    for (const device of devices.splice(0)) device.destroy();
  });

  /** A GPU that takes buffers of a megabyte, and values of half that; counts the bytes of all buffers made. */
  async function smallGpu(limits: Partial<GPUSupportedLimits> = {}) {
    const adapter = await (await testGpu()).requestAdapter();
    const device = await adapter?.requestDevice();
    if (!device) throw new Error("no device");
    devices.push(device);
    Object.defineProperty(device, "limits", {
      value: { maxBufferSize: 1_000_000, maxStorageBufferBindingSize: 500_000, ...limits },
    });
    const made = vi.spyOn(device, "createBuffer");
    const backend = await createWebGpuBackend({ device });
    const dataset = await firstDigits(600, 600);
    const open = (description: ModelDescription): Promise<Session> =>
      Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
    return { made, open };
  }

  it("is refused with the batch size that does fit, and then fits", async () => {
    const { made, open } = await smallGpu();
    const conv = (batchSize: number): ModelDescription => modelOf(convolved, { batchSize });
    const refusal: unknown = await open(conv(600)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(BackendError);
    // 600 images of 26 by 26 floats are 1.6 MB.
    expect(String(refusal)).toContain(
      "Training at batch size 600 needs 1.6 MB in one piece, but there is room for 1.0 MB. " +
        "The most goes to 1.6 MB for a value of conv2d and 1.6 MB for a value of dense. " +
        "Use a batch of 150 or less, or fewer filters in conv2d.",
    );
    expect(made).not.toHaveBeenCalled();
    const session = await open(conv(150));
    session.runSteps(0, ratesOf(0.01));
    expect(lossOf((await session.readScores(0, 1))[0])).toBeGreaterThan(0);
    session.dispose();
  });

  it("is refused with the layer to shrink where no batch is small enough", async () => {
    const { made, open } = await smallGpu();
    await expect(open(digits(32, 1000))).rejects.toThrow(/No batch is small enough: use fewer units in dense\.$/);
    expect(made).not.toHaveBeenCalled();
  });

  fullTest("is scored in smaller batches, to the same score", async () => {
    // 500 images, the usual batch of scoring, are 1.4 MB after the convolution.
    const model = modelOf(convolved);
    const scores: Score[] = [];
    const submissions: number[] = [];
    for (const limits of [{}, { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 }]) {
      const { open } = await smallGpu(limits);
      const session = await open(model);
      const submitted = vi.spyOn(devices.at(-1)!.queue, "submit");
      scores.push(await session.scoreTest(nextTask));
      submissions.push(submitted.mock.calls.length);
      // Tests share a queue.
      submitted.mockRestore();
      session.dispose();
    }
    // 600 images, and whether weights are finite; and the reading of both.
    expect(submissions).toEqual([Math.ceil(600 / 125) + 3, Math.ceil(600 / 500) + 3]);
    expect(accuracyOf(scores[0])).toBe(accuracyOf(scores[1]));
    expect(lossOf(scores[0])).toBeCloseTo(lossOf(scores[1]), 6);
  });
});

describe("a model too large for the page's memory", () => {
  it("is told as a notice, and a smaller batch trains", async () => {
    const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow");
    const recording = new Recording();
    const { trainer } = recording;
    const conv = (batchSize: number): ModelDescription =>
      modelOf(
        [
          ["Conv2D", { filters: 64 }],
          ["Conv2D", { filters: 64 }],
          ["Flatten"],
          ["Dense", { units: 10, activation: "softmax" }],
        ],
        { batchSize, epochs: 1 },
      );
    await trainer.prepare(conv(8192), onCpu);
    expect(recording.notices).toHaveLength(1);
    const [notice] = recording.notices;
    expect(notice).toMatchObject({ severity: "error", code: "memory" });
    expect(notice?.message).toMatch(
      /^Training at batch size 8,192 needs \d+\.\d GB, but there is room for 2\.1 GB\. The most goes to \d\.\d GB for a value of conv2d(_1)? and \d\.\d GB for a value of conv2d(_1)?\. Use a batch of (2,048|1,024|512) or less, or fewer filters in conv2d(_1)?\.$/,
    );
    expect(recording.status).toMatchObject({ state: "failed", memory: null });
    expect(grow).not.toHaveBeenCalled();
    await trainer.prepare(conv(8), { ...onCpu, limit: 16 });
    expect(recording.status.state).toBe("ready");
    await trainer.step();
    expect(recording.steps).toHaveLength(1);
    await trainer.dispose();
  });
});
