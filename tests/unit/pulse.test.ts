// A worker that computes for long is not taken for one that hangs: it says between launches that it is there, and scores in
// batches that take no long time.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import { onPulse } from "../../src/engine/backend/pulse";
import { Session } from "../../src/engine/train/session";
import { ResidentData } from "../../src/engine/train/resident";
import { modelOf, ratesOf } from "../support/models";
import { noise } from "../support/noise";

const hear = vi.fn();
let backend: Backend | null = null;
beforeEach(() => {
  hear.mockReset();
  onPulse(hear);
});
afterEach(() => {
  onPulse();
  backend?.dispose();
});

const sessionOn = async (units: number, validationCount: number, batchSize = 4): Promise<Session> => {
  if (!backend) throw new Error("WebAssembly: expected SIMD kernels to be valid here, got none that are.");
  const description = modelOf([["Flatten"], ["Dense", { units }], ["Dense", { units: 10, activation: "softmax" }]], {
    batchSize,
    validationCount,
  });
  return await Session.create({ backend, description, dataset: noise(210), resident: new ResidentData(backend) });
};

test.each([
  ["JavaScript", async () => createCpuBackend()],
  ["WebAssembly", () => createWasmBackend()],
] as const)(
  "in %s a long step gives signs of life between its launches, and quick ones between each other",
  async (_, open) => {
    backend = await open();
    const session = await sessionOn(8, 0);
    // Each look at the clock finds a second gone, from now on: the process may have begun long ago.
    let ms = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => (ms += 1000));
    session.runSteps(0, ratesOf(0.001, 1));
    expect(hear.mock.calls.length).toBeGreaterThanOrEqual(session.explain().plan.launches.length);
    hear.mockReset();
    session.runSteps(1, ratesOf(0.001, 3));
    expect(hear.mock.calls.length).toBeGreaterThanOrEqual(3);
    hear.mockReset();
    // Within a moment nothing is repeated.
    vi.spyOn(performance, "now").mockReturnValue(ms + 1000);
    session.runSteps(4, ratesOf(0.001, 3));
    expect(hear).toHaveBeenCalledOnce();
  },
);

test.each([
  // A product of 64 * 784 * 8 * 2 operations takes no time, one of 64 * 784 * 512 * 2 up to 2.6 s, and its gradient too.
  ["JavaScript", async () => createCpuBackend(), 8, 0],
  ["JavaScript", async () => createCpuBackend(), 512, 2],
  ["WebAssembly", () => createWasmBackend(), 512, 0],
] as const)("in %s what may take long is announced, before it begins (%#)", async (_, open, units, long) => {
  backend = await open();
  const session = await sessionOn(units, 0, 64);
  session.runSteps(0, ratesOf(0.001, 1));
  const silences = hear.mock.calls.map(([silenceMs]) => silenceMs);
  expect(silences.filter((silenceMs) => silenceMs > 2500 && silenceMs < 2700)).toHaveLength(long);
  // What was allowed for it is taken back when it is done.
  if (long > 0) expect(silences.at(-1)).toBe(0);
});

test("scoring lets messages in after half a gigaflop, where nothing is heard meanwhile", async () => {
  backend = await createWasmBackend();
  const pause = vi.fn(async () => {});
  const quick = await sessionOn(8, 200);
  const score = await quick.scoreValidation(pause);
  expect(pause).toHaveBeenCalledOnce();
  pause.mockClear();
  // 200 samples cost 2 * 200 * 784 * 2048 = 642 million operations.
  const slow = await sessionOn(2048, 200);
  expect(Object.keys(await slow.scoreValidation(pause))).toEqual(Object.keys(score));
  expect(pause).toHaveBeenCalledTimes(2);
});
