// Fused plans, with launches merged or not, compute what the plain one does, for random graphs with their gradients and updates.
import { merging } from "../../src/engine/compile/merging";
import * as fc from "fast-check";
import { describe, test } from "vitest";
import type { CompileOptions } from "../../src/engine/compile/plan";
import type { Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { dropout } from "../../src/engine/ops/dropout";
import { gradients } from "../../src/engine/ops/gradients";
import { reshape } from "../../src/engine/ops/layout";
import { input, state } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, gelu, maximum, mul, neg, relu, sigmoid, sub, tanh } from "../../src/engine/ops/pointwise";
import { avgPool2d, maxPool2d, type PoolOptions } from "../../src/engine/ops/pool";
import { max, mean } from "../../src/engine/ops/reduce";
import { softmax } from "../../src/engine/ops/softmax";
import { concat, slice, transpose } from "../../src/engine/ops/strided";
import { expectClose } from "../ops/support/compare";
import { type BackendName, type TestBackend, testBackend } from "../ops/support/run";
import { counter, drawn, drawnBelow, type Tensor } from "../../src/engine/selftest/sample";
import { isFull } from "../support/full";

const [ROWS, COLUMNS] = [5, 6];

/** Windows on a value seen as an image, which keep its size. */
const windows: PoolOptions = { poolSize: [3, 2], strides: [1, 1], padding: "same" };
const image = (a: Node): Node => reshape(a, [1, ROWS, COLUMNS, 1]);

/** The leaves that random graphs grow on. Every value in the pool is `[5, 6]`. */
interface Leaves {
  readonly row: Node;
  readonly column: Node;
  readonly square: Node;
  readonly counter: Node;
}

/** How one more value is made of two earlier ones. All keep values near 1, so that errors do not grow. */
const growths: readonly ((a: Node, b: Node, leaves: Leaves) => Node)[] = [
  (a, b) => tanh(add(a, b)),
  (a, b) => sub(sigmoid(a), mul(b, 0.5)),
  (a, b) => mul(tanh(a), tanh(b)),
  (a, b) => maximum(a, b),
  (a) => relu(a),
  (a) => gelu(neg(a)),
  (a) => add(a, 0),
  (a, _, { row }) => tanh(add(a, row)),
  (a, _, { column }) => mul(a, column),
  (a, _, { square }) => tanh(matmul(a, square)),
  (a, b, { row, square }) => add(relu(add(matmul(a, square), row)), b),
  (a, b) => matmul(tanh(matmul(a, b, { transposeB: true })), softmax(b)),
  (a) => sub(a, mean(a, [1], true)),
  (a, b) => tanh(mul(a, sum(b, [0]))),
  (a, b) => sub(a, max(b, [1], true)),
  (a) => softmax(a),
  (a) => transpose(reshape(a, [COLUMNS, ROWS]), [1, 0]),
  (a, b) => concat([slice(a, [2, 0], [ROWS - 2, COLUMNS]), slice(b, [0, 0], [2, COLUMNS])], 0),
  (a, _, { counter: c }) => dropout(a, c, c, { rate: 0.3, stream: 1 }),
  (a) => reshape(maxPool2d(image(a), windows), [ROWS, COLUMNS]),
  (a) => reshape(avgPool2d(image(a), windows), [ROWS, COLUMNS]),
];

interface Recipe {
  readonly seed: number;
  /** Which growth, on which two earlier values. */
  readonly steps: readonly (readonly [growth: number, a: number, b: number])[];
  /** Values read besides the gradients. */
  readonly reads: readonly number[];
}

const recipe: fc.Arbitrary<Recipe> = fc.record({
  seed: fc.integer({ min: 1, max: 1000 }),
  steps: fc.array(fc.tuple(fc.nat(growths.length - 1), fc.nat(99), fc.nat(99)), { minLength: 1, maxLength: 14 }),
  reads: fc.array(fc.nat(99), { minLength: 1, maxLength: 2 }),
});

