// Launches that only merging makes of products, against the plain plan in float64: long ones in parts, those that add up
// biases' gradients, and those that pass on what they store.
import { describe, expect, test } from "vitest";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { compile } from "../../src/engine/compile/compile";
import { merging } from "../../src/engine/compile/merging";
import { sum } from "../../src/engine/ops/broadcast";
import { conv2d } from "../../src/engine/ops/conv2d";
import { dropout } from "../../src/engine/ops/dropout";
import { gemmVariants } from "../../src/engine/ops/gemmShader";
import { gradients } from "../../src/engine/ops/gradients";
import { pack, segment } from "../../src/engine/ops/layout";
import { input, state } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, mul, relu, square, sub, tanh } from "../../src/engine/ops/pointwise";
import { maxPool2d } from "../../src/engine/ops/pool";
import { mean } from "../../src/engine/ops/reduce";
import { drawn, drawnBelow } from "../../src/engine/selftest/sample";
import { everyDay, withBarriers } from "../support/full";
import { testGpu } from "../support/gpu";
import { describeSteps } from "../support/plans";
import { expectClose } from "./support/compare";
import { type Case, compareMerged, tolerances } from "./support/merged";
import { type Job, openBackend, TestBackend, testBackend } from "./support/run";

const reference = testBackend("cpu64");

/** Weights that a long batch of few features moves by its gradient, so that the product is worth splitting. */
function longCase(): Job {
  const [rows, features, units] = [1100, 5, 3];
  const x = input("x", [rows, features]);
  const parameters = state("parameters", [128]);
  const w = segment(parameters, 0, [features, units]);
  const b = segment(parameters, 64, [units]);
  const y = tanh(add(matmul(x, w), b));
  const gradient = pack(gradients(mean(square(y)), [w, b]), [0, 64], 128);
  return {
    inputs: [x, parameters],
    feeds: [drawn([rows, features], 1), drawn([128], 2)],
    outputs: [add(w, 0)],
    updates: [{ state: parameters, value: sub(parameters, mul(gradient, 0.5)) }],
  };
}

describe("a gradient over a long batch", () => {
  test("is a product in parts, which the update adds up", () => {
    const { outputs, updates = [] } = longCase();
    const names = describeSteps(compile({ outputs, updates }, { fuse: true, merging }).launches);
    expect(names.slice(-2)).toEqual(["matmulWithSumsParts -> matmul, sum", "sub"]);
  });

  test("is in as many parts as asked for", () => {
    const { outputs, updates = [] } = longCase();
    const keys: string[] = [];
    const partialsIn = (parts: number): unknown[] => {
      const choose = (key: string): number => {
        keys.push(key);
        return parts;
      };
      const { launches } = compile({ outputs, updates }, { fuse: true, merging, parts: choose });
      return launches
        .map(({ outputs: made }) => made[0]?.shape)
        .filter((shape) => shape?.at(-1) === 3 && shape.at(-2) === 5);
    };
    expect(partialsIn(3)).toEqual([[3, 5, 3]]);
    // Whole, it is not even stored: the launch that makes it updates the parameters.
    expect(partialsIn(1)).toEqual([]);
    // The same product, however it was split before.
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^1x5x3x1100 /);
  });

  test("is put together before it is read where more than the update reads it", () => {
    const { updates = [] } = longCase();
    const { value } = updates[0]!;
    const norm = sum(square(value.inputs[1]!.inputs[0]!));
    const names = describeSteps(compile({ outputs: [norm], updates }, { fuse: true, merging }).launches);
    expect(names.join()).toMatch(/matmulWithSumsParts.*sum/);
  });

  test.each(tolerances)("on %s", async (name, tolerance) => {
    const backend = await openBackend(name);
    const results: number[][] = [];
    for (const [on, options] of [
      [reference(), { fuse: false }],
      [backend, { merge: true }],
    ] as const) {
      const prepared = await on.prepare({ ...longCase(), ...options });
      await prepared.run();
      // What the first update made is what the second run starts from.
      results.push([...(await prepared.run())[0]!]);
      prepared.dispose();
    }
    expectClose(results[1]!, results[0]!, tolerance);
    backend.dispose();
  });
});

interface Biased {
  readonly rows: number;
  readonly features: number;
  readonly units: number;
}

/** A dense layer and a convolution, whose biases' gradients are sums of the columns that their weights' gradients read. */
function biasedCase({ rows, features, units }: Biased): Case {
  const [x, w, b] = [input("x", [rows, features]), input("w", [features, units]), input("b", [units])];
  const [image, kernel, c] = [input("image", [rows, 5, 4, 3]), input("kernel", [2, 3, 3, units]), input("c", [units])];
  const dense = mean(square(tanh(add(matmul(x, w), b))));
  const convolved = mean(square(tanh(add(conv2d(image, kernel, { padding: "same" }), c))));
  const inputs = [x, w, b, image, kernel, c];
  return {
    inputs,
    feeds: inputs.map(({ shape }, i) => drawn(shape, i + 1)),
    outputs: [...gradients(dense, [w, b]), ...gradients(convolved, [kernel, c])],
  };
}

