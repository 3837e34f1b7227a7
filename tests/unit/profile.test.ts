// Profiles on every backend: a time for each launch, and a model that does not notice.
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Backend } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import { timeOnce } from "../../src/engine/backend/timing";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { startThread } from "../../scripts/support/helperThread";
import { compile } from "../../src/engine/compile/compile";
import { sum } from "../../src/engine/ops/broadcast";
import { input } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { relu, sub } from "../../src/engine/ops/pointwise";
import { max } from "../../src/engine/ops/reduce";
import { transpose } from "../../src/engine/ops/strided";
import { MODEL } from "../../src/engine/tasks/supervised";
import { everyDay } from "../support/full";
import { testGpu } from "../support/gpu";
import { firstDigits } from "../support/mnist";
import { modelOf } from "../support/models";
import { lossOf } from "../support/scores";

async function wasm(threads: number): Promise<Backend> {
  const backend = await createWasmBackend({ threads, startHelper: startThread });
  if (!backend) throw new Error("WebAssembly: expected SIMD in Node, got none.");
  return backend;
}

/** A device without the features that lend out its clock and let threads hear each other. */
async function featurelessGpu(): Promise<Backend> {
  const adapter = await (await testGpu()).requestAdapter();
  if (!adapter) throw new Error("no adapter");
  const device = await adapter.requestDevice();
  const backend = await createWebGpuBackend({ device });
  return { ...backend, dispose: () => (backend.dispose(), device.destroy()) };
}

/** The update has a launch of its own, since it adds up the parts of the convolution's gradient. With room for ten buffers a
 *  product shares a launch with the sums of the metrics. */
const launchesWith = (gemm: string): string[] => [
  `${gemm} + reduce_short + write_row`,
  "dense_cross_entropy_rows",
  "pointwise",
];
const launchesInEight = (gemm: string): string[] => [gemm, "reduce_short + write_row", "pointwise"];

const backends = {
  JavaScript: { make: async () => createCpuBackend(), clock: "host", kernels: ["JavaScript"] },
  "JavaScript in float64": { make: async () => createCpuBackend("float64"), clock: "host", kernels: ["JavaScript"] },
  WebAssembly: { make: () => wasm(1), clock: "host", kernels: ["WebAssembly"] },
  "WebAssembly on two threads": { make: () => wasm(2), clock: "host", kernels: ["WebAssembly"] },
  "WebGPU with a clock": {
    make: async () => createWebGpuBackend({ gpu: await testGpu() }),
    clock: "device",
    kernels: launchesWith("gemm_quads16x4"),
  },
  "WebGPU without a clock": { make: featurelessGpu, clock: "host", kernels: launchesInEight("gemm_registers") },
} as const;

/** Every day without those that are another in all but one number. */
const someBackends = Object.entries(backends).filter(
  ([name]) => name !== "JavaScript in float64" && name !== "WebAssembly",
);

/** Adam, dropout and a convolution: state of every kind, products, pooling, and steps that only the host has. */
const description = modelOf(
  [
    ["Conv2D", { filters: 4, activation: "relu" }],
    ["MaxPooling2D"],
    ["Dropout", { rate: 0.3 }],
    ["Flatten"],
    ["Dense", { units: 10, activation: "softmax" }],
  ],
  { batchSize: 8, optimizer: { type: "Adam", config: {} } },
);

const rates = { [MODEL]: 0.01 };

const nothing = async (): Promise<void> => {};

