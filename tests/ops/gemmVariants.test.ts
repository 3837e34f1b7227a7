// Every way to compute a matrix product on a GPU against the CPU in float64, at sizes that do and do not fill its tiles.
// The conformance suite runs only what suits the machine's adapter; this runs all.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend, Node } from "../../src/engine";
import {
  add,
  conv2d,
  createCpuBackend,
  createWebGpuBackend,
  evaluate,
  gradients,
  input,
  matmul,
  mean,
  relu,
  sizeOf,
  square,
} from "../../src/engine";
import type { Attrs, Op } from "../../src/engine/graph/node";
import { apply } from "../../src/engine/graph/node";
import { compile } from "../../src/engine/compile/compile";
import { sum } from "../../src/engine/ops/broadcast";
import { conv2dOps } from "../../src/engine/ops/conv2d";
import { defaultGemm, gemmCandidates, gemmVariants } from "../../src/engine/ops/gemmShader";
import { matmulOps } from "../../src/engine/ops/matmul";
import { testGpu } from "../support/gpu";

const oracle = createCpuBackend("float64");

/** Deterministic values in [-1, 1]. */
const values = ({ shape, id }: Node): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1.7 * i + id));

async function compare(backend: Backend, leaves: readonly Node[], outputs: readonly Node[]): Promise<void> {
  const feeds = new Map(leaves.map((leaf) => [leaf, values(leaf)]));
  const expected = await evaluate(outputs, feeds, oracle);
  const got = await evaluate(outputs, feeds, backend);
  expected.forEach((wanted, i) => expectNear(got[i]!, wanted, `output ${i}`));
}

