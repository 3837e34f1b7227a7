// How the self-test of a model is planned: which small versions of it stand in, and for which launches; nothing is run.
import { merging } from "../../src/engine/compile/merging";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choiceOf, type GemmVariants } from "../../src/engine/backend/backend";
import type { Plan, Launch } from "../../src/engine/compile/plan";
import type { ModelDescription } from "../../src/engine/model/description";
import { presets } from "../../src/engine/model/presets";
import { gemmCandidates } from "../../src/engine/ops/gemmShader";
import { kindOf } from "../../src/engine/check/isolate";
import { gemmsOf } from "../../src/engine/check/gemms";
import type { Target } from "../../src/engine/train/programs";
import { scaledCopies } from "../../src/engine/check/scaledCopy";
import { kindsOf, planTests, type TestPlan } from "../../src/engine/check/testPlan";
import { workload } from "../../src/engine/check/workload";
import { blank } from "../support/data";
import { isFull } from "../support/full";
import { analyze, type LayerSpec, modelOf } from "../support/models";
import { partsOnCard, partsOnProgram } from "../../src/engine/compile/splitK";

const digits = blank("mnist", 60_000);

/** What planning asks of a GPU. @param software whether it is a program */
function targetOf(
  software: boolean,
  preferred: GemmVariants["preferred"] = new Map(),
): Target & { gemm: GemmVariants } {
  const candidates: GemmVariants["candidates"] = (size) => gemmCandidates(size, { software, quads: true });
  const prepareWith: GemmVariants["prepareWith"] = () => Promise.reject(new Error("nothing is run here"));
  return {
    merging,
    bindings: 10,
    gemm: {
      candidates,
      packedParts: software ? partsOnProgram : partsOnCard,
      storesPacked: software,
      costOf: () => 0,
      ahead: 0,
      preferred,
      prepareWith,
    },
  };
}

function planFor(model: ModelDescription, target = targetOf(true)): { own: Plan; tests: TestPlan } {
  const own = workload("training", model, digits, target).plan;
  const candidates = scaledCopies("training", model, digits, target, own);
  return { own, tests: planTests(target, own, kindsOf(own, choiceOf(target.gemm)), candidates) };
}

/** The steps of a plan that are not tested, neither whole nor as what they are made of. */
function untested(own: Plan, { copies, alone, apart }: TestPlan, target: Target & { gemm: GemmVariants }): Launch[] {
  const kinds = new Set([...copies.flatMap((one) => [...one.kinds]), ...alone.keys()]);
  const isTested = (kind: string): boolean =>
    kinds.has(kind) || [...(apart.get(kind) ?? [kind])].every((member) => kinds.has(member));
  return own.launches.filter((step) => !isTested(kindOf(step, choiceOf(target.gemm))));
}

const parametersOf = (plan: Plan): number =>
  Math.max(
    ...plan.leaves.filter(({ shape, dtype }) => dtype === "f32" && shape.length === 1).map(({ shape }) => shape[0]!),
  );

const from = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
/** Wide and narrow ones alike. */
const width = (most: number): fc.Arbitrary<number> =>
  from(0, Math.log2(most) * 8).map((eighths) => Math.round(2 ** (eighths / 8)));
const conv: fc.Arbitrary<LayerSpec[]> = fc
  .record({
    filters: width(512),
    kernelSize: fc.tuple(from(1, 6), from(1, 6)),
    activation: fc.constantFrom("relu", "tanh"),
  })
  .chain((config) =>
    fc
      .constantFrom<LayerSpec[][]>([["Conv2D", config], ["MaxPooling2D"]], [["Conv2D", config]])
      .map((layers) => layers),
  );
const dense: fc.Arbitrary<LayerSpec> = fc
  .record({ units: width(4096), activation: fc.constant("relu"), kernelL2: fc.constantFrom(0, 0.01) })
  .map((config) => ["Dense", config]);
/** Of any size that the page accepts. */
const model: fc.Arbitrary<ModelDescription> = fc
  .record({
    images: fc.array(conv, { maxLength: 2 }),
    vectors: fc.array(dense, { maxLength: 3 }),
    batchSize: width(2048),
  })
  .map(({ images, vectors, batchSize }) =>
    modelOf([...images.flat(), ["Flatten"], ...vectors, ["Dense", { units: 10, activation: "softmax" }]], {
      batchSize,
    }),
  )
  .filter((description) => analyze(description).problems.length === 0);

