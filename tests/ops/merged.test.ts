// Launches that only merging makes, against the plain plan in float64: the end of a classifier in one kernel, and batches
// that are read where the dataset has them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/engine/compile/compile";
import type { Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { conv2d } from "../../src/engine/ops/conv2d";
import { softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { argMax, batchRows } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { reshape } from "../../src/engine/ops/layout";
import { input } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, mul, relu, tanh } from "../../src/engine/ops/pointwise";
import { describeSteps, expectSoundPlan } from "../support/plans";
import { expectClose } from "./support/compare";
import { type BackendName, openBackend, type TestBackend } from "./support/run";
import { counter, drawn, drawnBelow, type Tensor } from "../../src/engine/selftest/sample";

interface Case {
  readonly inputs: readonly Node[];
  readonly feeds: readonly Tensor[];
  readonly outputs: readonly Node[];
}

/** In float64 only the order of sums differs. On the GPU sums of up to a few hundred f32 terms do. */
const tolerances: readonly (readonly [BackendName, number])[] = [
  ["cpu64", 1e-12],
  ["webgpu", 3e-5],
];

let oracle: TestBackend;
beforeAll(async () => {
  oracle = await openBackend("cpu64");
});
afterAll(() => oracle.dispose());

async function compare(backend: TestBackend, { inputs, feeds, outputs }: Case, tolerance: number): Promise<void> {
  const plan = compile({ outputs }, { fuse: true, merge: true });
  expectSoundPlan(plan);
  const plain = await oracle.prepare({ inputs, feeds, outputs, fuse: false });
  const merged = await backend.prepare({ inputs, feeds, outputs, merge: true });
  const wanted = await plain.run();
  const got = await merged.run();
  wanted.forEach((values, i) => expectClose(got[i]!, values, tolerance));
  plain.dispose();
  merged.dispose();
}

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
  { rows: 33, depth: 16, classes: 10, bias: false },
  { rows: 33, depth: 16, classes: 10, chooses: false },
  { rows: 33, depth: 16, classes: 10, hidden: false },
];

describe("the end of a classifier", () => {
  test.each(heads)("%o is one kernel", (head) => {
    const { outputs } = headCase(head);
    const names = describeSteps(compile({ outputs }, { fuse: true, merge: true }).steps);
    expect(names.filter((name) => name.includes("denseCrossEntropy"))).toHaveLength(1);
    expect(names.filter((name) => name.includes("softmaxCrossEntropyWithGrad"))).toEqual([]);
  });

  test("is not with more classes than threads, or where the logits are wanted", () => {
    const many = headCase({ rows: 4, depth: 3, classes: 65 });
    const wanted = headCase(heads[2]!);
    for (const outputs of [many.outputs, [...wanted.outputs, wanted.logits]]) {
      const names = describeSteps(compile({ outputs }, { fuse: true, merge: true }).steps);
      expect(names.join()).toContain("softmaxCrossEntropyWithGrad");
    }
  });

  describe.each(tolerances)("on %s", (name, tolerance) => {
    let backend: TestBackend;
    beforeAll(async () => {
      backend = await openBackend(name);
    });
    afterAll(() => backend.dispose());

    test.each(heads)("computes %o", (head) => compare(backend, headCase(head), tolerance));
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
    const names = describeSteps(compile({ outputs: make().outputs }, { fuse: true, merge: true }).steps);
    expect(names.some((name) => name.includes("batchRows"))).toBe(false);
  });

  test("is where something else than a product reads it, or somebody wants it", () => {
    const { x } = batchOf([21], "u8");
    const product = matmul(x, input("w", [21, 6]));
    for (const outputs of [
      [product, x],
      [product, sum(x, [0])],
    ]) {
      const names = describeSteps(compile({ outputs }, { fuse: true, merge: true }).steps);
      expect(names.join()).toContain("batchRows");
    }
  });

  describe.each(tolerances)("on %s", (name, tolerance) => {
    let backend: TestBackend;
    beforeAll(async () => {
      backend = await openBackend(name);
    });
    afterAll(() => backend.dispose());

    test.each(batches)("of %s", (_, make) => compare(backend, make(), tolerance));
  });
});
