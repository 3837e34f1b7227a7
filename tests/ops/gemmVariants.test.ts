// Every variant of a matrix product on a GPU against the CPU in float64, at sizes that do and do not fill its tiles.
// The conformance suite runs only what suits the machine's adapter; this runs all.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend, Node, TensorData } from "../../src/engine";
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
import { assembleShader } from "../../src/engine/backend/webgpu/shader";
import { byteLengthOf } from "../../src/engine/backend/webgpu/tensor";
import type { GemmVariant } from "../../src/engine/graph/kernel";
import type { Op } from "../../src/engine/graph/node";
import type { Attrs, TensorType } from "../../src/engine/graph/type";
import { apply } from "../../src/engine/graph/node";
import { compile } from "../../src/engine/compile/compile";
import { merging } from "../../src/engine/compile/merging";
import { sum } from "../../src/engine/ops/broadcast";
import { batchRows } from "../../src/engine/ops/gather";
import { conv2dOps } from "../../src/engine/ops/conv2d";
import { gemmVariants } from "../../src/engine/ops/gemmShader";
import { matmulOps } from "../../src/engine/ops/matmul";
import { everyDay, fullTest, isFull } from "../support/full";
import { testGpu } from "../support/gpu";

const reference = createCpuBackend("float64");

/** Deterministic values: floats in [-1, 1], bytes, or numbers of rows, below 7. */
function values({ shape, id, dtype }: Node): TensorData {
  const length = sizeOf(shape);
  if (dtype === "u8") return Uint8Array.from({ length }, (_, i) => (37 * i) % 256);
  if (dtype === "u32") return Uint32Array.from({ length }, (_, i) => (5 * i) % 7);
  return Float32Array.from({ length }, (_, i) => Math.sin(1.7 * i + id));
}