const biased: readonly Biased[] = [
  { rows: 1, features: 1, units: 1 },
  { rows: 7, features: 40, units: 70 },
  { rows: 66, features: 9, units: 5 },
];

describe("the gradient of a bias", () => {
  test.each(biased)("comes with that of the weights: %o", (sizes) => {
    const names = describeSteps(compile({ outputs: biasedCase(sizes).outputs }, { fuse: true, merging }).launches);
    const joined = names.join();
    expect(joined).toContain("matmulWithSums");
    expect(joined).toContain("conv2dKernelGradWithSums");
  });

  test("is a sum of its own where the product reads something else", () => {
    const [x, dy] = [input("x", [40, 50]), input("dy", [40, 50])];
    const other = compile({ outputs: [matmul(x, dy, { transposeA: true }), sum(x, [0])] }, { fuse: true, merging });
    const turned = compile({ outputs: [matmul(x, dy, { transposeB: true }), sum(dy, [0])] }, { fuse: true, merging });
    for (const { launches } of [other, turned]) expect(describeSteps(launches).join()).not.toContain("WithSums");
  });

  describe.each(tolerances)("on %s", (name, tolerance) => {
    const backend = testBackend(name);

    const some = name === "webgpu" ? everyDay(biased.slice(2), biased) : biased;
    test.each(some)("%o", (sizes) => compareMerged(backend(), biasedCase(sizes), tolerance));
  });

  test.each(everyDay(withBarriers, gemmVariants))("with products by %s", async (gemm) => {
    const backend = new TestBackend(await createWebGpuBackend({ gpu: await testGpu(), gemm }));
    await compareMerged(backend, biasedCase(biased[1]!), 3e-5);
    backend.dispose();
  });
});

interface Thinned {
  readonly rows: number;
  readonly units: number;
  /** Whether what dropout reads is wanted too. */
  readonly both?: boolean;
}

/** Dropout behind a dense layer, and behind a convolution that is pooled. */
function thinnedCase({ rows, units, both = false }: Thinned): Case {
  const [seed, step] = [input("seed", [], "u32"), input("step", [], "u32")];
  const [x, w, b] = [input("x", [rows, 20]), input("w", [20, units]), input("b", [units])];
  const [image, kernel] = [input("image", [rows, 8, 9, 2]), input("kernel", [3, 3, 2, units])];
  const hidden = relu(add(matmul(x, w), b));
  const dense = mean(square(tanh(dropout(hidden, seed, step, { rate: 0.4, stream: 3 }))));
  const pooled = maxPool2d(relu(conv2d(image, kernel)), { poolSize: [2, 2], strides: [2, 2], padding: "valid" });
  const convolved = mean(square(tanh(dropout(pooled, seed, step, { rate: 0.2, stream: 4 }))));
  const leaves = [x, w, b, image, kernel];
  return {
    inputs: [...leaves, seed, step],
    feeds: [...leaves.map(({ shape }, i) => drawn(shape, i + 1)), drawnBelow(9, [], 8), drawnBelow(9, [], 9)],
    outputs: [...gradients(dense, [x, w, b]), ...gradients(convolved, [kernel]), ...(both ? [hidden, pooled] : [])],
  };
}

const thinned: readonly Thinned[] = [
  { rows: 130, units: 33 },
  { rows: 66, units: 70, both: true },
];

describe("dropout", () => {
  test.each(thinned)("is done as the layer before it stores its results: %o", (sizes) => {
    const names = describeSteps(compile({ outputs: thinnedCase(sizes).outputs }, { fuse: true, merging }).launches);
    expect(names.join()).toContain("matmul > dropout");
    expect(names.join()).toContain("conv2dPooled > dropout");
  });

  test("is a step of its own where no product comes before it", () => {
    const [seed, step] = [input("seed", [], "u32"), input("step", [], "u32")];
    const y = dropout(input("x", [100, 100]), seed, step, { rate: 0.5, stream: 1 });
    const { launches } = compile({ outputs: [matmul(y, input("w", [100, 5]))] }, { fuse: true, merging });
    expect(describeSteps(launches)).toEqual(["dropout", "matmul"]);
  });

  describe.each(tolerances)("on %s", (name, tolerance) => {
    const backend = testBackend(name);

    const some = name === "webgpu" ? everyDay(thinned.slice(1), thinned) : thinned;
    test.each(some)("%o", (sizes) => compareMerged(backend(), thinnedCase(sizes), tolerance));
  });
});
