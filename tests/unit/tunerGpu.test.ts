// The tuner on Dawn: that what it takes has passed the self-test, is found on a real clock, and is nothing that training
// notices. Where a test is about what follows from times, it gives them. What follows from them alone, `tuner.test.ts` asks.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Backend, GemmVariants } from "../../src/engine/backend/backend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { gemmsOf } from "../../src/engine/check/gemms";
import { findFault } from "../../src/engine/check/selfTest";
import type { Plan } from "../../src/engine/compile/plan";
import { type DeviceStore, memoryStore } from "../../src/engine/device/deviceStore";
import type { ShaderPart } from "../../src/engine/graph/kernel";
import { recallTuned } from "../../src/engine/tune/tunedVariants";
import { everyDay, fullTest, isFull } from "../support/full";
import { testGpu } from "../support/gpu";
import { firstDigits } from "../support/mnist";
import { lossOf } from "../support/scores";
import { onCpu, Recording } from "../support/trainer";
import {
  type ChoosingBackend,
  convnet,
  given,
  isKernelGrad,
  model,
  preferredVariants,
  samples,
  shadersOf,
  start,
} from "../support/tuning";

// One device for all: it compiles a shader that it knows already in no time.
let device: GPUDevice;
let backend: ChoosingBackend;
beforeAll(async () => {
  const adapter = await (await testGpu()).requestAdapter();
  if (!adapter) throw new Error("no adapter");
  device = await adapter.requestDevice({ requiredFeatures: ["subgroups"] });
  const opened = await createWebGpuBackend({ device });
  if (!opened.gemm) throw new Error("no choice");
  backend = { ...opened, gemm: opened.gemm };
});
afterEach(() => {
  backend.gemm.preferred.clear();
  vi.restoreAllMocks();
});
afterAll(() => {
  backend.dispose();
  device.destroy();
});

/** What the adapter has passed as it is. */
const passedAsItIs = memoryStore();

/** As `start`, on an adapter that passed the self-test as it is, with the self-test before anything is taken. */
async function startTested(on: Backend) {
  const dataset = await firstDigits(samples);
  await findFault(backend, model, dataset, passedAsItIs);
  const store = memoryStore();
  const key = `self-test ${backend.adapter}`;
  await store.set(key, await passedAsItIs.get(key));
  const findFaultIn = (tuned: Backend) => findFault(tuned, model, dataset, store);
  const passed = async (): Promise<unknown> => await store.get(`self-test ${backend.adapter}`);
  return { ...(await start(on, store, { budgetMs: Infinity, findFaultIn })), store, passed };
}

/** The plan with the text of its shaders changed. */
function mutated(plan: Plan, change: (text: string) => string): Plan {
  const changeParts = (parts: readonly ShaderPart[]) => parts.map((part) => ({ ...part, text: change(part.text) }));
  const steps = plan.launches.map((step) => {
    const { kernel } = step;
    const wgsl: typeof kernel.wgsl = (args) => {
      const program = kernel.wgsl(args);
      return { ...program, parts: changeParts(program.parts) };
    };
    return { ...step, kernel: { ...kernel, wgsl } };
  });
  return { ...plan, launches: steps };
}

describe("what is taken", () => {
  // Every day `tuner.test.ts` asks that nothing is taken before the self-test, and `selfTest.test.ts` what that finds.
  fullTest("has passed the self-test in the launches of the training step", async () => {
    const { timed, compiled } = given(backend, { registers: 2, quads16x4: 1 });
    const { tuner, run, session, passed } = await startTested(timed);
    const before = await passed();
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: true });
    // In all launches with products at once, after each product was compared by itself. The output's, which has no choice
    // here, had passed as the device would compute it; where a split is scored, its probabilities are ranked as well, and its product
    // is a launch of its own.
    const compared = ["registers", "quads16x4", "registers", "quads16x4"];
    expect(compiled).toEqual([...compared, "quads16x4", "registers", "registers"]);
    expect(shadersOf(session).filter((name) => name.startsWith("gemm_quads"))).toHaveLength(2);
    expect(before).not.toEqual([]);
    expect(await passed()).toEqual(expect.arrayContaining([before, expect.stringMatching(/matmul.* \w+$/)].flat()));
    expect(await passed()).not.toEqual(before);
  });

  fullTest("is not what fails the self-test: the usual is kept, and said to be", async () => {
    // Right by itself, and wrong in company.
    const wrongly = (text: string): string => text.replaceAll(/set_(\w*)c\(i, (\w+)\)/g, "set_$1c(i, $2 * 1.01)");
    const { timed, compiled } = given(backend, { registers: 2, tiled: 1 }, (variant, plan) =>
      variant === "tiled" && plan.launches.length > 1 ? mutated(plan, wrongly) : plan,
    );
    const { tuner, run, store, session, passed } = await startTested(timed);
    const [before, passedBefore] = [shadersOf(session), await passed()];
    await expect(tuner.tune(run)).rejects.toThrow(
      /^This GPU computes .*matmul.* wrongly \(.*\)\. Training goes on with the usual kernels\.$/,
    );
    expect(shadersOf(session)).toEqual(before);
    expect(preferredVariants(backend)).toEqual(["registers", "registers"]);
    expect(tuner.report).toBeNull();
    expect(await passed()).toEqual(passedBefore);

    // Neither now nor at the next visit is it tried again.
    compiled.length = 0;
    expect(await tuner.tune(run)).toBeNull();
    backend.gemm.preferred.clear();
    await recallTuned(backend, store);
    const later = await start(timed, store);
    expect(await later.tuner.tune(later.run)).toBeNull();
    expect(compiled).toEqual([]);
  });

  it("is found on a real clock among the real candidates", async () => {
    // Of one product; all take too long to compile.
    const candidates: GemmVariants["candidates"] = (size) =>
      backend.gemm.candidates(size).slice(0, size.k === 784 ? (isFull ? 9 : 3) : 1);
    const { run, tuner, session } = await start({ ...backend, gemm: { ...backend.gemm, candidates } });
    expect(await tuner.tune(run)).toMatchObject({ products: 1 });
    const { product } =
      gemmsOf(session.trainingStep.plan).find((found) => found.product.k === 784) ?? expect.fail("no product");
    expect(candidates(product).length).toBeGreaterThan(2);
    expect(candidates(product)).toContain(backend.gemm.preferred.get(product.key)?.variant);
  });
});

