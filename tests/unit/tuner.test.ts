// The tuner on Dawn: what it compares, what it takes and keeps, and that training does not notice. Where a test is about
// what follows from times, it gives them; all that is timed is really compiled, run and compared.
import { describe, expect, it, vi } from "vitest";
import type { GemmVariants } from "../../src/engine/backend/backend";
import { type DeviceStore, memoryStore } from "../../src/engine/device/deviceStore";
import { gemmsOf } from "../../src/engine/check/gemms";
import { recallTuned } from "../../src/engine/tune/tunedVariants";
import { testGpu } from "../support/gpu";
import { lossOf } from "../support/scores";
import { onCpu, Recording } from "../support/trainer";
import {
  backend,
  device,
  given,
  model,
  mutated,
  preferredVariants,
  samples,
  shadersOf,
  start,
  startTested,
  STORE,
  tiledOf,
  variants,
} from "../support/tuning";

describe("the products of a training step", () => {
  it("are found in every launch, once each, the costliest first", async () => {
    const { session } = await start(backend);
    const { plan } = session.trainingStep;
    const products = gemmsOf(plan).map(({ product }) => product);
    expect(products.map(({ m, n, k }) => [m, n, k].toSorted((a, b) => a - b))).toEqual([
      [12, 16, 784],
      [12, 16, 784],
      [10, 12, 16],
    ]);
    const twice = { ...plan, steps: [...plan.steps, ...plan.steps] };
    expect(gemmsOf(twice).map(({ product }) => product.key)).toEqual(products.map(({ key }) => key));
  });
});

describe("what is taken", () => {
  it("is the quickest, in every product", async () => {
    const { timed, compiled } = given({ registers: 2, tiled: 1 });
    const { session, run, tuner } = await start(timed);
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: true });
    expect(compiled).toEqual(["registers", "tiled", "registers", "tiled"]);
    expect(preferredVariants()).toEqual(["tiled", "tiled"]);
    expect(tiledOf(session)).toBe(2);
    // There is nothing left to do.
    expect(await tuner.tune(run)).toBeNull();
    expect(compiled).toHaveLength(4);
  });

  it("is the usual variant when another is hardly quicker", async () => {
    const { timed } = given({ registers: 2, tiled: 1.95 });
    const { session, run, tuner } = await start(timed);
    const before = shadersOf(session);
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: false });
    expect(shadersOf(session)).toEqual(before);
  });

  it.each([
    ["computes a little less", (text: string) => text.replace(STORE, "set_c(i, $1 * 0.999)")],
    ["leaves something out", (text: string) => text.replace(STORE, "set_c(i, select($1, 0.0, i % 8u == 3u))")],
    ["does not compile", (text: string) => text.replace(STORE, "no_such_thing(i)")],
  ])("is never one that %s", async (_, change) => {
    const { timed } = given({ registers: 2, tiled: 1 }, (variant, plan) =>
      variant === "tiled" ? mutated(plan, change) : plan,
    );
    const { session, run, tuner } = await start(timed);
    const before = shadersOf(session);
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: false });
    expect(shadersOf(session)).toEqual(before);
    expect(preferredVariants()).toEqual(["registers", "registers"]);
  });

  it("has passed the self-test in the launches of the training step", async () => {
    const { timed, compiled } = given({ registers: 2, tiled: 1 });
    const { tuner, run, session, passed } = await startTested(timed);
    const before = await passed();
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: true });
    // In all launches with products at once, after each product was compared by itself.
    expect(compiled).toEqual(["registers", "tiled", "registers", "tiled", "tiled"]);
    expect(tiledOf(session)).toBe(2);
    expect(before).not.toEqual([]);
    expect(await passed()).toEqual(expect.arrayContaining([before, expect.stringMatching(/matmul.* \w+$/)].flat()));
    expect(await passed()).not.toEqual(before);
  });

  it("is not what fails the self-test: the usual is kept, and said to be", async () => {
    // Right by itself, and wrong in company.
    const wrongly = (text: string): string => text.replaceAll(/set_(\w*)c\(i, (\w+)\)/g, "set_$1c(i, $2 * 1.01)");
    const { timed, compiled } = given({ registers: 2, tiled: 1 }, (variant, plan) =>
      variant === "tiled" && plan.steps.length > 1 ? mutated(plan, wrongly) : plan,
    );
    const { tuner, run, store, session, passed } = await startTested(timed);
    const [before, passedBefore] = [shadersOf(session), await passed()];
    await expect(tuner.tune(run)).rejects.toThrow(
      /^This GPU computes .*matmul.* wrongly \(.*\)\. Training goes on with the usual kernels\.$/,
    );
    expect(shadersOf(session)).toEqual(before);
    expect(preferredVariants()).toEqual(["registers", "registers"]);
    expect(tuner.report).toBeNull();
    expect(await passed()).toEqual(passedBefore);

    // Neither now nor at the next visit is it tried again.
    compiled.length = 0;
    expect(await tuner.tune(run)).toBeNull();
    variants.preferred.clear();
    await recallTuned(backend, store);
    const later = await start(timed, store);
    expect(await later.tuner.tune(later.run)).toBeNull();
    expect(compiled).toEqual([]);
  });

  it("waits for the next time where it was cancelled just before", async () => {
    const { timed } = given({ registers: 2, tiled: 1 });
    let tested = 0;
    const findFaultIn = async (): Promise<undefined> => {
      tested++;
      if (tested === 1) void tuner.cancel();
    };
    const { tuner, run, session } = await start(timed, undefined, { budgetMs: Infinity, findFaultIn });
    expect(await tuner.tune(run)).toBeNull();
    expect(variants.preferred.size).toBe(0);
    expect(tiledOf(session)).toBe(0);
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: true });
    expect(tiledOf(session)).toBe(2);
  });

  it("is found on a real clock among the real candidates", async () => {
    const { run, tuner, session } = await start(backend);
    const report = await tuner.tune(run);
    expect(report?.products).toBe(3);
    for (const { product } of gemmsOf(session.trainingStep.plan)) {
      expect(variants.candidates(product)).toContain(variants.preferred.get(product.key)?.variant);
    }
  });
});

