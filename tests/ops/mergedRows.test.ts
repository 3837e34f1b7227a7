// Launches that walk rows, merged, against the plain plan in float64: rows computed where they are normalized, and rows walked on in.
import { describe, expect, it } from "vitest";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { compile } from "../../src/engine/compile/compile";
import { merging } from "../../src/engine/compile/merging";
import { softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { argMax, gatherRows } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { reshape, segment } from "../../src/engine/ops/layout";
import { input } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, mul, square } from "../../src/engine/ops/pointwise";
import { mean } from "../../src/engine/ops/reduce";
import type { Node } from "../../src/engine/graph/node";
import { normalizeRows } from "../../src/engine/ops/rowNorm";
import { transpose } from "../../src/engine/ops/strided";
import { drawn, drawnBelow } from "../../src/engine/selftest/sample";
import { hardware, watchedGpu } from "../support/fakeGpu";
import { describeSteps } from "../support/plans";
import { type Case, compareMerged } from "./support/merged";
import { openBackend, TestBackend } from "./support/run";

const options = { center: true, epsilon: 1e-3 };

/** Embeddings and their places, normalized and multiplied, as a transformer begins. */
function beginning(width: number): Case {
  const [indices, table, places, kernel] = [
    input("indices", [40], "u32"),
    input("table", [9, width]),
    input("places", [40, width]),
    input("kernel", [width, 70]),
  ];
  const x = add(gatherRows(table, indices), places);
  const loss = mean(square(add(matmul(normalizeRows(x, options), kernel), matmul(x, kernel))));
  return {
    inputs: [indices, table, places, kernel],
    feeds: [drawnBelow(9, [40], 1), drawn([9, width], 2), drawn([40, width], 3), drawn([width, 70], 4)],
    outputs: [loss, ...gradients(loss, [table, places, kernel])],
  };
}

/** A normalization with a scale and a shift, and the most probable of so many classes, as a transformer ends. */
function end(width: number, classes: number): Case {
  const inputs = [
    input("below", [40, width]),
    input("kernel", [width, width]),
    input("gamma", [width]),
    input("beta", [width]),
    input("last", [width, classes]),
    input("labels", [40], "u32"),
  ] as const;
  const [below, kernel, gamma, beta, last, labels] = inputs;
  const x = matmul(below, kernel);
  const logits = matmul(add(mul(normalizeRows(x, options), gamma), beta), last);
  const loss = mean(softmaxCrossEntropy(logits, labels));
  return {
    inputs,
    feeds: [
      drawn([40, width], 1),
      drawn([width, width], 2),
      drawn([width], 3),
      drawn([width], 4),
      drawn([width, classes], 5),
      drawnBelow(classes, [40], 6),
    ],
    outputs: [loss, mul(argMax(logits), 1), ...gradients(loss, [below, kernel, gamma, beta, last])],
  };
}

const stepsOf = ({ outputs }: Pick<Case, "outputs">): string =>
  describeSteps(compile({ outputs }, { fuse: true, merging }).launches).join("\n");

describe("launches that walk rows", () => {
  it.each([
    ["compute what they read", beginning(64), "add > normalizeRowsWithScale"],
    ["walk on in them", end(64, 65), "normalizeRowsWithScale > add > denseCrossEntropy > normalizeRowsGrad"],
  ] as const)("%s", (_, computation, name) => {
    expect(stepsOf(computation)).toContain(name);
  });

  it.each([
    ["columns", (x: ReturnType<typeof input>) => transpose(x, [1, 0])],
    ["a part of them", (x: ReturnType<typeof input>) => segment(reshape(x, [1600]), 0, [40, 20])],
    ["rows of another length", (x: ReturnType<typeof input>) => reshape(x, [20, 80])],
  ])("do not walk on in %s", (_, seen) => {
    const x = normalizeRows(input("x", [40, 40]), options);
    expect(stepsOf({ outputs: [normalizeRows(seen(x), options)] })).not.toContain("normalizeRows > normalizeRows");
    expect(stepsOf({ outputs: [normalizeRows(x, options)] })).toContain("normalizeRows > normalizeRows");
  });

  it.each([
    ["a normalized kernel are", (normal: Node) => normal],
    ["a kernel that is computed from a normalized one are", (normal: Node) => square(normal)],
  ])("do not walk on where all rows are read, as those of %s", (_, kernelOf) => {
    const [x, labels] = [input("x", [40, 40]), input("labels", [40], "u32")];
    const logits = matmul(x, kernelOf(normalizeRows(input("kernel", [40, 10]), options)));
    const loss = mean(softmaxCrossEntropy(logits, labels));
    const steps = stepsOf({ outputs: [loss, ...gradients(loss, [x])] });
    expect(steps).toContain("denseCrossEntropy");
    expect(steps).not.toContain("normalizeRows > denseCrossEntropy");
  });

  it.each([
    ["cpu64", () => openBackend("cpu64"), 1e-12],
    ["webgpu", () => openBackend("webgpu"), 3e-5],
    [
      "a card, whose threads share rows",
      async () => {
        const { gpu } = await watchedGpu(hardware);
        return new TestBackend(await createWebGpuBackend({ gpu }));
      },
      3e-5,
    ],
  ] as const)("give the same on %s", async (_, open, tolerance) => {
    const backend = await open();
    for (const given of [beginning(5), beginning(64), end(64, 65), end(10, 10)]) {
      await compareMerged(backend, given, tolerance);
    }
    backend.dispose();
  });
});
