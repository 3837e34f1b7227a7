// Functions built of ops, which have no record in the registry: hand values on every backend, gradients, and refusals.
import { describe, expect, test } from "vitest";
import { compile } from "../../src/engine/compile/compile";
import { sum, sumTo } from "../../src/engine/ops/broadcast";
import { categoricalCrossEntropy, sigmoidCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { gradients } from "../../src/engine/ops/gradients";
import { stopGradient } from "../../src/engine/ops/layout";
import { input } from "../../src/engine/ops/leaf";
import { clip, elu, leakyRelu, mul } from "../../src/engine/ops/pointwise";
import { mean } from "../../src/engine/ops/reduce";
import { hand, type HandCase, type Refusal } from "../../src/engine/selftest/cases/table";
import { expectClose, expectRefusal } from "./support/compare";
import { backendNames, testBackend } from "./support/run";
import { given, plant } from "../../src/engine/selftest/sample";

/** A hand case with the gradient of its sum by its first input. */
interface ComposedCase extends HandCase {
  readonly slope: readonly number[];
}

const ln2 = 0.6931471806;
const matrix = given([2, 3], [1, 2, 3, 4, 5, 6]);
// Probabilities 1/4 and 3/4, then two halves.
const logits = given([2, 2], [0, 1.0986122887, 8, 8]);

const composed: readonly ComposedCase[] = [
  { ...hand("mean of all", [matrix], (x) => mean(x), [], [3.5]), slope: new Array<number>(6).fill(1 / 6) },
  { ...hand("mean of rows, kept", [matrix], (x) => mean(x, [1], true), [2, 1], [2, 5]), slope: Array(6).fill(1 / 3) },
  {
    ...hand("sumTo undoes every way to stretch", [matrix], (x) => sumTo(x, [1, 3]), [1, 3], [5, 7, 9]),
    slope: new Array<number>(6).fill(1),
  },
  {
    ...hand(
      "sigmoidCrossEntropy of certain and uncertain targets",
      [given([4], [0, 1, 1, -2]), given([4], [1, 0, 0.5, 1])],
      sigmoidCrossEntropy,
      [4],
      // ln 2, softplus(1), softplus(1) - 1/2, softplus(2).
      [ln2, 1.3132616875, 0.8132616875, 2.126928011],
    ),
    // sigmoid(x) - t.
    slope: [-0.5, 0.7310585786, 0.2310585786, -0.880797078],
  },
  {
    ...hand(
      "categoricalCrossEntropy of a certain and a mixed target",
      [logits, given([2, 2], [0, 1, 0.25, 0.75])],
      categoricalCrossEntropy,
      [2],
      [0.2876820724, ln2],
    ),
    // softmax - t.
    slope: [0.25, -0.25, 0.25, -0.25],
  },
  {
    // x times what x is, which passes nothing back: x and not 2 x.
    ...hand("stopGradient", [matrix], (x) => mul(stopGradient(x), x), [2, 3], [1, 4, 9, 16, 25, 36]),
    slope: matrix.values,
  },
];

test("stopGradient is gone from a plan that is fused", () => {
  const leaf = input("x", [3]);
  const { launches } = compile({ outputs: [mul(stopGradient(leaf), leaf), mul(leaf, leaf)] });
  expect(launches.map(({ inputs, outputs }) => [inputs, outputs.length])).toEqual([[[leaf], 1]]);
});

describe.each(backendNames)("%s", (backendName) => {
  const backend = testBackend(backendName);

  test.each(composed)("$name", async (sample) => {
    const { inputs, result } = plant(sample);
    expect(result.shape).toEqual(sample.expected.shape);
    const outputs = [result, ...gradients(sum(result), [inputs[0]!])];
    const [value, slope] = await backend().run(outputs, inputs, sample.feeds);
    // As for hand values.
    expectClose(value!, sample.expected.values, 3e-6);
    expectClose(slope!, sample.slope, 3e-6);
  });
});

const x = input("x", [2, 3]);
const refusals: readonly Refusal[] = [
  {
    name: "sigmoidCrossEntropy of targets that would broadcast",
    build: () => sigmoidCrossEntropy(x, input("t", [3])),
    message: /^sigmoidCrossEntropy: expected f32 logits and targets of one shape, got f32 \[2, 3\] and f32 \[3\]\.$/,
  },
  {
    name: "categoricalCrossEntropy of labels",
    build: () => categoricalCrossEntropy(x, input("t", [2, 3], "u32")),
    message:
      /^categoricalCrossEntropy: expected f32 logits and targets of one shape, got f32 \[2, 3\] and u32 \[2, 3\]\.$/,
  },
  {
    name: "categoricalCrossEntropy of a vector",
    build: () => categoricalCrossEntropy(input("x", [3]), input("t", [3])),
    message: /^categoricalCrossEntropy: expected logits \[N, C\], got \[3\]\.$/,
  },
  {
    name: "clip to an empty range",
    build: () => clip(x, 1, -1),
    message: /^clip: expected low <= high, got 1 and -1\.$/,
  },
  {
    name: "a leaky relu that does not leak",
    build: () => leakyRelu(x, 0),
    message: /^leakyRelu: expected slope > 0, got 0\. Use relu/,
  },
  { name: "an elu that is flat", build: () => elu(x, 0), message: /^elu: expected alpha > 0, got 0\.$/ },
  {
    name: "the gradient of a matrix",
    build: () => gradients(x, [x])[0]!,
    message: /^gradients: expected a scalar to differentiate, got shape \[2, 3\]\. Sum or average it first\.$/,
  },
];

test.each(refusals)("refuses $name", (refusal) => expectRefusal(refusal));
