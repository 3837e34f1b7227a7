// Every way to compute a matrix product on a GPU against the CPU, at sizes that do and do not fill its tiles. The
// conformance suite runs only the variant that suits the machine's adapter; this runs all.
import { beforeAll, describe, expect, test } from "vitest";
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
import { testGpu } from "../support/gpu";

const cpu = createCpuBackend();

/** Deterministic values in [-1, 1]. */
const values = ({ shape, id }: Node): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1.7 * i + id));

async function compare(gpu: Backend, leaves: readonly Node[], outputs: readonly Node[]): Promise<void> {
  const feeds = new Map(leaves.map((leaf) => [leaf, values(leaf)]));
  const expected = await evaluate(outputs, feeds, cpu);
  const got = await evaluate(outputs, feeds, gpu);
  expected.forEach((wanted, i) => {
    const scale = Math.max(...wanted.map(Math.abs), 1e-3);
    // f32 sums of up to a few hundred terms in another order: some tens of units in the last place.
    const worst = Math.max(...wanted.map((value, j) => Math.abs(value - (got[i]?.[j] ?? NaN)) / scale));
    expect(worst, `output ${i}`).toBeLessThan(2e-5);
  });
}

describe.each(["tiled", "registers"] as const)("%s", (gemm) => {
  let gpu: Backend;
  beforeAll(async () => {
    gpu = await createWebGpuBackend({ gpu: await testGpu(), gemm });
  });

  test.each([
    [1, 1, 1],
    [7, 63, 65],
    [64, 64, 64],
    [65, 7, 63],
    [263, 65, 1],
  ])("matmul %i×%i×%i, both operands either way round", async (m, k, n) => {
    for (const transposeA of [false, true]) {
      const a = input("a", transposeA ? [k, m] : [m, k]);
      for (const transposeB of [false, true]) {
        const b = input("b", transposeB ? [n, k] : [k, n]);
        await compare(gpu, [a, b], [matmul(a, b, { transposeA, transposeB })]);
      }
    }
  });

  test("batched matmul with a shared operand", async () => {
    const [a, b] = [input("a", [3, 9, 10]), input("b", [10, 11])];
    await compare(gpu, [a, b], [matmul(a, b)]);
  });

  test.each(["same", "valid"] as const)("convolution with its gradients and epilogue, %s", async (padding) => {
    const [x, w, b] = [input("x", [2, 9, 8, 3]), input("w", [3, 2, 3, 5]), input("b", [5])];
    const y = relu(add(conv2d(x, w, { padding, strides: [2, 1], dilation: [1, 2] }), b));
    await compare(gpu, [x, w, b], [y, ...gradients(mean(square(y)), [x, w, b])]);
  });
});
