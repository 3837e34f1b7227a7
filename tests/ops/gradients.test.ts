// Every gradient rule agrees with central differences in float64, and ops without one say so.
import { describe, expect, test } from "vitest";
import type { Node } from "../../src/engine/graph/node";
import { ops } from "../../src/engine/ops";
import { batchNormalize } from "../../src/engine/ops/batchNorm";
import { sum } from "../../src/engine/ops/broadcast";
import { constant } from "../../src/engine/ops/constant";
import { oneHot } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { reshape } from "../../src/engine/ops/layout";
import { mul } from "../../src/engine/ops/pointwise";
import { rowsOfTable } from "../../src/engine/selftest/cases";
import type { GradientCase } from "../../src/engine/selftest/cases/table";
import { expectClose } from "./support/compare";
import { testBackend } from "./support/run";
import { counter, drawn, plant, type Tensor } from "../../src/engine/selftest/sample";

/** Central differences are off by `h^2 f''' / 6`, at most some 1e-7 for these samples, and by rounding of f near 1e-15 / h. */
const H = 1e-5;
const TOLERANCE = 1e-6;

const reference = testBackend("cpu64");

/** A scalar made of the sample's result and a drawn weight for each of its elements, the last input. */
function scalarOf(sample: GradientCase): { inputs: readonly Node[]; feeds: readonly Tensor[]; scalar: Node } {
  const weights = drawn(plant(sample).result.shape, 77);
  const feeds = [...sample.feeds, weights];
  const build = (...nodes: Node[]): Node => sum(mul(sample.build(...nodes.slice(0, -1)), nodes.at(-1)!));
  const { inputs, result } = plant({ name: sample.name, feeds, build });
  return { inputs, feeds, scalar: result };
}

async function centralDifferences(sample: GradientCase, input: number): Promise<number[]> {
  const { inputs, feeds, scalar } = scalarOf(sample);
  const prepared = await reference().prepare({ outputs: [scalar], inputs, feeds });
  const { values } = feeds[input]!;
  const differences: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const at = async (shift: number): Promise<number> => {
      prepared.write(input, values.with(i, values[i]! + shift));
      const [result] = await prepared.run();
      return result![0]!;
    };
    differences.push(((await at(H)) - (await at(-H))) / (2 * H));
  }
  prepared.dispose();
  return differences;
}

async function checkGradients(sample: GradientCase): Promise<void> {
  const { inputs, feeds, scalar } = scalarOf(sample);
  const wrt = sample.feeds.flatMap(({ dtype }, i) => (dtype === "f32" ? [i] : []));
  const analytic = await reference().run(
    gradients(
      scalar,
      wrt.map((i) => inputs[i]!),
    ),
    inputs,
    feeds,
  );
  for (const [k, input] of wrt.entries()) {
    const numeric = await centralDifferences(sample, input);
    // A gradient that is zero everywhere would agree with an op that ignores its input.
    expect(
      numeric.some((value) => value !== 0),
      `input ${input} matters`,
    ).toBe(true);
    expectClose(analytic[k]!, numeric, TOLERANCE);
  }
}

for (const [opName, { gradients: samples }] of rowsOfTable) {
  describe(opName, () => {
    test(`${samples === "none" ? "has no gradient, as" : "has a gradient, as"} the table says`, () => {
      expect(ops[opName].gradient === "none").toBe(samples === "none");
    });
    if (samples === "none") return;
    for (const sample of samples) {
      test(sample.name, async () => await checkGradients(sample));
    }
  });
}

/** Functions of several ops whose gradient is given rather than derived. */
const given: readonly GradientCase[] = [
  {
    name: "batchNormalize, two channels",
    feeds: [drawn([5, 2], 1), drawn([2], 2), drawn([2], 3)],
    build: (x, gamma, beta) => batchNormalize(x!, gamma!, beta!, 0.01).output,
  },
  {
    name: "batchNormalize, images",
    feeds: [drawn([2, 2, 3, 3], 4), drawn([3], 5), drawn([3], 6)],
    build: (x, gamma, beta) => batchNormalize(x!, gamma!, beta!, 1e-3).output,
  },
  {
    // The moments are one sample's, which is not what is counted alone: others are normalized by them as well.
    name: "batchNormalize, of which one sample of three counts",
    feeds: [drawn([3, 4, 2], 7), drawn([2], 8), drawn([2], 9), counter(1)],
    build: (x, gamma, beta, index) => {
      const mask = reshape(oneHot(reshape(index!, [1]), 3), [3]);
      return batchNormalize(x!, gamma!, beta!, 0.1, { mask, count: constant(1, []) }).output;
    },
  },
];

describe("given gradients", () => {
  test.each(given)("$name", async (sample) => await checkGradients(sample));
});
