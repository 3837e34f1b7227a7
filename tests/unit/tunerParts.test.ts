// Into how many parts the tuner splits long products, on the CPU, where every variant is the same.
import { beforeEach, describe, expect, it } from "vitest";
import { memoryStore } from "../../src/engine/device/deviceStore";
import { gemmsOf } from "../../src/engine/check/gemms";
import type { Session } from "../../src/engine/train/session";
import { recallTuned } from "../../src/engine/tune/tunedVariants";
import { type ChoosingBackend, choosingCpu, convnet, given, isKernelGrad, spoiled, start } from "../support/tuning";

let backend: ChoosingBackend;
beforeEach(() => {
  backend = choosingCpu();
});

describe("the number of parts", () => {
  const startParts = async (factors: Readonly<Record<number, number>>, change?: Parameters<typeof given>[2]) => {
    const { timed, compiled, parts } = given(backend, { registers: 2, tiled: 1 }, change, {
      isOpen: isKernelGrad,
      factors,
    });
    const store = memoryStore();
    const started = await start(timed, store, { budgetMs: Infinity }, convnet);
    return { ...started, compiled, parts, store };
  };
  const partsOf = (session: Session): number[] =>
    gemmsOf(session.trainingStep.plan).flatMap(({ product }) => (isKernelGrad(product) ? [product.parts] : []));

  it("is the quickest in the quickest variant, and what training goes on with", async () => {
    const { session, run, tuner, compiled, parts, store } = await startParts({ 5: 0.5 });
    expect(partsOf(session)).toEqual([10]);
    expect(await tuner.tune(run)).toMatchObject({ products: 1, isChanged: true });
    expect(compiled).toEqual(["registers", "tiled", "tiled", "tiled", "tiled"]);
    expect(parts).toEqual([10, 10, 20, 5, 1]);
    expect([...backend.gemm.preferred.values()]).toEqual([{ variant: "tiled", parts: 5 }]);
    expect(partsOf(session)).toEqual([5]);

    backend.gemm.preferred.clear();
    await recallTuned(backend, store);
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
    expect([...backend.gemm.preferred.values()]).toEqual([{ variant: "tiled", parts: 10 }]);
  });

  it("is never one that leaves a part out", async () => {
    const { session, run, tuner } = await startParts({ 5: 0.5 }, (_, plan) => {
      const [made] = gemmsOf(plan);
      return made?.product.parts === 5 ? spoiled(plan, (value, i) => (i < 9 * 3 ? value : 0)) : plan;
    });
    await tuner.tune(run);
    expect(partsOf(session)).toEqual([10]);
  });
});