describe("what is kept", () => {
  it("says too that there was no time to find anything, so that none is spent again", async () => {
    const store = memoryStore();
    const first = given({ registers: 3, tiled: 2 });
    const { run, tuner } = await start(first.timed, store, { budgetMs: 50, now: () => 100 * first.compiled.length });
    expect(await tuner.tune(run)).toBeNull();
    expect(first.compiled).toEqual(["registers"]);

    // The other product has its turn at the next visit, and at the one after that nothing is left.
    for (const wanted of [["registers"], []]) {
      variants.preferred.clear();
      await recallTuned(backend, store);
      const { timed, compiled } = given({ registers: 3, tiled: 2 });
      const next = await start(timed, store, { budgetMs: 50, now: () => 100 * compiled.length });
      expect(await next.tuner.tune(next.run)).toBeNull();
      expect(compiled).toEqual(wanted);
    }
    expect(preferredVariants()).toEqual(["registers", "registers"]);
  });

  it("is taken at the next start, with nothing compiled to compare", async () => {
    const store = memoryStore();
    const first = await start(given({ registers: 2, tiled: 1 }).timed, store);
    await first.tuner.tune(first.run);

    variants.preferred.clear();
    await recallTuned(backend, store);
    const { timed, compiled } = given({ tiled: 2, registers: 1 });
    const second = await start(timed, store);
    expect(tiledOf(second.session)).toBe(2);
    expect(await second.tuner.tune(second.run)).toBeNull();
    expect(compiled).toEqual([]);
  });

  it("is passed over where it makes no sense", async () => {
    const store: DeviceStore = {
      get: async () => [
        ["a", { variant: "tiled", parts: 2 }],
        ["b", { variant: "of another version", parts: 2 }],
        ...[0, 1.5, 1000, "2"].map((parts) => ["c", { variant: "tiled", parts }]),
        ["d", "tiled"],
        [5, { variant: "tiled", parts: 2 }],
        "e",
        7,
        null,
      ],
      set: async () => {},
    };
    await recallTuned(backend, store);
    expect([...variants.preferred]).toEqual([["a", { variant: "tiled", parts: 2 }]]);
    await recallTuned(backend, { ...store, get: async () => ({ from: "elsewhere" }) });
    expect(variants.preferred.size).toBe(1);
  });
});