function expectNear(got: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void {
  const exact = Array.from(wanted);
  const scale = Math.max(...exact.map(Math.abs), 1e-3);
  // f32 sums of up to a few hundred terms in another order: some tens of units in the last place.
  const worst = Math.max(...exact.map((value, i) => Math.abs(value - (got[i] ?? NaN)) / scale));
  expect(worst, what).toBeLessThan(2e-5);
}

/** A product in `parts` sums over parts of K, unfinished. */
function inParts<A extends Attrs>(op: Op<A>, parts: number): Op<A> {
  return {
    ...op,
    ...op.splitK!(parts),
    type: (inputs, attrs) => ({ shape: [parts, ...op.type(inputs, attrs).shape], dtype: "f32" }),
  };
}

/** [m, k, n] of products smaller than any tile, just above one and just below, and of odd K. */
const sizes = [
  [1, 1, 1],
  [7, 263, 65],
  [65, 64, 7],
  [263, 7, 63],
] as const;

const convolutions = [
  { padding: "same", strides: [2, 1], dilation: [1, 2] },
  { padding: "same", strides: [1, 1], dilation: [2, 1] },
  { padding: "valid", strides: [1, 1], dilation: [1, 2] },
] as const;

describe.each(gemmVariants)("%s", (gemm) => {
  const isWider = ["tiled64", "quads16x8", "quads32x8", "quads32x16"].includes(gemm);
  let gpu: Backend;
  beforeAll(async () => {
    gpu = await createWebGpuBackend({ gpu: await testGpu(), gemm });
  });
  afterAll(() => gpu.dispose());

  test("products of awkward sizes", async () => {
    const pairs = sizes.map(([m, k, n]) => [input("a", [m, k]), input("b", [k, n])] as const);
    await compare(
      gpu,
      pairs.flat(),
      pairs.map(([a, b]) => matmul(a, b)),
    );
  });

  test.each(isWider ? convolutions.slice(0, 1) : convolutions)(
    "a convolution with its gradients and epilogue, $padding, strides $strides",
    async (options) => {
      const [x, w, b] = [input("x", [2, 9, 8, 3]), input("w", [3, 2, 3, 5]), input("b", [5])];
      const y = relu(add(conv2d(x, w, options), b));
      await compare(gpu, [x, w, b], [y, ...gradients(mean(square(y)), [x, w, b])]);
    },
  );

  // 3 parts of 65 are 24, 24 and 17 long, those of 5 are 4, 1 and none.
  test.each([65, 5])("K of %i in three parts", async (k) => {
    const [a, b] = [input("a", [2, 9, k]), input("b", [2, k, 33])];
    const parts = apply(inParts(matmulOps.matmul, 3), [a, b], { transposeA: false, transposeB: false });
    await compare(gpu, [a, b], [parts, sum(parts, [0])]);
  });

  // What the operands are is nothing to the wider forms of two templates, which take long to compile.
  if (isWider) return;

  test("both operands either way round", async () => {
    const [m, k, n] = [33, 18, 20];
    const [a, at, b, bt] = [input("a", [m, k]), input("at", [k, m]), input("b", [k, n]), input("bt", [n, k])];
    const products = [
      matmul(at, b, { transposeA: true }),
      matmul(a, bt, { transposeB: true }),
      matmul(at, bt, { transposeA: true, transposeB: true }),
    ];
    await compare(gpu, [a, at, b, bt], products);
  });

  test("a batch with a shared operand", async () => {
    const [a, b] = [input("a", [3, 9, 10]), input("b", [10, 11])];
    await compare(gpu, [a, b], [matmul(a, b)]);
  });
});

test("parts of K add up to the product", async () => {
  const [x, dy] = [input("x", [2, 7, 6, 3]), input("dy", [2, 5, 5, 4])];
  const attrs = { strides: [1, 1], dilation: [1, 1], padding: "valid", kernelShape: [3, 2, 3, 4] } as const;
  const whole = apply(conv2dOps.conv2dKernelGrad, [x, dy], attrs);
  const parts = apply(inParts(conv2dOps.conv2dKernelGrad, 4), [x, dy], attrs);
  expect(parts.shape).toEqual([4, 3, 2, 3, 4]);
  const feeds = new Map([x, dy].map((leaf) => [leaf, values(leaf)]));
  const [wanted, got] = await evaluate([whole, sum(parts, [0])], feeds, oracle);
  expectNear(got!, wanted!, "sum of parts");
});

test("different ways share a launch", async () => {
  const narrow = [input("a", [20, 30]), input("b", [30, 10])] as const;
  const wide = [input("c", [20, 30]), input("d", [30, 40])] as const;
  const outputs = [matmul(...narrow), matmul(...wide)];
  const plan = compile({ outputs }, { fuse: true, merge: true });
  expect(plan.steps).toHaveLength(1);
  const leaves = [...narrow, ...wide];
  const gpu = await createWebGpuBackend({ gpu: await testGpu() });
  const bound = new Map(leaves.map((leaf) => [leaf, gpu.createTensor(leaf, values(leaf))]));
  const executable = await gpu.prepare(plan, bound);
  executable.run([{}]);
  const wanted = await evaluate(outputs, new Map(leaves.map((leaf) => [leaf, values(leaf)])), oracle);
  for (const [i, output] of outputs.entries()) expectNear(await executable.read(output), wanted[i]!, `output ${i}`);
  gpu.dispose();
});

test("quads are refused on a device that has none", async () => {
  const device = await (await (await testGpu()).requestAdapter())!.requestDevice();
  await expect(createWebGpuBackend({ device, gemm: "quads16x4" })).rejects.toThrow(
    /expected subgroups for "quads16x4"/,
  );
  device.destroy();
});

describe("the choice", () => {
  const cube = (side: number) => ({ batch: 1, m: side, n: side, k: side });
  const longK = { batch: 1, m: 9, n: 32, k: 20_000 };

  test("offers quads only where there are some", () => {
    const without = gemmCandidates(cube(512), { software: true, quads: false });
    expect(without.filter((name) => name.startsWith("quads"))).toEqual([]);
    expect(gemmCandidates(cube(512), { software: true, quads: true })).toContain("quads16x8");
  });

  test("begins with what suits the adapter and the size", () => {
    const [card, soft] = [
      { software: false, quads: true },
      { software: true, quads: true },
    ];
    expect([cube(64), cube(1024), longK].map((size) => defaultGemm(size, card))).toEqual([
      "tiled",
      "tiled64",
      "reduceQuads",
    ]);
    expect(defaultGemm(longK, { software: false, quads: false })).toBe("reduce");
    expect([cube(10), cube(64), cube(128), cube(512), longK].map((size) => defaultGemm(size, soft))).toEqual([
      "quads16x4",
      "quads16x8",
      "quads32x8",
      "quads32x16",
      "quads16x8",
    ]);
    const plain = { software: true, quads: false };
    expect([cube(512), longK].map((size) => defaultGemm(size, plain))).toEqual(["registers", "reduce"]);
  });

  test("spares cards the products that only a program has room for", () => {
    const offered = gemmCandidates(cube(1024), { software: false, quads: true });
    expect(offered.filter((name) => name.startsWith("quads"))).toEqual(["quads16x8", "quads16x4"]);
  });

  test("repeats nothing", () => {
    for (const software of [true, false]) {
      const names = gemmCandidates(longK, { software, quads: true });
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
