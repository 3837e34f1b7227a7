// Losses of single samples by hand, from probabilities and from logits, and which outputs each refuses.
import { describe, expect, it } from "vitest";
import type { TensorData } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { xor } from "../../src/engine/data/xor";
import { ArgumentError } from "../../src/engine/errors";
import { type LossProblem, losses, type LossType } from "../../src/engine/nn/losses";
import { metrics } from "../../src/engine/nn/metrics";
import { isProbability } from "../../src/engine/nn/source";
import type { TargetInfo } from "../../src/engine/nn/target";
import { topologicalOrder } from "../../src/engine/graph/traverse";
import type { Node } from "../../src/engine/graph/node";
import { gradients } from "../../src/engine/ops/gradients";
import { sum } from "../../src/engine/ops/broadcast";
import { reshape } from "../../src/engine/ops/layout";
import { input } from "../../src/engine/ops/leaf";
import { sigmoid } from "../../src/engine/ops/pointwise";
import { softmax } from "../../src/engine/ops/softmax";
import { evaluate } from "../../src/engine/train/evaluate";
import { ResidentData } from "../../src/engine/train/resident";
import { Session } from "../../src/engine/train/session";
import { analyze, type BlockSpec, modelOf } from "../support/models";
import { english } from "../../src/engine/words/said";

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
  const loss = losses[type].perSample({ output: activation(x), target: { kind: "class", labels: y, classes } });
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

const ofClasses = (classes: number): TargetInfo => ({ kind: "class", classes });

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
    expect(textOf(losses[type].problem(output, ofClasses(classes)))).toMatch(message);
    expect(losses[type].problem([classes], ofClasses(classes))).toBeUndefined();
  });
});

/** What a loss, called "It", finds wrong. */
const textOf = (problem: LossProblem | undefined): string | undefined =>
  problem && english(problem.said({ path: "", english: "It" }));

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

describe("targets that are numbers", () => {
  const valuesOf = (shape: readonly number[]): TargetInfo => ({ kind: "values", shape });

  it.each([
    ["meanSquaredError", (0.25 + 1 + 4) / 3],
    ["meanAbsoluteError", (0.5 + 1 + 2) / 3],
    ["binaryCrossentropy", undefined],
  ] as const)("%s compares each with its own", async (type, expected) => {
    const output = input("output", [1, 3]);
    const values = input("values", [1, 3]);
    const loss = losses[type].perSample({ output, target: { kind: "values", values } });
    expect(loss.shape).toEqual([1]);
    const run = async (outputs: number[], targets: number[]) => {
      const feeds = new Map<Node, TensorData>([
        [output, Float64Array.from(outputs)],
        [values, Float64Array.from(targets)],
      ]);
      return [...((await evaluate([loss], feeds, backend))[0] ?? [])];
    };
    if (expected !== undefined) expectNear(await run([0.5, 3, -1], [1, 2, 1]), [expected]);
    // Of targets between 0 and 1, as pixels are.
    else expectNear(await run([0.5, 0.25, 0.5], [0.3, 1, 0]), [(LN(2) + LN(4) + LN(2)) / 3]);
  });

  it("may be of any shape, and a single number is one unit", async () => {
    const image = input("image", [2, 2, 2, 1]);
    const rebuilt = input("rebuilt", [2, 2, 2, 1]);
    const loss = losses.meanSquaredError.perSample({ output: rebuilt, target: { kind: "values", values: image } });
    const feeds = new Map<Node, TensorData>([
      [image, Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1)],
      [rebuilt, Float64Array.of(1, 0, 0, 0, 1, 1, 1, 4)],
    ]);
    expectNear([...((await evaluate([loss], feeds, backend))[0] ?? [])], [0.25, 2.25]);
    const { problem } = losses.meanSquaredError;
    expect(problem([1], valuesOf([]))).toBeUndefined();
    expect(problem([28, 28, 1], valuesOf([28, 28, 1]))).toBeUndefined();
    expect(problem([3], valuesOf([]))).toMatchObject({ units: 1, activation: "linear" });
    expect(textOf(problem([3], valuesOf([])))).toBe(
      "It needs 1 to compare with the target, but the model gives 3. End with Dense 1.",
    );
    expect(textOf(problem([784], valuesOf([28, 28, 1])))).toBe(
      "It needs 28×28×1 to compare with the target, but the model gives 784. End with layers that give that shape.",
    );
  });

  it.each(["sparseCategoricalCrossentropy", "categoricalCrossentropy"] as const)("are none for %s", (type) => {
    expect(textOf(losses[type].problem([10], valuesOf([10])))).toBe(
      "It is for classes, but the target is numbers. Choose another loss.",
    );
    const output = input("output", [1, 3]);
    expect(() => losses[type].perSample({ output, target: { kind: "values", values: output } })).toThrow(ArgumentError);
  });
});

