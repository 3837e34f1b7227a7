// What is remembered of a self-test: what passed, on which adapter, and nothing else.
import { describe, expect, it } from "vitest";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { BackendError } from "../../src/engine/errors";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { type DeviceStore, memoryStore } from "../../src/engine/device/deviceStore";
import { findFault } from "../../src/engine/check/selfTest";
import { blank } from "../support/data";
import { withLearning } from "../support/models";
import { faultOn, wrongGpu } from "../support/wrongGpu";

const xor: ModelDescription = presets.xor.description;
const points = blank("xor", 4);

describe("what is remembered", () => {
  it("is what passed: the same model is not tested again, and a changed one only in what is new", async () => {
    const store = memoryStore();
    const first = await wrongGpu();
    expect(await faultOn(first.gpu, xor, points, store)).toBeUndefined();
    expect(first.compiled.length).toBeGreaterThan(3);
    const second = await wrongGpu();
    expect(await faultOn(second.gpu, xor, points, store)).toBeUndefined();
    expect(second.compiled).toEqual([]);
    const third = await wrongGpu();
    const other = withLearning(xor, { optimizer: { type: "Momentum", config: { learningRate: 0.5 } } });
    expect(await faultOn(third.gpu, other, points, store)).toBeUndefined();
    expect(third.compiled).toContainEqual(expect.stringContaining("optimizer"));
    expect(third.compiled.filter((label) => label.startsWith("matmul (dense"))).toEqual([]);
  });

  it("is not what failed, since drivers are mended", async () => {
    const store = memoryStore();
    const broken = await wrongGpu({ kernel: "sum", stored: "value * 1.5" });
    expect(await faultOn(broken.gpu, xor, points, store)).toMatch(
      /^This GPU computes .*\bsum\b.* wrongly \(error [\d.]+, expected below \d(\.\d)?e-[56]\)\.$/,
    );
    const mended = await wrongGpu();
    expect(await faultOn(mended.gpu, xor, points, store)).toBeUndefined();
    expect(mended.compiled).not.toEqual([]);
  });

  it("is not what there was no room to test, though it is no fault", async () => {
    const { gpu } = await wrongGpu();
    const backend = await createWebGpuBackend({ gpu });
    const store = memoryStore();
    const prepareWith = () => Promise.reject(new BackendError("out of memory"));
    const short = { ...backend, gemm: { ...backend.gemm!, prepareWith } };
    expect(await findFault(short, xor, points, store)).toBeUndefined();
    expect(await store.get(`self-test ${backend.adapter}`)).toBeUndefined();
    backend.dispose();
  });

  it("is nothing when the test is called off", async () => {
    const { gpu } = await wrongGpu();
    const store = memoryStore();
    const backend = await createWebGpuBackend({ gpu });
    const abort = new AbortController();
    const onStart = (): void => abort.abort(new Error("another model"));
    await expect(findFault(backend, xor, points, store, { onStart, signal: abort.signal })).rejects.toThrow("another");
    expect(await store.get(`self-test ${backend.adapter}`)).toBeUndefined();
    backend.dispose();
  });

  it("is nothing of use when the store holds something else", async () => {
    const { gpu, compiled } = await wrongGpu();
    const store: DeviceStore = { get: async () => ({ from: "another version" }), set: async () => {} };
    expect(await faultOn(gpu, xor, points, store)).toBeUndefined();
    expect(compiled).not.toEqual([]);
  });
});
