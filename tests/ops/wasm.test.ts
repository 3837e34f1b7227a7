// The WebAssembly kernels agree with the TypeScript ones on every op, with plain and with relaxed SIMD; and with the
// float64 reference at the sizes where they take another way.
import { afterAll, beforeAll, describe, test } from "vitest";
import type { Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { conv2d, conv2dInputGrad, conv2dKernelGrad } from "../../src/engine/ops/conv2d";
import { softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { input, state } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, exp, mul, relu, sub } from "../../src/engine/ops/pointwise";
import { max } from "../../src/engine/ops/reduce";
import { rowsOfTable } from "../../src/engine/selftest/cases";
import { drawn, given, type Tensor } from "../../src/engine/selftest/sample";
import { compareBackends } from "./support/compareBackends";
import { expectClose } from "./support/compare";
import { openBackend, type TestBackend, testBackend } from "./support/run";

/** Sums of some hundred products of numbers up to 1, in f32. */
const TOLERANCE = 2e-5;

const shapes = (...all: number[][]): Tensor[] => all.map((shape, i) => drawn(shape, i + 1, [-1, 1]));
const padded = { strides: [2, 1], dilation: [1, 1], padding: "same" } as const;
const plain = { strides: [1, 1], dilation: [1, 1], padding: "valid" } as const;

/** What is special, the shapes of the inputs, and the graph on them. */
const special: readonly (readonly [string, Tensor[], (...inputs: Node[]) => Node])[] = [
  ["K in two parts, rows in several strips", shapes([101, 401], [401, 20]), (a, b) => matmul(a, b)],
  [
    "rows laid side by side, not all of the last tile, and two blocks of columns",
    shapes([1100, 15], [1100, 260]),
    (a, b) => matmul(a, b, { transposeA: true }),
  ],
  [
    "what would be multiplied in blocks, finished",
    shapes([1100, 15], [1100, 260]),
    (a, b) => relu(matmul(a, b, { transposeA: true })),
  ],
  ["B packed four rows at a time", shapes([7, 403], [24, 403]), (a, b) => matmul(a, b, { transposeB: true })],
  ["B read where it lies", shapes([12, 40], [40, 16]), (a, b) => matmul(a, b)],
  ["B transposed, and few rows", shapes([12, 40], [16, 40]), (a, b) => matmul(a, b, { transposeB: true })],
  ["rows finished strip by strip", shapes([101, 401], [401, 20], [20]), (a, b, c) => relu(add(matmul(a, b), c))],
  ["batches finished", shapes([3, 50, 9], [9, 8], [3, 50, 8]), (a, b, c) => mul(matmul(a, b), c)],
  [
    "patches added up, several samples together",
    shapes([7, 3, 3, 20], [3, 3, 16, 20]),
    (dy, w) => conv2dInputGrad(dy, w, { ...plain, inputShape: [7, 5, 5, 16] }),
  ],
  [
    "patches added up, several strips for a sample",
    shapes([2, 11, 10, 4], [3, 3, 3, 4]),
    (dy, w) => conv2dInputGrad(dy, w, { ...plain, inputShape: [2, 13, 12, 3] }),
  ],
  [
    "patches added up with padding, and finished",
    shapes([3, 4, 6, 5], [3, 3, 8, 5], [3, 7, 6, 8]),
    (dy, w, mask) => mul(conv2dInputGrad(dy, w, { ...padded, inputShape: [3, 7, 6, 8] }), mask),
  ],
  ["a padded image", shapes([3, 7, 6, 8], [3, 3, 8, 5]), (x, w) => conv2d(x, w, padded)],
  [
    "a long sum of few rows",
    shapes([3, 12, 12, 1], [3, 10, 10, 8]),
    (x, dy) => conv2dKernelGrad(x, dy, { ...plain, kernelShape: [3, 3, 1, 8] }),
  ],
  ["sums of sixteen neighbours and some more", shapes([37, 51]), (x) => sum(x, [0])],
  ["sums of neighbours in groups", shapes([5, 7, 32]), (x) => sum(x, [1])],
  ["sums in parts, neighbours by sixteen, by four and alone", shapes([9001, 23]), (x) => sum(x, [0])],
  ["sums in parts over the axes of images", shapes([50, 13, 13, 8]), (x) => mul(sum(x, [0, 1, 2]), 0.01)],
  ["one sum in parts", shapes([3, 7001]), (x) => sum(x)],
  ["largest of parts", shapes([9001, 6]), (x) => max(x, [0])],
  ["largest of all, in parts", shapes([30_000]), (x) => max(x)],
  ["largest of neighbours", shapes([37, 51]), (x) => max(x, [0])],
  [
    "labels past the last class",
    [drawn([3, 5], 1), given([3], [4, 5, 4_000_000_000], "u32")],
    (logits, labels) => softmaxCrossEntropy(logits, labels),
  ],
];

describe.each(["simd", "relaxed"] as const)("%s", (name) => {
  compareBackends(rowsOfTable, name);

  // A merged plan computes small operands where they are read. Such a step has the name of the op, but neither its inputs nor
  // its attributes, and must not be taken for it.
  describe("merged, with operands computed where they are read, agrees with the reference", () => {
    const [reference, kernels] = [testBackend("cpu64"), testBackend(name)];
    for (const [opName, { sized, tolerance = TOLERANCE }] of rowsOfTable) {
      for (const { feeds, build, replacesFirst, ...sample } of sized(7)) {
        if (replacesFirst) continue;
        test(`${opName}: ${sample.name}`, async () => {
          const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
          // Twice as much loses no digit and changes no order.
          const outputs = [build(...inputs.map((x) => (x.dtype === "f32" ? mul(x, 2) : x)))];
          const [expected] = await reference().run(outputs, inputs, feeds, false);
          const prepared = await kernels().prepare({ outputs, inputs, feeds, merge: true });
          const [actual] = await prepared.run();
          prepared.dispose();
          expectClose(actual!, expected!, 4 * tolerance);
        });
      }
    }
  });

  describe("agrees with the reference where kernels take another way", () => {
    let reference: TestBackend;
    let kernels: TestBackend;
    beforeAll(async () => {
      reference = await openBackend("cpu64");
      kernels = await openBackend(name);
    });
    afterAll(() => {
      reference.dispose();
      kernels.dispose();
    });

    test.each(special)("%s", async (_, feeds, build) => {
      const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
      const output = build(...inputs);
      const [expected] = await reference.run([output], inputs, feeds);
      const prepared = await kernels.prepare({ outputs: [output], inputs, feeds });
      // A second time over what the first has left behind.
      for (let run = 0; run < 2; run++) {
        const [actual] = await prepared.run();
        expectClose(actual!, expected!, TOLERANCE);
      }
      prepared.dispose();
    });

    // Results are written straight to their place, but not while what is there is still to be read.
    test.each([3, 64, 1030])("updates %i numbers in place that are read again", async (size) => {
      const x = state("x", [size]);
      const doubled = mul(x, 2);
      const job = {
        outputs: [sub(exp(doubled), x)],
        inputs: [x],
        feeds: shapes([size]),
        updates: [{ state: x, value: doubled }],
      };
      const [expected, actual] = await Promise.all(
        [reference, kernels].map(async (backend) => {
          const prepared = await backend.prepare(job);
          await prepared.run();
          const results = await prepared.run();
          prepared.dispose();
          return results;
        }),
      );
      expectClose(actual![0]!, expected![0]!, TOLERANCE);
    });
  });
});