it.each(["binaryCrossentropy", "meanSquaredError", "meanAbsoluteError"] as const)(
  "%s takes one unit for two classes only",
  (type) => {
    const { problem } = losses[type];
    expect(problem([1], ofClasses(2))).toBeUndefined();
    expect(problem([2], ofClasses(2))).toBeUndefined();
    expect(problem([10], ofClasses(10))).toBeUndefined();
    expect(problem([1], ofClasses(10))).toMatchObject({ units: 10 });
    expect(textOf(problem([1], ofClasses(10)))).toBe(
      "It needs 10 outputs for 10 classes, but the model gives 1. Change the last layer.",
    );
    expect(problem([3], ofClasses(2)), "which of the two is not said").not.toHaveProperty("units");
    expect(textOf(problem([3], ofClasses(2)))).toBe(
      "It needs 1 or 2 outputs for 2 classes, but the model gives 3. Change the last layer.",
    );
    expect(textOf(problem([28, 28, 1], ofClasses(10)))).toMatch("but the model gives 28×28×1");
  },
);

describe("what makes the output is found behind whatever changes no number", () => {
  const views: Readonly<Record<string, (units: number) => BlockSpec[]>> = {
    "the layer itself": () => [],
    Flatten: () => [["Flatten"]],
    "Reshape and Flatten": (units) => [["Reshape", { targetShape: [1, units] }], ["Flatten"]],
    "a linear Activation": () => [["Activation", { activation: "linear" }]],
    "a Dropout of nothing": () => [["Dropout", { rate: 0 }]],
  };
  it.each([
    ["binaryCrossentropy", "sigmoid", [52.7]],
    ["sparseCategoricalCrossentropy", "softmax", [0, 52.7]],
    ["categoricalCrossentropy", "softmax", [0, 52.7]],
  ] as const)("%s of a %s is not clipped", async (loss, activation, bias) => {
    const ends: BlockSpec[][] = [
      [["Dense", { units: bias.length, activation }]],
      [
        ["Dense", { units: bias.length }],
        ["Activation", { activation }],
      ],
    ];
    for (const end of ends) {
      for (const [name, view] of Object.entries(views)) {
        const description = modelOf([...end, ...view(bias.length)], { loss }, "xor");
        expect(analyze(description).problems, name).toEqual([]);
        const dataset = await xor.load(() => Promise.reject(new Error("XOR reads no file")));
        const session = await Session.create({ backend, description, dataset, resident: new ResidentData(backend) });
        const weights = { "dense/kernel": new Float32Array(2 * bias.length), "dense/bias": Float32Array.from(bias) };
        session.setWeights(weights);
        // Two of the four labels are 0 and cost all of it; the others cost nothing.
        expect((await session.scoreTest(() => Promise.resolve()))["loss"], name).toBeCloseTo(52.7 / 2, 4);
        session.dispose();
      }
    }
  });

  it("but not where softmax was along another axis: accuracy then goes by the probabilities", async () => {
    const x = input("x", [1, 2, 2]);
    const labels = input("labels", [1], "u32");
    const output = reshape(softmax(x), [1, 4]);
    const target = { kind: "class", labels, classes: 4 } as const;
    const [isCorrect] = metrics.accuracy.perSample({ output, target });
    const feeds = new Map<Node, TensorData>([
      // The second pair has the larger logits, the first is the surer.
      [x, Float64Array.of(3, 0, 10, 9)],
      [labels, Uint32Array.of(0)],
    ]);
    expect(isProbability(output)).toBe(false);
    expect([...(await evaluate([isCorrect!], feeds, backend))[0]!]).toEqual([1]);
  });
});
