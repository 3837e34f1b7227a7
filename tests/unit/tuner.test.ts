// What the tuner compares, takes, keeps and has time for. What follows from times is given them; what is timed really runs, on
// the CPU, where no shader has to be compiled. `tunerGpu.test.ts` lets it loose on Dawn.
import { beforeEach, describe, expect, it } from "vitest";
import type { GemmVariants } from "../../src/engine/backend/backend";
import { KernelError } from "../../src/engine/errors";
import { type DeviceStore, memoryStore } from "../../src/engine/device/deviceStore";
import { gemmsOf } from "../../src/engine/check/gemms";
import type { Session } from "../../src/engine/train/session";
import { recallTuned } from "../../src/engine/tune/tunedVariants";
import {
  type ChoosingBackend,
  choosingCpu,
  given,
  preferredVariants,
  shadersOf,
  spoiled,
  start,
} from "../support/tuning";

let backend: ChoosingBackend;
beforeEach(() => {
  backend = choosingCpu();
});

const tiledOf = (session: Session): number => shadersOf(session).filter((name) => name === "gemm_tiled").length;

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
    const twice = { ...plan, steps: [...plan.launches, ...plan.launches] };
    expect(gemmsOf(twice).map(({ product }) => product.key)).toEqual(products.map(({ key }) => key));
  });
});

describe("what is taken", () => {
  it("is the quickest, in every product", async () => {
    const { timed, compiled } = given(backend, { registers: 2, tiled: 1 });
    const { session, run, tuner } = await start(timed);
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: true });
    expect(compiled).toEqual(["registers", "tiled", "registers", "tiled"]);
    expect(preferredVariants(backend)).toEqual(["tiled", "tiled"]);
    expect(tiledOf(session)).toBe(2);
    // There is nothing left to do.
    expect(await tuner.tune(run)).toBeNull();
    expect(compiled).toHaveLength(4);
  });

  it("is the usual variant when another is hardly quicker", async () => {
    const { timed } = given(backend, { registers: 2, tiled: 1.95 });
    const { session, run, tuner } = await start(timed);
    const before = shadersOf(session);
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: false });
    expect(shadersOf(session)).toEqual(before);
  });

  it.each<[string, Parameters<typeof given>[2]]>([
    ["computes a little less", (_, plan) => spoiled(plan, (value) => value * 0.999)],
    ["leaves something out", (_, plan) => spoiled(plan, (value, i) => (i % 8 === 3 ? 0 : value))],
    [
      "does not compile",
      () => {
        throw new KernelError("expected a kernel that compiles, got one that does not");
      },
    ],
  ])("is never one that %s", async (_, spoil) => {
    const { timed } = given(backend, { registers: 2, tiled: 1 }, (variant, plan) =>
      variant === "tiled" ? spoil!(variant, plan) : plan,
    );
    const { session, run, tuner } = await start(timed);
    const before = shadersOf(session);
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: false });
    expect(shadersOf(session)).toEqual(before);
    expect(preferredVariants(backend)).toEqual(["registers", "registers"]);
  });

  it("waits for the next time where it was cancelled just before", async () => {
    const { timed } = given(backend, { registers: 2, tiled: 1 });
    let tested = 0;
    const findFaultIn = async (): Promise<undefined> => {
      tested++;
      if (tested === 1) void tuner.cancel();
    };
    const { tuner, run, session } = await start(timed, undefined, { budgetMs: Infinity, findFaultIn });
    expect(await tuner.tune(run)).toBeNull();
    expect(backend.gemm.preferred.size).toBe(0);
    expect(tiledOf(session)).toBe(0);
    expect(await tuner.tune(run)).toMatchObject({ products: 2, isChanged: true });
    expect(tiledOf(session)).toBe(2);
  });
});

describe("what is kept", () => {
  it("says too that there was no time to find anything, so that none is spent again", async () => {
    const store = memoryStore();
    const first = given(backend, { registers: 3, tiled: 2 });
    const { run, tuner } = await start(first.timed, store, { budgetMs: 50, now: () => 100 * first.compiled.length });
    expect(await tuner.tune(run)).toBeNull();
    expect(first.compiled).toEqual(["registers"]);

    // The other product has its turn at the next visit, and at the one after that nothing is left.
    for (const wanted of [["registers"], []]) {
      backend.gemm.preferred.clear();
      await recallTuned(backend, store);
      const { timed, compiled } = given(backend, { registers: 3, tiled: 2 });
      const next = await start(timed, store, { budgetMs: 50, now: () => 100 * compiled.length });
      expect(await next.tuner.tune(next.run)).toBeNull();
      expect(compiled).toEqual(wanted);
    }
    expect(preferredVariants(backend)).toEqual(["registers", "registers"]);
  });

  it("is taken at the next start, with nothing compiled to compare", async () => {
    const store = memoryStore();
    const first = await start(given(backend, { registers: 2, tiled: 1 }).timed, store);
    await first.tuner.tune(first.run);

    backend.gemm.preferred.clear();
    await recallTuned(backend, store);
    const { timed, compiled } = given(backend, { tiled: 2, registers: 1 });
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
    expect([...backend.gemm.preferred]).toEqual([["a", { variant: "tiled", parts: 2 }]]);
    await recallTuned(backend, { ...store, get: async () => ({ from: "elsewhere" }) });
    expect(backend.gemm.preferred.size).toBe(1);
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
    const { timed, compiled } = given(backend, { registers: 3, tiled: 2, reduce: 1 });
    const { run, tuner } = await start(timed, undefined, { budgetMs, now: () => 100 * compiled.length });
    const report = await tuner.tune(run);
    expect(compiled).toEqual(wanted);
    if (result) expect(report).toMatchObject({ ...result, elapsedMs: 100 * wanted.length });
    else expect(report).toBeNull();
  });

  it("is not had twice: what was cancelled goes on with the rest of it", async () => {
    const { timed, compiled } = given(backend, { registers: 3, tiled: 2 }, (_, plan) => {
      if (compiled.length === 3) void tuner.cancel();
      return plan;
    });
    const { run, tuner } = await start(timed, undefined, { budgetMs: 450, now: () => 100 * compiled.length });
    expect(await tuner.tune(run)).toBeNull();
    expect(backend.gemm.preferred.size).toBe(0);
    // One product was done with, the other is begun again.
    expect(await tuner.tune(run)).toMatchObject({ products: 2, elapsedMs: 500 });
    expect(compiled).toEqual(["registers", "tiled", "registers", "registers", "tiled"]);
  });
});

describe("variants ahead", () => {
  it("are made ready while another is timed, as many as the backend allows, and compared in the same order", async () => {
    const { timed, compiled } = given(backend, { registers: 4, tiled64: 3, reduce: 2, tiled: 1 });
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
    expect(preferredVariants(backend)).toEqual(["tiled", "tiled"]);
  });
});