async function compare(backend: Backend, leaves: readonly Node[], outputs: readonly Node[]): Promise<void> {
  const feeds = new Map(leaves.map((leaf) => [leaf, values(leaf)]));
  const expected = await evaluate(outputs, feeds, reference);
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

/** Larger forms of other variants, which take long to compile. */
const wider = new Set<GemmVariant>(["tiled64", "tiled128", "quads16x8", "quads32x8", "quads32x16"]);

/** Variants that are asked everything every day: the quickest to compile. What operands are is told to all variants by the
 *  same functions, so the others are asked less, unless it is `npm run test:full`. */
const askedAll: readonly GemmVariant[] = everyDay(["registers", "quads16x4"], gemmVariants);

// Larger forms of quads differ from the others in two numbers; tiled128 has its own tests below.
const later = new Set<GemmVariant>(["quads16x8", "quads32x8", "quads32x16", "tiled128"]);
const asked = everyDay(
  gemmVariants.filter((name) => !later.has(name)),
  gemmVariants,
);

describe.each(asked)("%s", (gemm) => {
  const isWider = wider.has(gemm);
  const isAskedAll = askedAll.includes(gemm);
  let gpu: Backend;
  beforeAll(async () => {
    gpu = await createWebGpuBackend({ gpu: await testGpu(), gemm });
  });
  afterAll(() => gpu.dispose());

  test("products of awkward sizes", async () => {
    const pairs = (isAskedAll ? sizes : sizes.slice(1, 2)).map(([m, k, n]) => {
      return [input(`a of ${m} rows`, [m, k]), input(`b of ${n} columns`, [k, n])] as const;
    });
    await compare(
      gpu,
      pairs.flat(),
      pairs.map(([a, b]) => matmul(a, b)),
    );
  });

  // One product is the share of the others on every day; convolutions by tiles in shared memory are in the merged tests.
  if (!isAskedAll) return;

  test.each(isWider ? convolutions.slice(0, 1) : everyDay(convolutions.slice(0, 1), convolutions))(
    "a convolution with its gradients and epilogue, $padding, strides $strides",
    async (options) => {
      const [x, w, b] = [input("x", [2, 9, 8, 3]), input("w", [3, 2, 3, 5]), input("b", [5])];
      const y = relu(add(conv2d(x, w, options), b));
      await compare(gpu, [x, w, b], [y, ...gradients(mean(square(y)), [x, w, b])]);
    },
  );

  // 3 parts of 65 are 24, 24 and 17 long, those of 13 are 8, 5 and none.
  test.each([65, 13])("K of %i in three parts", async (k) => {
    const [a, b] = [input("a", [2, 9, k]), input("b", [2, k, 33])];
    const parts = apply(inParts(matmulOps.matmul, 3), [a, b], { transposeA: false, transposeB: false });
    await compare(gpu, [a, b], [parts, sum(parts, [0])]);
  });

  // In a sample of one number both strides are 1, and say nothing of which way the samples lie.
  test.each(gemm === "registers" ? [1, 2, 5] : [1])(
    "shuffled samples of %i numbers, forwards and for a gradient",
    async (width) => {
      const [data, order, offset] = [input("data", [7, width]), input("order", [7], "u32"), input("offset", [], "u32")];
      const x = batchRows(data, order, offset, { count: 5 });
      const [w, dy] = [input("w", [width, 9]), input("dy", [5, 9])];
      await compareLaunch(gpu, [data, order, offset, w], [matmul(x, w)]);
      await compareLaunch(gpu, [data, order, offset, dy], [matmul(x, dy, { transposeA: true })]);
    },
  );

  // What the operands are is nothing to the larger forms.
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
  const [wanted, got] = await evaluate([whole, sum(parts, [0])], feeds, reference);
  expectNear(got!, wanted!, "sum of parts");
});

describe("fours", () => {
  /** What is read by fours in the shader of a product, and how its buffers are seen. */
  function readBy(op: Op, [a, b]: readonly [Node, Node], attrs: Attrs, gemm: GemmVariant = "tiled128") {
    const type = op.type([a, b], attrs);
    const args = { inputTypes: [a, b], outputTypes: [type] as const, attrs, gemm: () => gemm };
    const at = (buffer: string, of: TensorType) => ({ type: of, place: { buffer, offset: 0, size: byteLengthOf(of) } });
    const { code } = assembleShader(op.wgsl(args), [at("a", a), at("b", b)], [at("c", type)]);
    const seen = [...code.matchAll(/storage, read> buffer\d: array<([^,]+),/g)].map(([, element]) => element);
    const fours = [...code.matchAll(/^fn (\w)_four/gm)].map(([, name]) => name);
    const read = ["a", "b"].filter((name) => code.replaceAll(/^fn \w_four.*/gm, "").includes(`${name}_four(`));
    expect(read).toEqual(fours);
    expect(seen).toEqual(["a", "b"].map((name) => (read.includes(name) ? "vec4<f32>" : "f32")));
    return read.join("");
  }
  const plain = { transposeA: false, transposeB: false };
  const matrices = (a: readonly number[], b: readonly number[]) => [input("a", a), input("b", b)] as const;

  test.each([
    ["ab", [8, 12], [12, 4], {}],
    ["a", [7, 12], [12, 5], {}],
    ["b", [8, 11], [11, 4], {}],
    ["", [8, 10], [10, 6], {}],
    ["ab", [11, 8], [11, 4], { transposeA: true }],
    ["", [12, 6], [12, 10], { transposeA: true }],
    ["ab", [7, 12], [5, 12], { transposeB: true }],
    ["", [8, 11], [4, 11], { transposeB: true }],
    ["ab", [3, 5, 8], [8, 4], {}],
    ["", [12, 1], [1, 1], {}],
  ] as const)("are read of %o of %j times %j, %o", (read, a, b, turned) => {
    expect(readBy(matmulOps.matmul, matrices(a, b), { ...plain, ...turned })).toBe(read);
  });

  const unpadded = { padding: "valid", strides: [1, 1], dilation: [1, 1] } as const;
  test.each([
    ["ab", "ab", "ab", 4, 8, unpadded],
    ["b", "ab", "b", 3, 8, unpadded],
    ["a", "", "a", 4, 5, unpadded],
    ["ab", "b", "ab", 4, 8, { ...unpadded, strides: [2, 1] }],
  ] as const)("are read of %o in a convolution, %o and %o in its gradients", (...of) => {
    const [forward, inputGrad, kernelGrad, channels, filters, options] = of;
    const [x, w] = matrices([2, 9, 8, channels], [3, 2, channels, filters]);
    const dy = conv2d(x, w, options);
    const { conv2d: op, conv2dInputGrad, conv2dKernelGrad } = conv2dOps;
    expect([
      readBy(op, [x, w], options),
      readBy(conv2dInputGrad, [input("dy", dy.shape), w], { ...options, inputShape: x.shape }),
      readBy(conv2dKernelGrad, [x, input("dy", dy.shape)], { ...options, kernelShape: w.shape }),
    ]).toEqual([forward, inputGrad, kernelGrad]);
  });

  test("are nobody else's", () => {
    for (const gemm of gemmVariants.filter((name) => name !== "tiled128")) {
      expect(readBy(matmulOps.matmul, matrices([8, 12], [12, 4]), plain, gemm)).toBe("");
    }
  });

  describe("by tiled128", () => {
    let gpu: Backend;
    beforeAll(async () => {
      gpu = await createWebGpuBackend({ gpu: await testGpu(), gemm: "tiled128" });
    });
    afterAll(() => gpu.dispose());

    // Every day what shares a launch, below, has two of the ways.
    fullTest("both operands either way round", async () => {
      // More than one tile each way, none of them full, and more than a slice of K, which need not come in fours where
      // lines do.
      const [m, n] = [132, 68];
      const [a, b] = [input("a", [m, 36]), input("b", [36, n])];
      const [at, bt] = [input("at", [36, m]), input("bt", [n, 36])];
      const [odd, oddT] = [input("odd", [19, n]), input("oddT", [19, m])];
      const products = [
        matmul(a, b),
        matmul(at, bt, { transposeA: true, transposeB: true }),
        matmul(oddT, odd, { transposeA: true }),
      ];
      await compare(gpu, [a, b, at, bt, odd, oddT], products);
    });

    test("bytes of a dataset, which have to be put together", async () => {
      const [data, order, offset] = [
        input("data", [7, 20], "u8"),
        input("order", [7], "u32"),
        input("offset", [], "u32"),
      ];
      const [x, b] = [batchRows(data, order, offset, { count: 5, scale: 1 / 255 }), input("b", [20, 12])];
      expect(await compareLaunch(gpu, [data, order, offset, b], [matmul(x, b)])).toBe("gemm_tiled128");
    });

    // The other ways in which operands may lie: every day, the tests above say what is read by fours.
    if (!isFull) return;

    test("a batch with a shared operand, K in three parts", async () => {
      const [a, b] = [input("a", [3, 5, 20]), input("b", [20, 12])];
      await compare(gpu, [a, b], [apply(inParts(matmulOps.matmul, 3), [a, b], plain)]);
    });

    test("a convolution with its gradients", async () => {
      const [x, w] = [input("x", [2, 9, 8, 4]), input("w", [3, 2, 4, 8])];
      const y = conv2d(x, w, { padding: "same" });
      await compare(gpu, [x, w], [y, ...gradients(mean(square(y)), [x, w])]);
    });
  });
});

/** Runs a plan of one launch against the reference. @returns the shaders that the launch is made of */
async function compareLaunch(backend: Backend, leaves: readonly Node[], outputs: readonly Node[]): Promise<string> {
  const plan = compile({ outputs }, { fuse: true, merging });
  expect(plan.launches).toHaveLength(1);
  const feeds = new Map(leaves.map((leaf) => [leaf, values(leaf)]));
  const bound = new Map(leaves.map((leaf) => [leaf, backend.createTensor(leaf, values(leaf))]));
  const executable = await backend.prepare(plan, bound);
  executable.run([{}]);
  const wanted = await evaluate(outputs, feeds, reference);
  for (const [i, output] of outputs.entries()) expectNear(await executable.read(output), wanted[i]!, `output ${i}`);
  return executable.launches[0]!.variant;
}

describe("256 threads share a launch", () => {
  let gpu: Backend;
  beforeAll(async () => {
    gpu = await createWebGpuBackend({ gpu: await testGpu(), gemm: "tiled128" });
  });
  afterAll(() => gpu.dispose());
  const [a, b] = [input("a", [20, 32]), input("b", [32, 40])];
  const product = matmul(a, b);

  test("with each other, and with threads that wait for nobody", async () => {
    // Not whole workgroups of 64, nor fours of them.
    const [c, x] = [input("c", [20, 30]), input("x", [5, 66])];
    const outputs = [product, matmul(c, a, { transposeA: true }), relu(x), sum(x, [1])];
    expect(await compareLaunch(gpu, [a, b, c, x], outputs)).toMatch(/^gemm_tiled128 \+ /);
  });

  test("not with those that do: then there are 64", async () => {
    const x = input("x", [2, 5000]);
    const variant = await compareLaunch(gpu, [a, b, x], [product, sum(x, [1])]);
    expect(variant.split(" + ").toSorted()).toEqual(["gemm_tiled", "reduce_long"]);
  });
});

test("different variants share a launch", async () => {
  const narrow = [input("a", [20, 30]), input("b", [30, 10])] as const;
  const wide = [input("c", [20, 30]), input("d", [30, 40])] as const;
  const gpu = await createWebGpuBackend({ gpu: await testGpu() });
  await compareLaunch(gpu, [...narrow, ...wide], [matmul(...narrow), matmul(...wide)]);
  gpu.dispose();
});

test("quads are refused on a device that has none", async () => {
  const device = await (await (await testGpu()).requestAdapter())!.requestDevice();
  await expect(createWebGpuBackend({ device, gemm: "quads16x4" })).rejects.toThrow(
    /expected subgroups for "quads16x4"/,
  );
  device.destroy();
});
