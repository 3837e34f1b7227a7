// Reductions over all axes but the last, as batch normalisation has them: long enough that they are done in parts, by neighbours
// side by side, and, when launches are merged, straight from what is summed up.
import { describe, expect, test } from "vitest";
import { compile } from "../../src/engine/compile/compile";
import { merging } from "../../src/engine/compile/merging";
import type { Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { gradients } from "../../src/engine/ops/gradients";
import { input } from "../../src/engine/ops/leaf";
import { add, mul, pow, square, sub } from "../../src/engine/ops/pointwise";
import { max, mean } from "../../src/engine/ops/reduce";
import { drawn } from "../../src/engine/selftest/sample";
import { everyDay } from "../support/full";
import { expectClose } from "./support/compare";
import { testBackend } from "./support/run";

/** Sums of some thousand numbers up to 2 in f32, in other orders. */
const TOLERANCE = 1e-4;

const AXES = [0, 1, 2];

function normalised(x: Node): Node {
  const centred = sub(x, mean(x, AXES, true));
  return mul(centred, pow(add(mean(square(centred), AXES, true), 1e-3), -0.5));
}

const cases: readonly (readonly [string, readonly number[], (x: Node) => Node])[] = [
  ["sums of 33 columns", [5000, 33], (x) => sum(x, [0])],
  ["sums of 5 columns", [4500, 5], (x) => sum(x, [0])],
  ["the largest of 33 columns", [5000, 33], (x) => max(x, [0])],
  ["the largest of 3 columns in images", [10, 30, 20, 3], (x) => max(x, AXES)],
  ["sums of the middle", [3, 5000, 20], (x) => sum(x, [1])],
  ["batch normalisation", [10, 30, 20, 12], normalised],
];

// JavaScript sums as the reference does, in float32: what is long is nothing to it.
describe.each(everyDay(["simd", "webgpu"] as const, ["cpu", "simd", "webgpu"] as const))("%s", (name) => {
  const [reference, backend] = [testBackend("cpu64"), testBackend(name)];

  // Compiling takes longest on WebGPU, which is asked for a maximum of images and for both together; the others for a sum too.
  const some =
    name === "webgpu"
      ? cases.filter((_, i) => i === 3 || i === 5)
      : [cases[0]!, ...cases.filter((_, i) => i === 3 || i === 5)];
  test.each(everyDay(some, cases))("%s", async (_, shape, build) => {
    const x = input("x", shape);
    const y = build(x);
    const weights = input("weights", y.shape);
    const outputs = [y, ...gradients(sum(mul(y, weights)), [x])];
    const feeds = [drawn(shape, 1, [-1, 2]), drawn(y.shape, 2)];
    const expected = await reference().run(outputs, [x, weights], feeds, false);
    for (const merge of [false, true]) {
      const prepared = await backend().prepare({ outputs, inputs: [x, weights], feeds, merge });
      const [first, second] = [await prepared.run(), await prepared.run()];
      prepared.dispose();
      expected.forEach((values, i) => expectClose(first[i]!, values, TOLERANCE));
      expect(second, "the same bits twice").toEqual(first);
    }
  });
});

test("squares of deviations are summed up without being stored", () => {
  const x = input("x", [64, 26, 26, 8]);
  const variance = mean(square(sub(x, mean(x, AXES, true))), AXES);
  const { launches, arenas } = compile({ outputs: [variance] }, { fuse: true, merging });
  // Sums in parts, and what becomes of the parts, for the mean and for the variance.
  expect(launches).toHaveLength(4);
  // 64 parts of 8 columns are all that is kept.
  expect(arenas.reduce((total, size) => total + size, 0)).toBeLessThan(4096);
});