describe.each(everyDay(someBackends, Object.entries(backends)))("a profile on %s", (_, { make, clock, kernels }) => {
  let session: Session;
  const open: { dispose(): void }[] = [];
  beforeAll(async () => {
    const backend = await make();
    const resident = new ResidentData(backend);
    session = await Session.create({ backend, description, dataset: await firstDigits(60), resident });
    open.push(session, resident, backend);
  });
  beforeEach(() => session.reset());
  afterAll(() => {
    for (const one of open) one.dispose();
  });

  it("runs each step on what those before it have made", async () => {
    const backend = await make();
    const x = input("x", [64, 64]);
    // Several launches, none of which can be left out or take another's place.
    const y = sum(relu(sub(matmul(transpose(x, [1, 0]), x), max(x))), [0]);
    const values = Float32Array.from({ length: 64 * 64 }, (_unused, i) => ((i * 37) % 11) - 5);
    const leaf = backend.createTensor(x, values);
    const plan = compile({ outputs: [y] });
    expect(plan.launches.length).toBeGreaterThan(3);
    const results = [];
    for (const way of ["run", "profile"] as const) {
      const executable = await backend.prepare(plan, new Map([[x, leaf]]));
      if (way === "run") executable.run([{}]);
      else await executable.profile({}, nothing);
      results.push(await executable.read(y));
      executable.dispose();
    }
    leaf.dispose();
    backend.dispose();
    expect(results[0]?.some((value) => value !== 0)).toBe(true);
    expect(results[1]).toEqual(results[0]);
  });

  it("has a time for each step of the plan, in order", async () => {
    const { launches: steps } = session.explain().plan;
    const heard: number[] = [];
    const profile = await session.profileStep(0, rates, async (index) => void heard.push(index));
    expect(profile.clock).toBe(clock);
    expect(profile.stepMs).toHaveLength(steps.length);
    expect(profile.stepMs.every((time) => time > 0 && Number.isFinite(time))).toBe(true);
    expect(heard).toEqual(steps.map(({ index }) => index));
  });

  it("is of launches that are told apart by kernel", () => {
    const { launches } = session.explain().plan;
    expect(launches.map(({ detail }) => detail?.variant)).toEqual(expect.arrayContaining([...kernels]));
    const groups = launches.map(({ detail }) => detail?.workgroups);
    expect(groups.every((count) => (kernels.length > 2 ? Number(count) >= 1 : count === undefined))).toBe(true);
  });

  it("leaves the model as it was, to the bit, at every moment that others can see", async () => {
    session.runSteps(0, [rates, rates]);
    const before = await session.snapshot(2);
    const scores = await session.readScores(0, 2);
    const isAsBefore: boolean[] = [];
    await session.profileStep(2, rates, async () => {
      isAsBefore.push(isDeepStrictEqual(await session.snapshot(2), before));
    });
    expect(isAsBefore).toEqual(session.explain().plan.launches.map(() => true));
    expect(await session.snapshot(2)).toEqual(before);
    expect(await session.readScores(0, 2)).toEqual(scores);
    session.runSteps(2, [rates]);
    expect(isDeepStrictEqual(await session.snapshot(2), before)).toBe(false);
  });

  it("does not change what is trained afterwards", async () => {
    const losses = async (isProfiled: boolean): Promise<number[]> => {
      session.reset();
      session.runSteps(0, [rates, rates]);
      if (isProfiled) await session.profileStep(2, rates, nothing);
      session.runSteps(2, [rates, rates]);
      return (await session.readScores(0, 4)).map(lossOf);
    };
    expect(await losses(true)).toEqual(await losses(false));
  });

  it("ends where its caller says", async () => {
    const before = await session.snapshot(0);
    let heard = 0;
    const profile = session.profileStep(0, rates, async () => {
      if (++heard === 3) throw new Error("enough");
    });
    await expect(profile).rejects.toThrow("enough");
    expect(heard).toBe(3);
    expect(await session.snapshot(0)).toEqual(before);
  });
});

describe("timing", () => {
  /** A clock on which each run takes so long, and which is rounded. */
  const timing = async (
    runMs: number,
    roundedToMs = 0,
    disturbedAt = -1,
  ): Promise<{ ms: number; repeats: number[] }> => {
    const repeats: number[] = [];
    const ms = await timeOnce((count) => {
      repeats.push(count);
      const elapsed = count * runMs * (repeats.length === disturbedAt ? 10 : 1);
      return roundedToMs > 0 ? Math.floor(elapsed / roundedToMs) * roundedToMs : elapsed;
    });
    return { ms, repeats };
  };

  it("runs what is long once to warm up and thrice to time", async () => {
    expect(await timing(50)).toEqual({ ms: 50, repeats: [1, 1, 1, 1] });
  });

  it("is not disturbed by one measurement that was", async () => {
    for (const at of [1, 2, 3, 4]) expect((await timing(50, 0, at)).ms).toBe(50);
  });

  it("repeats what is short for 5 ms at least, and not for long", async () => {
    const { ms, repeats } = await timing(0.01);
    expect(ms).toBeCloseTo(0.01, 12);
    expect(repeats.at(-1)! * 0.01).toBeGreaterThanOrEqual(5);
    expect(repeats.at(-1)! * 0.01).toBeLessThan(20);
  });

  it("finds a time that a rounded clock shows nothing of", async () => {
    const { ms } = await timing(0.02, 0.1);
    expect(Math.abs(ms - 0.02) / 0.02).toBeLessThan(0.02);
  });

  it("gives up on what takes no time at all", async () => {
    const { ms, repeats } = await timing(0);
    expect(ms).toBe(0);
    expect(repeats.at(-1)).toBe(4096);
  });
});
