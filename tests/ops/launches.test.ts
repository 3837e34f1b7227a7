// Launches of more than 65,535 workgroups, which WebGPU folds into two dimensions, reach every element and no other.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apply } from "../../src/engine/graph/node";
import { foldWorkgroups, MAX_WORKGROUPS } from "../../src/engine/backend/webgpu/executable";
import { sum } from "../../src/engine/ops/broadcast";
import { softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { depthwiseOps } from "../../src/engine/ops/depthwise";
import { gatherRows } from "../../src/engine/ops/gather";
import { square } from "../../src/engine/ops/pointwise";
import { softmax } from "../../src/engine/ops/softmax";
import { transpose } from "../../src/engine/ops/strided";
import { everyDay } from "../support/full";
import { expectClose } from "./support/compare";
import { openBackend, type TestBackend } from "./support/run";
import { drawn, drawnBelow, type Sample } from "../../src/engine/selftest/sample";

/** More threads than fit one dimension, and no multiple of anything. */
const ELEMENTS = MAX_WORKGROUPS * 64 + 77;
/** More workgroups than fit one dimension, for kernels that spend one on each row. */
const ROWS = MAX_WORKGROUPS + 6;

/** Kernels without barriers, which a program posing as a GPU runs quickly: a thread an element, and a row. */
const some: readonly Sample[] = [
  { name: "square, one thread an element", feeds: [drawn([ELEMENTS], 1)], build: square },
  { name: "sum of rows", feeds: [drawn([ROWS, 40], 8)], build: (x) => sum(x, [1]) },
];

const all: readonly Sample[] = [
  ...some,
  {
    name: "depthwiseConv2dGradKernel, one workgroup a kernel element",
    feeds: [drawn([1, 1, 2, ROWS], 9), drawn([1, 1, 2, ROWS], 10)],
    build: (x, dy) =>
      apply(depthwiseOps.depthwiseConv2dGradKernel, [x, dy], {
        kernel: [1, 1, ROWS, 1],
        strides: [1, 1],
        dilation: [1, 1],
        padding: "valid",
      }),
  },
  {
    name: "transpose",
    feeds: [drawn([3, Math.ceil(ELEMENTS / 3)], 2)],
    build: (x) => transpose(x, [1, 0]),
  },
  {
    name: "gatherRows of bytes",
    feeds: [drawnBelow(256, [5, Math.ceil(ELEMENTS / 4)], 3, "u8"), drawnBelow(5, [4], 4)],
    build: gatherRows,
  },
  { name: "softmax, one workgroup a row", feeds: [drawn([ROWS, 33], 5)], build: softmax },
  {
    name: "softmaxCrossEntropy, one workgroup a row",
    feeds: [drawn([ROWS, 34], 6), drawnBelow(34, [ROWS], 7)],
    build: softmaxCrossEntropy,
  },
];

describe("more than 65,535 workgroups", () => {
  let cpu: TestBackend;
  let webgpu: TestBackend;
  beforeAll(async () => {
    cpu = await openBackend("cpu");
    webgpu = await openBackend("webgpu");
  });
  afterAll(() => {
    cpu.dispose();
    webgpu.dispose();
  });

  test.each(everyDay(some, all))("$name", async (sample) => {
    const expected = await cpu.runSample(sample);
    const actual = await webgpu.runSample(sample);
    // Forty additions at most, one after another: partial sums of up to 20, each of which rounds by up to 1e-6.
    expectClose(actual.values, expected.values, 5e-6);
  });
});

test.each([1, MAX_WORKGROUPS, MAX_WORKGROUPS + 1, 2 * MAX_WORKGROUPS + 1, 1_000_003])("%i workgroups fold", (count) => {
  const { x, y } = foldWorkgroups(count);
  expect(x).toBeLessThanOrEqual(MAX_WORKGROUPS);
  expect(y).toBeLessThanOrEqual(MAX_WORKGROUPS);
  expect(x * y).toBeGreaterThanOrEqual(count);
  // Fewer idle workgroups than rows.
  expect(x * y - count).toBeLessThan(y);
});
