// The tuner on Dawn: what it compares, what it takes and keeps, and that training does not notice. Where a test is about
// what follows from times, it gives them; all that is timed is really compiled, run and compared.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Backend, Executable, GemmWays } from "../../src/engine/backend/backend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import type { Plan } from "../../src/engine/compile/plan";
import type { GemmSize, GemmVariant, ShaderPart } from "../../src/engine/graph/kernel";
import { gemmVariants } from "../../src/engine/ops/gemmShader";
import { type DeviceStore, memoryStore } from "../../src/engine/train/deviceStore";
import { productsOf } from "../../src/engine/train/products";
import { ResidentData } from "../../src/engine/train/resident";
import { Run } from "../../src/engine/train/run";
import { findFault } from "../../src/engine/train/selfTest";
import { Session } from "../../src/engine/train/session";
import { Tuner, type TuningOptions } from "../../src/engine/train/tuner";
import { recallWinners } from "../../src/engine/train/winners";
import { testGpu } from "../support/gpu";
import { firstDigits } from "../support/mnist";
import { modelOf } from "../support/models";
import { onCpu, Recording } from "../support/trainer";

/** The hidden layer has two products of one size: forward, and the gradient of its weights. */
const model = modelOf([["Flatten"], ["Dense", { units: 12 }], ["Dense", { units: 10, activation: "softmax" }]], {
  batchSize: 16,
  epochs: 40,
});
const HIDDEN = 12 * 16 * 784;
const samples = 64;

// One device for all: it compiles a shader that it knows already in no time.
let device: GPUDevice;
let backend: Backend;
let ways: GemmWays;
beforeAll(async () => {
  const adapter = await (await testGpu()).requestAdapter();
  if (!adapter) throw new Error("no adapter");
  device = await adapter.requestDevice();
  backend = await createWebGpuBackend({ device });
  if (!backend.gemm) throw new Error("no choice");
  ways = backend.gemm;
});
afterEach(() => {
  ways.preferred.clear();
  vi.restoreAllMocks();
});
afterAll(() => {
  backend.dispose();
  device.destroy();
});

/** As `start`, with a store, and the self-test before anything is taken. */
async function startTested(on: Backend) {
  const store = memoryStore();
  const dataset = await firstDigits(samples);
  const findFaultIn = (tuned: Backend) => findFault(tuned, model, dataset, store);
  return { ...(await start(on, store, { budgetMs: Infinity, findFaultIn })), store };
}

/** What a way is said to take, in milliseconds; ways that are not named are no candidates. */
type Times = Partial<Record<GemmVariant, number>>;

/** The backend with candidates for some products, by default the hidden layer's, that are said to take so long, the slowest
 *  first, and times as long for a number of parts. Notes in `compiled` which were prepared, and in `parts` in how many. */
function given(
  times: Times,
  change: (variant: GemmVariant, plan: Plan) => Plan = (_, plan) => plan,
  { isOpen = ({ m, n, k }: GemmSize) => m * n * k === HIDDEN, factors = {} as Readonly<Record<number, number>> } = {},
) {
  const compiled: GemmVariant[] = [];
  const parts: number[] = [];
  const prepareWith: GemmWays["prepareWith"] = async (choose, plan, leaves) => {
    const [made] = productsOf(plan);
    if (!made) throw new Error("no product");
    const variant = choose(made.product);
    compiled.push(variant);
    parts.push(made.product.parts);
    const executable = await ways.prepareWith(choose, change(variant, plan), leaves);
    return withTime(executable, (times[variant] ?? NaN) * (factors[made.product.parts] ?? 1));
  };
  const named = gemmVariants
    .filter((variant) => times[variant] !== undefined)
    .toSorted((a, b) => (times[b] ?? 0) - (times[a] ?? 0));
  const candidates: GemmWays["candidates"] = (size) => (isOpen(size) ? named : named.slice(0, 1));
  const timed: Backend = { ...backend, gemm: { ...ways, candidates, prepareWith } };
  return { timed, compiled, parts };
}

function withTime(executable: Executable, stepMs: number): Executable {
  const { launches, launchesPerRow, memoryBytes } = executable;
  return {
    launches,
    launchesPerRow,
    memoryBytes,
    run: (rows) => executable.run(rows),
    read: (output) => executable.read(output),
    profile: async () => ({ clock: "host", stepMs: [stepMs] }),
    dispose: () => executable.dispose(),
  };
}

async function start(
  on: Backend,
  store?: DeviceStore,
  options: TuningOptions = { budgetMs: Infinity },
  description = model,
) {
  const resident = new ResidentData(on);
  const session = await Session.create({
    backend: on,
    description,
    dataset: await firstDigits(samples),
    resident,
  });
  const heard: { readonly step: number; readonly loss: number }[] = [];
  const run = new Run(session, on, description.training, 0.01, {
    steps: (steps) => heard.push(...steps),
    validation: () => {},
    progress: () => {},
  });
  const tuner = Tuner.of(on, session, store, options);
  if (!tuner) throw new Error("no tuner");
  return { session, run, heard, tuner };
}