const makers = ["createBuffer", "createBindGroup", "createShaderModule", "createComputePipelineAsync"] as const;

describe("training", () => {
  it("goes on while it is tuned, to the same losses but for rounding, and makes nothing afterwards", async () => {
    const alone = await start(backend);
    await alone.run.runTo(alone.run.totalSteps);

    const { timed } = given(backend, { registers: 2, quads16x4: 1 });
    const { session, run, heard, tuner } = await start(timed);
    const memory = session.memory;
    const running = run.runTo(run.totalSteps - 20);
    const tuned = await tuner.tune(run);
    await running;
    expect(tuned).toMatchObject({ products: 2, isChanged: true });
    expect(session.memory).toEqual(memory);
    // The first scores make the staging buffers that all others use.
    await run.runTo(run.totalSteps - 10);
    const spies = makers.map((name) => vi.spyOn(device, name));
    await run.runTo(run.totalSteps);
    expect(spies.map((spy) => spy.mock.calls.length)).toEqual(makers.map(() => 0));

    expect(heard.map(({ step }) => step)).toEqual(alone.heard.map(({ step }) => step));
    heard.forEach(({ values }, i) => expect(lossOf(values)).toBeCloseTo(lossOf(alone.heard[i]?.values), 4));
  });

  it("in another number of parts changes losses by rounding only, and by nothing from one run to the next", async () => {
    const usual = await start(backend, undefined, {}, convnet);
    const found = gemmsOf(usual.session.trainingStep.plan).find(({ product }) => isKernelGrad(product));
    const key = found?.product.key ?? "";
    const lossesIn = async (parts: number): Promise<number[]> => {
      backend.gemm.preferred.set(key, { variant: "registers", parts });
      const { session, run, heard } = await start(backend, undefined, {}, convnet);
      const made = gemmsOf(session.trainingStep.plan).filter(({ product }) => isKernelGrad(product));
      expect(made.map(({ product }) => product.parts)).toEqual([parts]);
      await run.runTo(run.totalSteps);
      return heard.map(({ values }) => lossOf(values));
    };
    await usual.run.runTo(usual.run.totalSteps);
    for (const parts of everyDay([5], [1, 5, 20])) {
      const losses = await lossesIn(parts);
      expect(await lossesIn(parts)).toEqual(losses);
      expect(losses).toHaveLength(usual.heard.length);
      losses.forEach((loss, i) => expect(loss).toBeCloseTo(lossOf(usual.heard[i]?.values), 4));
    }
  });

  it("lets go of all that was made for it", async () => {
    const { timed } = given(backend, { registers: 2, quads16x4: 1 });
    const { session, run, tuner } = await start(timed);
    const made: GPUBuffer[] = [];
    const create = device.createBuffer.bind(device);
    vi.spyOn(device, "createBuffer").mockImplementation((descriptor) => {
      const buffer = create(descriptor);
      made.push(buffer);
      vi.spyOn(buffer, "destroy");
      return buffer;
    });
    await tuner.tune(run);
    session.dispose();
    expect(made.length).toBeGreaterThan(8);
    const kept = made.filter((buffer) => vi.mocked(buffer.destroy).mock.calls.length === 0);
    // What reads results back is the backend's, for the next time.
    expect(kept.filter(({ label }) => label !== "staging")).toEqual([]);
  });

  // The trainer's own: every day, `tests/e2e/tuner.test.ts` has it in a browser.
  if (!isFull) return;

  const options = { ...onCpu, backend: "webgpu", limit: samples } as const;
  const short = { ...model, training: { ...model.training, epochs: 2 } };

  /** Trains, and says how. */
  async function trained(store: DeviceStore, tune?: boolean) {
    const recording = new Recording({ gpu: await testGpu(), store });
    const { trainer } = recording;
    await trainer.prepare(short, { ...options, ...(tune !== undefined && { tune }) });
    const { session } = trainer;
    if (!session) throw new Error(recording.notices[0]?.message);
    const { plan } = session.trainingStep;
    await trainer.train();
    const shaders = shadersOf(session);
    const { losses, notices } = recording;
    await trainer.dispose();
    expect(notices).toEqual([]);
    return { losses, shaders, products: gemmsOf(plan) };
  }

  it("gives the same bits run after run with the usual kernels, whatever was found before, unless asked to tune", async () => {
    const store = memoryStore();
    const first = await trained(store);
    const usual = first.shaders;
    const tuned = first.products.map(({ product }) => [product.key, { variant: "registers", parts: 1 }]);
    await store.set(`gemm ${backend.adapter}`, tuned);
    const off = await trained(store, false);
    expect(off.losses).toEqual(first.losses);
    expect(off.shaders).toEqual(usual);
    const on = await trained(store, true);
    expect(usual).not.toContain("gemm_registers");
    expect(on.shaders).toEqual(usual.map(() => "gemm_registers"));
    expect(on.losses.length).toBe(first.losses.length);
    on.losses.forEach((loss, i) => expect(loss).toBeCloseTo(first.losses[i] ?? NaN, 4));
  });
});