/** Found by 3,596 random graphs: two groups that each read the other, by way of a node that stands before both. */
const twoWaysBack: Recipe = {
  seed: 1,
  steps: [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 5],
    [0, 0, 67],
    [9, 22, 0],
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
    [0, 46, 27],
    [1, 16, 26],
  ],
  reads: [94, 0],
};

/** A product whose results an element-wise step reads in another order, which must not pass for reading them one by one. */
const outOfOrder: Recipe = {
  seed: 1,
  steps: [
    [0, 0, 0],
    [0, 10, 0],
    [0, 0, 0],
    [0, 0, 0],
    [16, 21, 0],
  ],
  reads: [0],
};

function grow({ seed, steps, reads }: Recipe) {
  const x = input("x", [ROWS, COLUMNS]);
  const weights = state("weights", [ROWS, COLUMNS]);
  const labels = input("labels", [ROWS], "u32");
  const leaves = {
    row: input("row", [COLUMNS]),
    column: input("column", [ROWS, 1]),
    square: input("square", [COLUMNS, COLUMNS]),
    counter: input("counter", [], "u32"),
  };
  const inputs = [x, weights, labels, leaves.row, leaves.column, leaves.square, leaves.counter];
  const feeds: Tensor[] = inputs.map(({ shape, dtype }, i) => {
    if (dtype === "f32") return drawn(shape, seed + i, [-1, 1]);
    return shape.length === 0 ? counter(seed) : drawnBelow(COLUMNS, shape, seed);
  });
  const pool = [x, weights];
  const pick = (i: number): Node => pool[i % pool.length]!;
  for (const [growth, a, b] of steps) pool.push(growths[growth]!(pick(a), pick(b), leaves));
  const loss = mean(softmaxCrossEntropy(pool.at(-1)!, labels));
  const slopes = gradients(loss, [weights, leaves.row, leaves.square]);
  const next = sub(weights, mul(slopes[0]!, 0.1));
  return {
    inputs,
    feeds,
    outputs: [loss, ...slopes, ...reads.map(pick).map((value) => add(value, 1))],
    updates: [{ state: weights, value: next }],
  };
}

async function runTwice(backend: TestBackend, random: Recipe, options: CompileOptions): Promise<number[][]> {
  const prepared = await backend.prepare({ ...grow(random), ...options });
  // The second run starts from the updated weights, so that the update is compared too.
  const first = await prepared.run();
  const second = await prepared.run();
  prepared.dispose();
  return [...first, ...second].map((values) => [...values]);
}

/** In float64 only the order of sums differs. In f32 on WebGPU the shaders differ: compilers contract products and sums
 *  differently in one kernel and in two, each step by 6e-8, over up to some thirty steps. */
const plans: readonly { backendName: BackendName; tolerance: number; numRuns: number }[] = [
  { backendName: "cpu64", tolerance: 1e-11, numRuns: 300 },
  // The same kernels in f32, but for what is computed in JavaScript where it is read.
  { backendName: "simd", tolerance: 3e-5, numRuns: 40 },
  { backendName: "webgpu", tolerance: 3e-5, numRuns: isFull ? 8 : 4 },
];

describe.each(plans)("$backendName", ({ backendName, tolerance, numRuns }) => {
  const backend = testBackend(backendName);

  test("fused and merged equal plain", () =>
    fc.assert(
      fc.asyncProperty(recipe, async (random) => {
        const plain = await runTwice(backend(), random, { fuse: false });
        for (const passes of [{}, { merging }]) {
          const fused = await runTwice(backend(), random, { fuse: true, ...passes });
          for (const [i, values] of plain.entries()) expectClose(fused[i]!, values, tolerance);
        }
      }),
      { seed: 20_260_103, numRuns, examples: [[twoWaysBack], [outOfOrder]] },
    ));
});