describe("every launch is tested", () => {
  it("of random models, small and large", () => {
    let isNarrowed = 0;
    fc.assert(
      fc.property(model, fc.boolean(), (description, software) => {
        const target = targetOf(software);
        const { own, tests } = planFor(description, target);
        if (tests.copies.some(({ copy }) => parametersOf(copy.plan) < parametersOf(own))) isNarrowed++;
        expect(untested(own, tests, target)).toEqual([]);
      }),
      { seed: 20_261_122, numRuns: isFull ? 40 : 16 },
    );
    expect(isNarrowed).toBeGreaterThan(0);
  });

  it("as the steps it is made of, where it is in no copy and too much by itself", () => {
    // A card whose packs are made before they are read: their reader would take the launch that is meant in.
    const { gemm, ...card } = targetOf(false);
    const target = { ...card, gemm: { ...gemm, storesPacked: true }, bindings: 8 };
    // With narrower layers the gradient of a bias joins the launch of 2,048 images that only this width has. From 2,048 units on
    // the optimizer reads more parts of gradients than there is room for in a test, and its launch goes untested.
    const heavy = modelOf(
      [
        ["Conv2D", { filters: 1, kernelSize: [5, 1], strides: [2, 2], padding: "same", activation: "tanh" }],
        ["Dropout", { rate: 0.2 }],
        ["Conv2D", { filters: 512, kernelSize: [7, 3], padding: "same", activation: "relu", useBias: false }],
        ["Conv2D", { filters: 1, kernelSize: [6, 4], activation: "tanh" }],
        ["Flatten"],
        ["Dense", { units: 1024, activation: "sigmoid", kernelL2: 0.01 }],
        ["Dense", { units: 10, activation: "softmax" }],
      ],
      { batchSize: 2048, optimizer: { type: "Momentum", config: {} } },
    );
    const { own, tests } = planFor(heavy, target);
    expect(untested(own, tests, target)).toEqual([]);
    const [members, ...others] = [...tests.apart.values()];
    expect(others).toEqual([]);
    expect(members?.size).toBe(4);
  });
});

/** The settings of a model's layers, as the kernels of a plan show them: columns of what is multiplied. */
const columnsIn = (plan: Plan): Set<number> => new Set(gemmsOf(plan).map(({ product }) => product.n));

describe("a small version", () => {
  it("is the model itself at the smallest batch with the same launches, where the reference has room for it", () => {
    const { description } = presets.convnet;
    const { own, tests } = planFor({ ...description, training: { ...description.training, batchSize: 2048 } });
    expect(tests.copies).toHaveLength(1);
    const [{ copy }] = tests.copies as [TestPlan["copies"][number]];
    expect(parametersOf(copy.plan)).toBe(parametersOf(own));
    expect(copy.rows[0]).toMatchObject({ count: 63 });
  });

  it("keeps what sizes leave when divided, and layers that another names the shape of", () => {
    const { tests } = planFor(
      modelOf(
        [
          ["Flatten"],
          ["Dense", { units: 1296 }],
          ["Reshape", { targetShape: [36, 36, 1] }],
          ["Flatten"],
          ["Dense", { units: 4093 }],
          ["Dense", { units: 10 }],
        ],
        { batchSize: 32 },
      ),
    );
    const [first] = tests.copies;
    const columns = columnsIn(first!.copy.plan);
    expect(columns).toContain(1296);
    expect(columns).not.toContain(4093);
    expect(columns).toContain(2045);
    expect(2045 % 64).toBe(4093 % 64);
  });

  it("computes its products as the model does, and in as many parts", () => {
    const wide = modelOf(
      [["Flatten"], ["Dense", { units: 4096 }], ["Dense", { units: 4000 }], ["Dense", { units: 10 }]],
      { batchSize: 64 },
    );
    const usual = targetOf(false);
    const products = gemmsOf(workload("training", wide, digits, usual).plan);
    const keys = products.map(({ product }) => product.key);
    const preferred: GemmVariants["preferred"] = new Map(keys.map((key) => [key, { variant: "registers", parts: 2 }]));
    const { tests } = planFor(wide, targetOf(false, preferred));
    expect(tests.alone.size).toBe(0);
    for (const { copy } of tests.copies) {
      const small = gemmsOf(copy.plan).map(({ product }) => product);
      expect(small.map((product) => copy.choose?.(product))).toEqual(small.map(() => "registers"));
      expect(small.some(({ parts }) => parts === 2)).toBe(true);
      expect(small.map(({ key }) => key).filter((key) => keys.includes(key))).not.toEqual(keys);
    }
  });
});
