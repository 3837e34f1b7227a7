// What the conformance table cannot say of single kernels: fusion of cross-entropy with its gradient and of
// pooling with its taps, dropout's masks, NaN in the metrics ring, the same bits twice.
import { describe, expect, test } from "vitest";
import { compile } from "../../src/engine/compile/compile";
import { apply, type Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { softmaxCrossEntropy, softmaxCrossEntropyWithGrad } from "../../src/engine/ops/crossEntropy";
import { dropout } from "../../src/engine/ops/dropout";
import { gatherRows } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { input, state } from "../../src/engine/ops/leaf";
import { mul } from "../../src/engine/ops/pointwise";
import { maxPool2d, maxPool2dWithArg, type PoolOptions, poolOps } from "../../src/engine/ops/pool";
import { mean } from "../../src/engine/ops/reduce";
import { writeRow } from "../../src/engine/ops/ring";
import { sizeOf } from "../../src/engine/shape";
import { expectClose } from "./support/compare";
import { backendNames, testBackend } from "./support/run";
import { counter, distinct, drawn, drawnBelow, given, plant, type Tensor } from "../../src/engine/selftest/sample";

describe.each(backendNames)("%s", (backendName) => {
  const backend = testBackend(backendName);

  describe.each([
    [64, 10],
    [5, 100],
  ])("cross-entropy of %i rows of %i with its gradient", (rows, columns) => {
    const feeds = [drawn([rows, columns], 1, [-3, 3]), drawnBelow(columns, [rows], 2), drawn([rows], 3)];
    const build = (logits: Node, labels: Node): Node => softmaxCrossEntropy(logits, labels);
    const { inputs, result } = plant({ name: "", feeds, build });
    const outputs = [result, ...gradients(sum(mul(result, inputs[2]!)), [inputs[0]!])];

    test("is one kernel when fused, and two alone", () => {
      const names = (fuse: boolean): string[] =>
        compile({ outputs }, { fuse }).launches.map(({ kernel }) => kernel.name);
      expect(names(true)).toContain(softmaxCrossEntropyWithGrad.name);
      expect(names(true)).not.toContain("softmaxCrossEntropyGrad");
      expect(names(false)).toEqual(expect.arrayContaining(["softmaxCrossEntropy", "softmaxCrossEntropyGrad"]));
    });

    test("gives the same bits as both alone", async () => {
      const fused = await backend().run(outputs, inputs, feeds, true);
      const alone = await backend().run(outputs, inputs, feeds, false);
      expect(fused).toEqual(alone);
      // Not by being nothing at all.
      expect(Math.min(...fused[0]!)).toBeGreaterThan(0);
      expect(Math.max(...fused[1]!)).toBeGreaterThan(0);
    });
  });

  describe.each(["same", "valid"] as const)('max pooling with its arg, padding "%s"', (padding) => {
    const options: PoolOptions = { poolSize: [3, 2], strides: [2, 2], padding };
    // Whole numbers below 4: many ties.
    const feeds: Tensor[] = [{ ...drawnBelow(4, [2, 7, 6, 5], 1), dtype: "f32" }];
    const { inputs, result: pooled } = plant({ name: "", feeds, build: (x) => maxPool2d(x, options) });
    const [images] = inputs as [Node];
    const outputs = [pooled, apply(poolOps.maxPool2dArg, [images], options)];

    test("is one kernel when fused, and two alone", () => {
      const names = (fuse: boolean): string[] =>
        compile({ outputs }, { fuse }).launches.map(({ kernel }) => kernel.name);
      expect(names(true)).toEqual([maxPool2dWithArg.name]);
      expect(names(false)).toEqual(["maxPool2d", "maxPool2dArg"]);
    });

    test("gives the same bits as both alone", async () => {
      const fused = await backend().run(outputs, inputs, feeds, true);
      const alone = await backend().run(outputs, inputs, feeds, false);
      expect(fused).toEqual(alone);
      expect(Math.max(...fused[0]!)).toBe(3);
      // Every tap wins somewhere.
      expect(new Set(fused[1]!)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
    });
  });

  test("max pooling of nothing above minus infinity takes the first tap inside the image", async () => {
    const feeds = [given([1, 2, 2, 5], new Array<number>(20).fill(-Infinity))];
    const options: PoolOptions = { poolSize: [3, 3], strides: [1, 1], padding: "same" };
    const { values } = await backend().runSample({
      name: "",
      feeds,
      build: (x) => apply(poolOps.maxPool2dArg, [x], options),
    });
    // The centre, its left, the one above, and the corner, for all channels.
    expect([...values]).toEqual([4, 3, 1, 0].flatMap((tap) => new Array<number>(5).fill(tap)));
  });

  test.each([
    ["rows", [2, 3, 4, 5], [2, 2], "valid"],
    ["columns", [2, 2, 5, 5], [2, 2], "valid"],
    ["gaps between windows", [2, 2, 4, 5], [2, 3], "same"],
  ] as const)(
    "%s that no pooling window covers get no gradient, whatever was there",
    async (_, shape, strides, padding) => {
      const options: PoolOptions = { poolSize: [2, 2], strides, padding };
      const held = state("held", shape);
      const [x, dy] = [input("x", shape), input("dy", [2, 1, 2, 5])];
      const feeds = [given(shape, new Array<number>(sizeOf(shape)).fill(7)), distinct(shape, 1), drawn(dy.shape, 2)];
      const [value] = gradients(sum(mul(maxPool2d(x, options), dy)), [x]);
      const updates = [{ state: held, value: value! }];
      const prepared = await backend().prepare({ outputs: [held], inputs: [held, x, dy], feeds, updates });
      const [dx] = await prepared.run();
      prepared.dispose();
      expect(dx!.filter((element) => element !== 0)).toHaveLength(20);
    },
  );

  describe("dropout", () => {
    const SIZE = 20_000;
    const ones = given([SIZE], new Array<number>(SIZE).fill(1));
    const drop = async (rate: number, seed: number, step: number, stream: number) => {
      const feeds = [ones, counter(seed), counter(step)];
      const { inputs, result } = plant({
        name: "",
        feeds,
        build: (x, a, b) => dropout(x, a, b, { rate, stream }),
      });
      const [y, dx] = await backend().run([result, ...gradients(sum(result), [inputs[0]!])], inputs, feeds);
      return { y: y!, dx: dx! };
    };

    test.each([0.1, 0.5, 0.9])("at rate %f drops about that share and keeps the mean", async (rate) => {
      const { y } = await drop(rate, 11, 5, 2);
      const dropped = y.filter((value) => value === 0).length / SIZE;
      // Four standard deviations of a binomial share.
      expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / SIZE));
      const kept = [...new Set(y)].filter((value) => value !== 0);
      expectClose(kept, [1 / (1 - rate)], 1e-6);
    });

    test("passes gradients through the same mask", async () => {
      const { y, dx } = await drop(0.5, 11, 5, 2);
      expect(dx).toEqual(y);
    });

    test("has another mask for another seed, step or stream", async () => {
      const masks = await Promise.all([drop(0.5, 1, 1, 1), drop(0.5, 2, 1, 1), drop(0.5, 1, 2, 1), drop(0.5, 1, 1, 2)]);
      for (const [i, a] of masks.entries()) {
        for (const b of masks.slice(i + 1)) {
          const same = a.y.filter((value, k) => value === b.y[k]).length / SIZE;
          // Independent masks agree on half, within some six standard deviations.
          expect(Math.abs(same - 0.5)).toBeLessThan(0.02);
        }
      }
    });
  });

  test("writeRow keeps what is not a number, and touches nothing else", async () => {
    const feeds: Tensor[] = [given([3, 2], [1, 2, 3, 4, 5, 6]), counter(4), given([], [NaN]), given([], [-Infinity])];
    const { values } = await backend().runSample({
      name: "",
      feeds,
      build: (ring, row, ...metrics) => writeRow(ring, row, metrics),
      replacesFirst: true,
    });
    expect([...values]).toEqual([1, 2, NaN, -Infinity, 5, 6]);
  });

  test("the same graph and feeds give the same bits twice", async () => {
    const feeds = [drawn([50, 8], 1), drawnBelow(50, [300], 2), drawnBelow(8, [300], 3)];
    const { inputs, result } = plant({
      name: "",
      feeds,
      build: (x, indices, labels) => mean(softmaxCrossEntropy(gatherRows(x, indices), labels)),
    });
    const outputs = [result, ...gradients(result, [inputs[0]!])];
    expect(await backend().run(outputs, inputs, feeds)).toEqual(await backend().run(outputs, inputs, feeds));
  });
});
