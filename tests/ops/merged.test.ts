// Launches that only merging makes, against the plain plan in float64: the end of a classifier in one kernel, batches that
// are read where the dataset has them, and pooling as an epilogue. For products with company see mergedProducts.test.ts.
import { describe, expect, test } from "vitest";
import { compile } from "../../src/engine/compile/compile";
import { merging } from "../../src/engine/compile/merging";
import { gemmIn } from "../../src/engine/compile/splitK";
import type { Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { conv2d } from "../../src/engine/ops/conv2d";
import { softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { argMax, batchRows } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { reshape } from "../../src/engine/ops/layout";
import { input } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, mul, relu, square, tanh } from "../../src/engine/ops/pointwise";
import { describeSteps, stepsWithin } from "../support/plans";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { gemmVariants } from "../../src/engine/ops/gemmShader";
import { mean } from "../../src/engine/ops/reduce";
import { maxPool2d, type PoolOptions } from "../../src/engine/ops/pool";
import { everyDay } from "../support/full";
import { hardware, watchedGpu } from "../support/fakeGpu";
import { testGpu } from "../support/gpu";
import { type Case, compareMerged, tolerances } from "./support/merged";
import { TestBackend, testBackend } from "./support/run";
import { counter, drawn, drawnBelow, type Tensor } from "../../src/engine/selftest/sample";

interface Head {
  readonly rows: number;
  readonly depth: number;
  readonly classes: number;
  readonly bias?: boolean;
  readonly chooses?: boolean;
  /** Whether there is a layer below, which wants a gradient. */
  readonly hidden?: boolean;
}

function headCase({ rows, depth, classes, bias = true, chooses = true, hidden = true }: Head): Case & { logits: Node } {
  const below = input("below", [rows, depth]);
  const w = input("w", [depth, classes]);
  const b = input("b", [classes]);
  const labels = input("labels", [rows], "u32");
  const weights = input("weights", [rows]);
  const x = hidden ? tanh(below) : below;
  const product = matmul(x, w);
  const logits = bias ? add(product, b) : product;
  const loss = sum(mul(softmaxCrossEntropy(logits, labels), weights));
  return {
    logits,
    inputs: [below, w, b, labels, weights],
    feeds: [
      drawn([rows, depth], 1),
      drawn([depth, classes], 2),
      drawn([classes], 3),
      drawnBelow(classes, [rows], 4),
      drawn([rows], 5),
    ],
    outputs: [loss, ...gradients(loss, hidden ? [w, below] : [w]), ...(chooses ? [mul(argMax(logits), 1)] : [])],
  };
}

const heads: readonly Head[] = [
  { rows: 1, depth: 1, classes: 2 },
  { rows: 3, depth: 5, classes: 1 },
  { rows: 65, depth: 33, classes: 10 },
  { rows: 17, depth: 130, classes: 33 },
  { rows: 9, depth: 20, classes: 64 },
  { rows: 9, depth: 20, classes: 65 },
  { rows: 3, depth: 7, classes: 128 },
  { rows: 33, depth: 16, classes: 10, bias: false },
  { rows: 33, depth: 16, classes: 10, chooses: false },
  { rows: 33, depth: 16, classes: 10, hidden: false },
];

/** As many rows and classes as there are threads and not, more, without a bias, and without a gradient below. */
const someHeads = heads.filter((_, i) => [1, 2, 5, 7, 9].includes(i));

describe("the end of a classifier", () => {
  test.each(heads)("%o is one kernel", (head) => {
    const { outputs } = headCase(head);
    const names = describeSteps(compile({ outputs }, { fuse: true, merging }).launches);
    expect(names.filter((name) => name.includes("denseCrossEntropy"))).toHaveLength(1);
    expect(names.filter((name) => name.includes("softmaxCrossEntropyWithGrad"))).toEqual([]);
  });

  test("is not with more classes than two for each thread, or where the logits are wanted", () => {
    const many = headCase({ rows: 4, depth: 3, classes: 129 });
    const wanted = headCase(heads[2]!);
    for (const outputs of [many.outputs, [...wanted.outputs, wanted.logits]]) {
      const names = describeSteps(compile({ outputs }, { fuse: true, merging }).launches);
      expect(names.join()).toContain("softmaxCrossEntropyWithGrad");
    }
  });

  describe.each(tolerances)("on %s", (name, tolerance) => {
    const backend = testBackend(name);

    test.each(name === "webgpu" ? everyDay(someHeads, heads) : heads)("computes %o", (head) =>
      compareMerged(backend(), headCase(head), tolerance),
    );
  });

  // A card's threads share rows, which on software each have one thread.
  test.each(everyDay(someHeads, heads))("on a card computes %o", async (head) => {
    const { gpu } = await watchedGpu(hardware);
    const card = new TestBackend(await createWebGpuBackend({ gpu }));
    await compareMerged(card, headCase(head), 3e-5);
    card.dispose();
  });
});

/** A batch of 5 of a dataset of 9, drawn by an order of 7 that runs out before the batch does. */
function batchOf(shape: readonly number[], dtype: "u8" | "f32"): { x: Node; inputs: Node[]; feeds: Tensor[] } {
  const data = input("data", [9, ...shape], dtype);
  const order = input("order", [7], "u32");
  const offset = input("offset", [], "u32");
  return {
    x: batchRows(data, order, offset, { count: 5, scale: dtype === "u8" ? 1 / 255 : 0.5 }),
    inputs: [data, order, offset],
    feeds: [
      dtype === "u8" ? drawnBelow(256, [9, ...shape], 1, "u8") : drawn([9, ...shape], 1),
      drawnBelow(9, [7], 2),
      counter(4),
    ],
  };
}

function denseOnBatch(dtype: "u8" | "f32"): Case {
  const { x, inputs, feeds } = batchOf([3, 7, 1], dtype);
  const w = input("w", [21, 6]);
  const loss = sum(relu(matmul(reshape(x, [5, 21]), w)));
  return { inputs: [...inputs, w], feeds: [...feeds, drawn([21, 6], 3)], outputs: [loss, ...gradients(loss, [w])] };
}

function convOnBatch(padding: "same" | "valid"): Case {
  const { x, inputs, feeds } = batchOf([6, 5, 2], "u8");
  const w = input("w", [3, 3, 2, 4]);
  const loss = sum(relu(conv2d(x, w, { padding })));
  return {
    inputs: [...inputs, w],
    feeds: [...feeds, drawn([3, 3, 2, 4], 3)],
    outputs: [loss, ...gradients(loss, [w])],
  };
}

const batches: readonly (readonly [string, () => Case])[] = [
  ["bytes, by a dense layer and its gradient", () => denseOnBatch("u8")],
  ["floats, by a dense layer and its gradient", () => denseOnBatch("f32")],
  ["bytes, by a convolution and its gradient", () => convOnBatch("valid")],
  ["bytes, by a padded convolution and its gradient", () => convOnBatch("same")],
];

describe("a batch", () => {
  test.each(batches)("of %s, is never copied", (_, make) => {
    const names = describeSteps(compile({ outputs: make().outputs }, { fuse: true, merging }).launches);
    expect(names.some((name) => name.includes("batchRows"))).toBe(false);
  });

  test("is where something else than a product reads it, or somebody wants it", () => {
    const { x } = batchOf([21], "u8");
    const product = matmul(x, input("w", [21, 6]));
    for (const outputs of [
      [product, x],
      [product, sum(x, [0])],
    ]) {
      const names = describeSteps(compile({ outputs }, { fuse: true, merging }).launches);
      expect(names.join()).toContain("batchRows");
    }
  });

  describe.each(tolerances)("on %s", (name, tolerance) => {
    const backend = testBackend(name);

    test.each(batches)("of %s", (_, make) => compareMerged(backend(), make(), tolerance));
  });
});

interface Pooled {
  readonly image: readonly [number, number, number, number];
  readonly filters: number;
  readonly padding?: "same" | "valid";
  readonly bias?: boolean;
  /** Whether gradients are wanted, for which the places of the maxima are kept. */
  readonly trains?: boolean;
  /** Whether it is the first layer, of whose input nobody wants the gradient. */
  readonly first?: boolean;
  /** Of the convolution, 1 unless given. */
  readonly stride?: number;
}

function pooledCase(sizes: Pooled): Case {
  const { image, filters, padding = "valid", bias = true, trains = true, first = false, stride = 1 } = sizes;
  const x = input("x", image);
  const w = input("w", [3, 3, image[3], filters]);
  const b = input("b", [filters]);
  const product = conv2d(x, w, { padding, strides: [stride, stride] });
  const pooled = maxPool2d(relu(bias ? add(product, b) : product), {
    poolSize: [2, 2],
    strides: [2, 2],
    padding: "valid",
  });
  const loss = mean(square(pooled));
  return {
    inputs: [x, w, b],
    feeds: [drawn(image, 1), drawn([3, 3, image[3], filters], 2), drawn([filters], 3)],
    outputs: [pooled, ...(trains ? gradients(loss, [...(first ? [] : [x]), w, ...(bias ? [b] : [])]) : [])],
  };
}

const pooledCases: readonly Pooled[] = [
  { image: [2, 4, 4, 1], filters: 1 },
  { image: [3, 11, 9, 4], filters: 33 },
  { image: [1, 12, 12, 3], filters: 5, padding: "same" },
  { image: [2, 13, 8, 2], filters: 7, bias: false },
  { image: [5, 10, 10, 3], filters: 16, trains: false },
  { image: [3, 11, 9, 4], filters: 33, first: true },
  { image: [2, 12, 13, 1], filters: 5, padding: "same", first: true },
  { image: [2, 13, 8, 2], filters: 7, bias: false, first: true },
  { image: [2, 13, 14, 2], filters: 7, stride: 2 },
  { image: [2, 13, 14, 2], filters: 7, stride: 2, first: true },
  // Long enough to be split in parts.
  { image: [7, 20, 20, 1], filters: 3, first: true },
];

describe("2x2 max pooling", () => {
  test.each(pooledCases)("is the epilogue of its convolution: %o", (sizes) => {
    const names = describeSteps(compile({ outputs: pooledCase(sizes).outputs }, { fuse: true, merging }).launches);
    expect(names.filter((name) => name.includes("conv2dPooled"))).toHaveLength(1);
    expect(names.some((name) => name.includes("maxPool2dWithArg"))).toBe(false);
  });

  test.each(pooledCases)("is read through by the gradients that can: %o", (sizes) => {
    const names = describeSteps(compile({ outputs: pooledCase(sizes).outputs }, { fuse: true, merging }).launches);
    const { trains = true, first = false, stride = 1 } = sizes;
    const isRead = trains && (first || stride === 1);
    expect(names.some((name) => name.includes("conv2dKernelGradUnpooled"))).toBe(isRead);
    expect(names.some((name) => name.includes("conv2dInputGradUnpooled"))).toBe(isRead && !first);
    expect(names.some((name) => name.includes("maxPool2dGrad"))).toBe(trains && !isRead);
  });

  test("leaves out what no window covers, which nobody reads", () => {
    // Of 5x5 results, 2x2 windows cover 4x4.
    const [samples, filters, covered] = [3, 5, 4 * 4];
    const { outputs } = pooledCase({ image: [samples, 7, 7, 2], filters, first: true });
    const steps = compile({ outputs }, { fuse: true, merging }).launches.flatMap(stepsWithin);
    const gemmOf = (name: string) => steps.filter(({ kernel }) => kernel.name === name).map(gemmIn);
    expect(gemmOf("conv2dPooled")).toMatchObject([{ m: samples * covered, n: filters, k: 3 * 3 * 2 }]);
    expect(gemmOf("conv2dKernelGradUnpooledWithSums")).toMatchObject([
      { m: 3 * 3 * 2, n: filters, k: samples * covered },
    ]);
  });

  test("is not where windows are others, or somebody else reads the convolution", () => {
    const x = input("x", [2, 8, 8, 3]);
    const y = relu(conv2d(x, input("w", [3, 3, 3, 4])));
    const windows = { poolSize: [2, 2], strides: [2, 2], padding: "valid" } as const;
    const others: readonly (readonly Node[])[] = [
      [maxPool2d(y, { ...windows, strides: [1, 1] })],
      [maxPool2d(y, { ...windows, poolSize: [3, 2] })],
      [maxPool2d(y, windows), y],
      [maxPool2d(y, windows), sum(y)],
      [maxPool2d(add(y, input("each", [2, 6, 6, 4])), windows)],
    ];
    for (const outputs of others) {
      const names = describeSteps(compile({ outputs }, { fuse: true, merging }).launches);
      expect(names.join()).not.toContain("conv2dPooled");
    }
  });

  describe.each(tolerances)("on %s", (name, tolerance) => {
    const backend = testBackend(name);

    // Padded with both gradients, with none, and with one in parts; by tiles, below, one that windows do not cover.
    const some = pooledCases.filter((_, i) => [2, 4, 10].includes(i));
    test.each(name === "webgpu" ? everyDay(some, pooledCases) : pooledCases)("%o", (sizes) =>
      compareMerged(backend(), pooledCase(sizes), tolerance),
    );
  });

  const byFours: Pooled = { image: [2, 9, 8, 4], filters: 8, first: true };
  // Quads are what the tests above take, and of those with barriers sums beside a product are asked every day.
  const all = [...gemmVariants.map((gemm) => [gemm, pooledCases[1]!] as const), ["tiled128", byFours] as const];
  test.each(everyDay([], all))("with products by %s: %o", async (gemm, sizes) => {
    const backend = new TestBackend(await createWebGpuBackend({ gpu: await testGpu(), gemm }));
    await compareMerged(backend, pooledCase(sizes), 3e-5);
    backend.dispose();
  });
});

describe("padded max pooling, merged", () => {
  const windows: readonly PoolOptions[] = [
    { poolSize: [3, 3], strides: [2, 2], padding: "same" },
    { poolSize: [2, 2], strides: [2, 2], padding: "same" },
    { poolSize: [2, 3], strides: [1, 2], padding: "same" },
  ];
  describe.each([...tolerances, ["simd", 3e-5], ["relaxed", 3e-5]] as const)("%s", (name, tolerance) => {
    const backend = testBackend(name);
    test.each(name === "webgpu" ? everyDay(windows.slice(0, 1), windows) : windows)(
      "%o, with its gradients",
      (options) => {
        const [x, w, b] = [input("x", [2, 7, 5, 2]), input("w", [3, 3, 2, 5]), input("b", [5])];
        const pooled = maxPool2d(relu(add(conv2d(x, w, { padding: "same" }), b)), options);
        return compareMerged(
          backend(),
          {
            inputs: [x, w, b],
            feeds: [drawn([2, 7, 5, 2], 1), drawn([3, 3, 2, 5], 2), drawn([5], 3)],
            outputs: [pooled, ...gradients(mean(square(pooled)), [x, w, b])],
          },
          tolerance,
        );
      },
    );
  });
});
