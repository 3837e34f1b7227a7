// Losses of single samples by hand, from probabilities and from logits, and which outputs each refuses.
import { describe, expect, it } from "vitest";
import type { TensorData } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { losses, type LossType } from "../../src/engine/nn/losses";
import { topologicalOrder } from "../../src/engine/graph/traverse";
import type { Node } from "../../src/engine/graph/node";
import { gradients } from "../../src/engine/ops/gradients";
import { sum } from "../../src/engine/ops/broadcast";
import { input } from "../../src/engine/ops/leaf";
import { sigmoid } from "../../src/engine/ops/pointwise";
import { softmax } from "../../src/engine/ops/softmax";
import { evaluate } from "../../src/engine/train/evaluate";

const backend = createCpuBackend("float64");

/** The loss of each row and its gradient by the input. */
async function lossOf(
  type: LossType,
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  activation: (x: Node) => Node = (x) => x,
  classes = rows[0]!.length === 1 ? 2 : rows[0]!.length,
) {
  const x = input("x", [rows.length, rows[0]!.length]);
  const y = input("labels", [rows.length], "u32");
  const loss = losses[type].perSample({ output: activation(x), labels: y, classes });
  expect(loss.shape).toEqual([rows.length]);
  const [slope] = gradients(sum(loss), [x]);
  const feeds = new Map<Node, TensorData>([
    [x, Float64Array.from(rows.flat())],
    [y, Uint32Array.from(labels)],
  ]);
  const [values, slopes] = await evaluate([loss, slope!], feeds, backend);
  return { values: [...values!], slopes: [...slopes!], ops: topologicalOrder([loss]).map(({ op }) => op.name) };
}

function expectNear(actual: readonly number[], expected: readonly number[], digits = 12): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value, `element ${i}`).toBeCloseTo(expected[i]!, digits));
}

const LN = Math.log;

describe.each(["sparseCategoricalCrossentropy", "categoricalCrossentropy"] as const)("%s", (type) => {
  it("is minus the logarithm of the label's probability", async () => {
    const { values } = await lossOf(
      type,
      [
        [0.7, 0.2, 0.1],
        [0.25, 0.25, 0.5],
      ],
      [0, 2],
    );
    expectNear(values, [-LN(0.7), LN(2)]);
  });

  it("scales rows that do not add up to 1, as Keras does", async () => {
    const { values } = await lossOf(type, [[7, 2, 1]], [1]);
    expectNear(values, [-LN(0.2)]);
  });

  it("clips probabilities at 1e-7 on both sides, as Keras does", async () => {
    const { values } = await lossOf(
      type,
      [
        [1, 0],
        [1, 0],
      ],
      [0, 1],
    );
    expectNear(values, [-LN(1 - 1e-7), -LN(1e-7)], 9);
  });

  it("goes straight from the logits after softmax, so that nothing is clipped", async () => {
    const { values, slopes, ops } = await lossOf(
      type,
      [
        [0, LN(3)],
        [1000, 0],
      ],
      [1, 1],
      softmax,
    );
    expectNear(values, [LN(4 / 3), 1000]);
    // softmax - one-hot.
    expectNear(slopes, [0.25, -0.25, 1, -1]);
    expect(ops).not.toContain("softmax");
  });

  it.each([
    [[3], 2, /needs one output per class, 2, but the model gives 3\. End with Dense 2/],
    [[4, 4, 10], 10, /needs one output per class, 10, but the model gives 4×4×10/],
    [[1], 2, /but the model gives 1/],
  ])("refuses an output %j for %i classes", (output, classes, message) => {
    expect(losses[type].problem(output, classes)?.message).toMatch(message);
    expect(losses[type].problem([classes], classes)).toBeUndefined();
  });
});

describe("binaryCrossentropy", () => {
  it("judges a single probability by its label", async () => {
    const { values, slopes } = await lossOf("binaryCrossentropy", [[0.8], [0.8]], [1, 0]);
    expectNear(values, [-LN(0.8), -LN(0.2)]);
    expectNear(slopes, [-1 / 0.8, 1 / 0.2]);
  });

  it("averages over several units, each with its own yes or no", async () => {
    const { values } = await lossOf("binaryCrossentropy", [[0.9, 0.5, 0.2]], [0]);
    expectNear(values, [-(LN(0.9) + LN(0.5) + LN(0.8)) / 3]);
  });

  it("clips at 1e-7", async () => {
    const { values } = await lossOf("binaryCrossentropy", [[0], [1]], [1, 0]);
    expectNear(values, [-LN(1e-7), -LN(1e-7)], 8);
  });

  it("goes straight from the logits after sigmoid", async () => {
    const { values, slopes, ops } = await lossOf("binaryCrossentropy", [[0], [-1000], [1000]], [1, 1, 0], sigmoid);
    expectNear(values, [LN(2), 1000, 1000]);
    expectNear(slopes, [-0.5, -1, 1]);
    expect(ops).not.toContain("sigmoid");
  });
});

describe("squared and absolute error", () => {
  it("compare a single unit with the label", async () => {
    const squared = await lossOf("meanSquaredError", [[0.75], [0.75]], [1, 0]);
    expectNear(squared.values, [0.0625, 0.5625]);
    expectNear(squared.slopes, [-0.5, 1.5]);
    const absolute = await lossOf("meanAbsoluteError", [[0.75], [0.75]], [1, 0]);
    expectNear(absolute.values, [0.25, 0.75]);
    expectNear(absolute.slopes, [-1, 1]);
  });

  it("compare several units with the one-hot label, and average", async () => {
    const { values } = await lossOf("meanSquaredError", [[0.5, 2, -1]], [1]);
    expectNear(values, [(0.25 + 1 + 1) / 3]);
    expectNear((await lossOf("meanAbsoluteError", [[0.5, 2, -1]], [1])).values, [(0.5 + 1 + 1) / 3]);
  });
});

it.each(["binaryCrossentropy", "meanSquaredError", "meanAbsoluteError"] as const)(
  "%s takes one unit for two classes only",
  (type) => {
    const { problem } = losses[type];
    expect(problem([1], 2)).toBeUndefined();
    expect(problem([2], 2)).toBeUndefined();
    expect(problem([10], 10)).toBeUndefined();
    expect(problem([1], 10)).toEqual({
      message: "needs 10 outputs for 10 classes, but the model gives 1. Change the last layer",
      units: 10,
    });
    expect(problem([3], 2), "which of the two is not said").toEqual({
      message: "needs 1 or 2 outputs for 2 classes, but the model gives 3. Change the last layer",
    });
    expect(problem([28, 28, 1], 10)?.message).toMatch("but the model gives 28×28×1");
  },
);
