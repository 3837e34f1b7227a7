// Arguments of a thousand either way: values and gradients stay finite and right on every backend.
import { describe, expect, test } from "vitest";
import type { Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { categoricalCrossEntropy, sigmoidCrossEntropy, softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { gradients } from "../../src/engine/ops/gradients";
import { elu, erf, gelu, mul, sigmoid, softplus, tanh } from "../../src/engine/ops/pointwise";
import { logSoftmax, softmax } from "../../src/engine/ops/softmax";
import { expectClose } from "./support/compare";
import { backendNames, testBackend } from "./support/run";
import { given, plant, type Tensor } from "../../src/engine/selftest/sample";

/** As for hand values on WebGPU. Results of a thousand are compared relatively. */
const TOLERANCE = 3e-6;

interface Extreme {
  readonly name: string;
  readonly feeds: readonly Tensor[];
  readonly build: (...inputs: Node[]) => Node;
  readonly value: readonly number[];
  /** Of the weighted sum of all results, with respect to the first input. */
  readonly gradient: readonly number[];
}

const line = given([7], [-1000, -100, -20, 0, 20, 100, 1000]);
const small = 2.061153622e-9; // e^-20

const unary = (
  name: string,
  build: (x: Node) => Node,
  value: readonly number[],
  gradient: readonly number[],
): Extreme => ({
  name,
  feeds: [line],
  build,
  value,
  gradient,
});

/** Logits of two rows against each other, and one of equals. */
const logits = given([4, 3], [1000, -1000, 0, -1000, 1000, 999, -1000, -1000, -1000, 1000, 1000, 1000]);
const e = 0.2689414214; // 1 / (1 + e)
const third = 1 / 3;
const shares = [1, 0, 0, 0, 1 - e, e, third, third, third, third, third, third];
const ln3 = 1.0986122887;

/** A row long enough for a whole workgroup, whose maximum is far above all others and not where the first thread looks. */
const COLUMNS = 70;
const peak = 41;
const longRow = (high: number, low: number): number[] => new Array<number>(COLUMNS).fill(low).with(peak, high);

const extremes: readonly Extreme[] = [
  unary("tanh", tanh, [-1, -1, -1, 0, 1, 1, 1], [0, 0, 0, 1, 0, 0, 0]),
  unary("sigmoid", sigmoid, [0, 0, small, 0.5, 1, 1, 1], [0, 0, small, 0.25, 0, 0, 0]),
  unary("softplus", softplus, [0, 0, small, Math.LN2, 20, 100, 1000], [0, 0, small, 0.5, 1, 1, 1]),
  unary("gelu", gelu, [0, 0, 0, 0, 20, 100, 1000], [0, 0, 0, 0.5, 1, 1, 1]),
  unary("erf", erf, [-1, -1, -1, 0, 1, 1, 1], [0, 0, 0, 1.1283791671, 0, 0, 0]),
  unary("elu", elu, [-1, -1, -1, 0, 20, 100, 1000], [0, 0, small, 1, 1, 1, 1]),
  {
    name: "softmax",
    // Only the first column counts, since the shares of a row always add up to 1.
    feeds: [logits, given([3], [1, 0, 0])],
    build: (x, firstColumn) => mul(softmax(x), firstColumn),
    value: shares.map((share, i) => (i % 3 === 0 ? share : 0)),
    gradient: [0, 0, 0, 0, 0, 0, 2 / 9, -1 / 9, -1 / 9, 2 / 9, -1 / 9, -1 / 9],
  },
  {
    name: "logSoftmax",
    feeds: [logits],
    build: logSoftmax,
    value: [0, -2000, -1000, -2000 + Math.log(1 - e), Math.log(1 - e), Math.log(e), ...new Array<number>(6).fill(-ln3)],
    gradient: shares.map((share) => 1 - 3 * share),
  },
  {
    name: "softmaxCrossEntropy",
    feeds: [logits, given([4], [0, 0, 1, 2], "u32")],
    build: softmaxCrossEntropy,
    value: [0, 2000 - Math.log(1 - e), ln3, ln3],
    gradient: shares.map((share, i) => share - Number([0, 3, 7, 11].includes(i))),
  },
  {
    name: "logSoftmax of a long row",
    feeds: [given([1, COLUMNS], longRow(1000, -1000))],
    build: logSoftmax,
    value: longRow(0, -2000),
    gradient: longRow(1 - COLUMNS, 1),
  },
  {
    name: "softmaxCrossEntropy of long rows, wrong and right",
    feeds: [
      given([2, COLUMNS], [...longRow(1000, -1000), ...longRow(1000, -1000)]),
      given([2], [COLUMNS - 1, peak], "u32"),
    ],
    build: softmaxCrossEntropy,
    value: [2000, 0],
    gradient: [...longRow(1, 0).with(COLUMNS - 1, -1), ...longRow(0, 0)],
  },
  {
    name: "categoricalCrossEntropy",
    feeds: [logits, given([4, 3], [0, 1, 0, 0, 0.5, 0.5, 0, 1, 0, 1, 0, 0])],
    build: categoricalCrossEntropy,
    value: [2000, -(Math.log(1 - e) + Math.log(e)) / 2, ln3, ln3],
    gradient: shares.map((share, i) => share - [0, 1, 0, 0, 0.5, 0.5, 0, 1, 0, 1, 0, 0][i]!),
  },
  {
    name: "sigmoidCrossEntropy",
    feeds: [given([6], [-1000, -1000, 1000, 1000, 0, 0]), given([6], [0, 1, 0, 1, 0, 1])],
    build: sigmoidCrossEntropy,
    value: [0, 1000, 1000, 0, Math.LN2, Math.LN2],
    // At 0 too it must be sigmoid(x) - t: composed of max and abs it would not be.
    gradient: [0, -1, 1, 0, 0.5, -0.5],
  },
];

describe.each(backendNames)("%s", (backendName) => {
  const backend = testBackend(backendName);

  for (const { name, feeds, build, value, gradient } of extremes) {
    // The fused plan and the plain one: what fusion composes must be as safe as the parts.
    test.each([true, false])(`${name}, fused: %s`, async (fuse) => {
      const { inputs, result } = plant({ name, feeds, build });
      const backward = gradients(sum(result), [inputs[0]!]);
      const [values, slopes] = await backend().run([result, ...backward], inputs, feeds, fuse);
      expect([...values!, ...slopes!].every(Number.isFinite), "finite").toBe(true);
      expectClose(values!, value, TOLERANCE);
      expectClose(slopes!, gradient, TOLERANCE);
    });
  }
});