const preferredVariants = (): GemmVariant[] => [...ways.preferred.values()].map(({ variant }) => variant);

/** The shaders of the products in the training step. */
const tiledOf = (session: Session): number => shadersOf(session).filter((name) => name === "gemm_tiled").length;

const shadersOf = (session: Session): string[] =>
  session.explain().plan.steps.flatMap(({ launch }) => launch?.variant.match(/gemm_\w+/g) ?? []);

/** The plan with the text of its shaders changed. */
function mutated(plan: Plan, change: (text: string) => string): Plan {
  const changeParts = (parts: readonly ShaderPart[]) => parts.map((part) => ({ ...part, text: change(part.text) }));
  const steps = plan.steps.map((step) => {
    const { kernel } = step;
    const wgsl: typeof kernel.wgsl = (args) => {
      const program = kernel.wgsl(args);
      return { ...program, parts: changeParts(program.parts) };
    };
    return { ...step, kernel: { ...kernel, wgsl } };
  });
  return { ...plan, steps };
}

/** How shaders of products store a result, after whatever finishes it. */
const STORE = /set_c\(i, (\w+)\)/;

describe("the products of a training step", () => {
  it("are found in every launch, once each, the costliest first", async () => {
    const { session } = await start(backend);
    const { plan } = session.trainingStep;
    const products = productsOf(plan).map(({ product }) => product);
    expect(products.map(({ m, n, k }) => [m, n, k].toSorted((a, b) => a - b))).toEqual([
      [12, 16, 784],
      [12, 16, 784],
      [10, 12, 16],
    ]);
    const twice = { ...plan, steps: [...plan.steps, ...plan.steps] };
    expect(productsOf(twice).map(({ product }) => product.key)).toEqual(products.map(({ key }) => key));
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

  it("is the usual way when another is hardly quicker", async () => {
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
    const { tuner, run, store, session } = await startTested(timed);
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: true });
    // In all launches with products at once, after each product was compared by itself.
    expect(compiled).toEqual(["registers", "tiled", "registers", "tiled", "tiled"]);
    expect(tiledOf(session)).toBe(2);
    expect(await store.get(`self-test ${backend.adapter}`)).toEqual(
      expect.arrayContaining([expect.stringMatching(/matmul.* \w+$/)]),
    );
  });

  it("is not what fails the self-test: the usual is kept, and said to be", async () => {
    // Right by itself, and wrong in company.
    const wrongly = (text: string): string => text.replaceAll(/set_(\w*)c\(i, (\w+)\)/g, "set_$1c(i, $2 * 1.01)");
    const { timed, compiled } = given({ registers: 2, tiled: 1 }, (variant, plan) =>
      variant === "tiled" && plan.steps.length > 1 ? mutated(plan, wrongly) : plan,
    );
    const { tuner, run, store, session } = await startTested(timed);
    const before = shadersOf(session);
    await expect(tuner.tune(run)).rejects.toThrow(
      /^This GPU computes .*matmul.* wrongly \(.*\)\. Training goes on with the usual kernels\.$/,
    );
    expect(shadersOf(session)).toEqual(before);
    expect(preferredVariants()).toEqual(["registers", "registers"]);
    expect(tuner.report).toBeNull();
    expect(await store.get(`self-test ${backend.adapter}`)).toBeUndefined();

    // Neither now nor at the next visit is it tried again.
    compiled.length = 0;
    expect(await tuner.tune(run)).toBeNull();
    ways.preferred.clear();
    await recallWinners(backend, store);
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
    expect(ways.preferred.size).toBe(0);
    expect(tiledOf(session)).toBe(0);
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: true });
    expect(tiledOf(session)).toBe(2);
  });

  it("is found on a real clock among the real candidates", async () => {
    const { run, tuner, session } = await start(backend);
    const report = await tuner.tune(run);
    expect(report?.products).toBe(3);
    for (const { product } of productsOf(session.trainingStep.plan)) {
      expect(ways.candidates(product)).toContain(ways.preferred.get(product.key)?.variant);
    }
  });
});

/** A convolution, the gradient of whose kernel is a product over all positions of all samples: 10 parts by default. */
const convnet = modelOf(
  [
    ["Conv2D", { filters: 3, kernelSize: [3, 3], strides: [2, 2] }],
    ["Flatten"],
    ["Dense", { units: 10, activation: "softmax" }],
  ],
  { batchSize: 16, epochs: 2 },
);
const isKernelGrad = ({ m, k }: GemmSize): boolean => m === 9 && k >= 26;