describe("the budget", () => {
  // The clock goes on by 100 ms whenever something is compiled.
  it.each([
    [0, [], null],
    [50, ["registers"], null],
    [150, ["registers", "tiled"], { products: 1 }],
    [250, ["registers", "tiled", "reduce"], { products: 1 }],
    [450, ["registers", "tiled", "reduce", "registers", "tiled"], { products: 2 }],
  ])("of %i ms is overdrawn by one candidate at most", async (budgetMs, wanted, result) => {
    const { timed, compiled } = given({ registers: 3, tiled: 2, reduce: 1 });
    const { run, tuner } = await start(timed, undefined, { budgetMs, now: () => 100 * compiled.length });
    const report = await tuner.tune(run);
    expect(compiled).toEqual(wanted);
    if (result) expect(report).toMatchObject({ ...result, elapsedMs: 100 * wanted.length });
    else expect(report).toBeNull();
  });

  it("is not had twice: what was cancelled goes on with the rest of it", async () => {
    const { timed, compiled } = given({ registers: 3, tiled: 2 }, (_, plan) => {
      if (compiled.length === 3) void tuner.cancel();
      return plan;
    });
    const { run, tuner } = await start(timed, undefined, { budgetMs: 450, now: () => 100 * compiled.length });
    expect(await tuner.tune(run)).toBeNull();
    expect(variants.preferred.size).toBe(0);
    // One product was done with, the other is begun again.
    expect(await tuner.tune(run)).toMatchObject({ products: 2, elapsedMs: 500 });
    expect(compiled).toEqual(["registers", "tiled", "registers", "registers", "tiled"]);
  });
});

describe("variants ahead", () => {
  it("are made ready while another is timed, as many as the backend allows, and compared in the same order", async () => {
    const { timed, compiled } = given({ registers: 4, tiled64: 3, reduce: 2, tiled: 1 });
    const { gemm } = timed;
    if (!gemm) throw new Error("no choice");
    const timedAt: number[] = [];
    const prepareWith: GemmVariants["prepareWith"] = async (...args) => {
      const executable = await gemm.prepareWith(...args);
      const profile: typeof executable.profile = (row, onStep) => {
        timedAt.push(compiled.length);
        return executable.profile(row, onStep);
      };
      return { ...executable, profile };
    };
    const { run, tuner } = await start({ ...timed, gemm: { ...gemm, prepareWith, ahead: 2 } });
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: true });
    const once = ["registers", "tiled64", "reduce", "tiled"];
    expect(compiled).toEqual([...once, ...once]);
    // When the first is timed, two more are under way.
    expect(timedAt).toEqual([3, 4, 4, 4, 7, 8, 8, 8]);
    expect(preferredVariants()).toEqual(["tiled", "tiled"]);
  });
});

const makers = ["createBuffer", "createBindGroup", "createShaderModule", "createComputePipelineAsync"] as const;

describe("training", () => {
  it("goes on while it is tuned, to the same losses but for rounding, and makes nothing afterwards", async () => {
    const alone = await start(backend);
    await alone.run.runTo(alone.run.totalSteps);

    const { timed } = given({ registers: 2, tiled: 1 });
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

  it("lets go of all that was made for it", async () => {
    const { timed } = given({ registers: 2, tiled: 1 });
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
    expect(new Set(kept.map(({ label }) => label))).toEqual(new Set(["staging"]));
  });
});

describe("the trainer", () => {
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
    const tuned = first.products.map(({ product }) => [product.key, { variant: "tiled", parts: 1 }]);
    await store.set(`gemm ${backend.adapter}`, tuned);
    const off = await trained(store, false);
    expect(off.losses).toEqual(first.losses);
    expect(off.shaders).toEqual(usual);
    const on = await trained(store, true);
    expect(usual).not.toContain("gemm_tiled");
    expect(on.shaders).toEqual(usual.map(() => "gemm_tiled"));
    expect(on.losses.length).toBe(first.losses.length);
    on.losses.forEach((loss, i) => expect(loss).toBeCloseTo(first.losses[i] ?? NaN, 4));
  });
});
