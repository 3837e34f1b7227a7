// Into how many parts the tuner splits long products, on Dawn.
import { describe, expect, it } from "vitest";
import type { GemmSize } from "../../src/engine/graph/kernel";
import { memoryStore } from "../../src/engine/device/deviceStore";
import { gemmsOf } from "../../src/engine/check/gemms";
import type { Session } from "../../src/engine/train/session";
import { recallTuned } from "../../src/engine/tune/tunedVariants";
import { modelOf } from "../support/models";
import { lossOf } from "../support/scores";
import { backend, given, mutated, start, STORE, variants } from "../support/tuning";

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
    gemmsOf(session.trainingStep.plan).flatMap(({ product }) => (isKernelGrad(product) ? [product.parts] : []));

  it("is the quickest in the quickest variant, and what training goes on with", async () => {
    const { session, run, tuner, compiled, parts, store } = await startParts({ 5: 0.5 });
    expect(partsOf(session)).toEqual([10]);
    expect(await tuner.tune(run)).toMatchObject({ products: 1, isChanged: true });
    expect(compiled).toEqual(["registers", "tiled", "tiled", "tiled", "tiled"]);
    expect(parts).toEqual([10, 10, 20, 5, 1]);
    expect([...variants.preferred.values()]).toEqual([{ variant: "tiled", parts: 5 }]);
    expect(partsOf(session)).toEqual([5]);

    variants.preferred.clear();
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
    expect([...variants.preferred.values()]).toEqual([{ variant: "tiled", parts: 10 }]);
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
    const found = gemmsOf(usual.session.trainingStep.plan).find(({ product }) => isKernelGrad(product));
    const key = found?.product.key ?? "";
    const lossesIn = async (parts: number): Promise<number[]> => {
      variants.preferred.set(key, { variant: "registers", parts });
      const { session, run, heard } = await start(backend, undefined, {}, convnet);
      expect(partsOf(session)).toEqual([parts]);
      await run.runTo(run.totalSteps);
      return heard.map(({ values }) => lossOf(values));
    };
    await usual.run.runTo(usual.run.totalSteps);
    for (const parts of [1, 5, 20]) {
      const losses = await lossesIn(parts);
      expect(await lossesIn(parts)).toEqual(losses);
      expect(losses).toHaveLength(usual.heard.length);
      losses.forEach((loss, i) => expect(loss).toBeCloseTo(lossOf(usual.heard[i]?.values), 4));
    }
  });
});