describe("the number of parts", () => {
  const startParts = async (factors: Readonly<Record<number, number>>, change?: Parameters<typeof given>[1]) => {
    const { timed, compiled, parts } = given({ registers: 2, tiled: 1 }, change, { isOpen: isKernelGrad, factors });
    const store = memoryStore();
    const started = await start(timed, store, { budgetMs: Infinity }, convnet);
    return { ...started, compiled, parts, store };
  };
  const partsOf = (session: Session): number[] =>
    productsOf(session.trainingStep.plan).flatMap(({ product }) => (isKernelGrad(product) ? [product.parts] : []));

  it("is the quickest in the quickest way, and what training goes on with", async () => {
    const { session, run, tuner, compiled, parts, store } = await startParts({ 5: 0.5 });
    expect(partsOf(session)).toEqual([10]);
    expect(await tuner.tune(run)).toMatchObject({ products: 1, isChanged: true });
    expect(compiled).toEqual(["registers", "tiled", "tiled", "tiled", "tiled"]);
    expect(parts).toEqual([10, 10, 20, 5, 1]);
    expect([...ways.preferred.values()]).toEqual([{ variant: "tiled", parts: 5 }]);
    expect(partsOf(session)).toEqual([5]);

    ways.preferred.clear();
    await recallWinners(backend, store);
    const later = await start(backend, store, {}, convnet);
    expect(partsOf(later.session)).toEqual([5]);
  });

  it("may be one", async () => {
    const { session, run, tuner } = await startParts({ 1: 0.5 });
    expect(await tuner.tune(run)).toMatchObject({ isChanged: true });
    expect(partsOf(session)).toEqual([1]);
  });

  it("is the usual one where no other is quicker", async () => {
    const { session, run, tuner } = await startParts({ 1: 1.1, 5: 1 });
    await tuner.tune(run);
    expect(partsOf(session)).toEqual([10]);
    expect([...ways.preferred.values()]).toEqual([{ variant: "tiled", parts: 10 }]);
  });

  it("is never one that leaves a part out", async () => {
    const leaveOut = (text: string): string =>
      text.replace(STORE, "set_c(i, select($1, 0.0, i < M * N && SLABS == 5u))");
    const { session, run, tuner } = await startParts({ 5: 0.5 }, (_, plan) => mutated(plan, leaveOut));
    await tuner.tune(run);
    expect(partsOf(session)).toEqual([10]);
  });

  it("changes losses by rounding only, and by nothing from one run to the next", async () => {
    const usual = await start(backend, undefined, {}, convnet);
    const found = productsOf(usual.session.trainingStep.plan).find(({ product }) => isKernelGrad(product));
    const key = found?.product.key ?? "";
    const lossesIn = async (parts: number): Promise<number[]> => {
      ways.preferred.set(key, { variant: "registers", parts });
      const { session, run, heard } = await start(backend, undefined, {}, convnet);
      expect(partsOf(session)).toEqual([parts]);
      await run.runTo(run.totalSteps);
      return heard.map(({ loss }) => loss);
    };
    await usual.run.runTo(usual.run.totalSteps);
    for (const parts of [1, 5, 20]) {
      const losses = await lossesIn(parts);
      expect(await lossesIn(parts)).toEqual(losses);
      expect(losses).toHaveLength(usual.heard.length);
      losses.forEach((loss, i) => expect(loss).toBeCloseTo(usual.heard[i]?.loss ?? NaN, 4));
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
      ways.preferred.clear();
      await recallWinners(backend, store);
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

    ways.preferred.clear();
    await recallWinners(backend, store);
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
    await recallWinners(backend, store);
    expect([...ways.preferred]).toEqual([["a", { variant: "tiled", parts: 2 }]]);
    await recallWinners(backend, { ...store, get: async () => ({ from: "elsewhere" }) });
    expect(ways.preferred.size).toBe(1);
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
    expect(ways.preferred.size).toBe(0);
    // One product was done with, the other is begun again.
    expect(await tuner.tune(run)).toMatchObject({ products: 2, elapsedMs: 500 });
    expect(compiled).toEqual(["registers", "tiled", "registers", "registers", "tiled"]);
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
    heard.forEach(({ loss }, i) => expect(loss).toBeCloseTo(alone.heard[i]?.loss ?? NaN, 4));
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
    return { losses, shaders, products: productsOf(plan) };
  }

  it("gives the same bits run after run with the usual kernels, whatever was found before, unless asked to tune", async () => {
    const store = memoryStore();
    const first = await trained(store);
    const usual = first.shaders;
    const winners = first.products.map(({ product }) => [product.key, { variant: "tiled", parts: 1 }]);
    await store.set(`gemm ${backend.adapter}`, winners);
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
