// NaN and infinities as NumPy treats them, in every element-wise op, every reduction and every op with windows: what is not a
// number is never hidden. WGSL lets a device take it that there are no such numbers. Ours tells NaN by its bits wherever it
// chooses, so that WebGPU must keep NaN too; infinities it is asked for only where arithmetic does not decide.
import { describe, expect, test } from "vitest";
import { apply, type Node } from "../../src/engine/graph/node";
import { conv2d } from "../../src/engine/ops/conv2d";
import { sum } from "../../src/engine/ops/broadcast";
import { softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { argMax } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { input } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, pointwise, type PointwiseName, relu, rows } from "../../src/engine/ops/pointwise";
import { maxPool2d, type PoolOptions, poolOps } from "../../src/engine/ops/pool";
import { max } from "../../src/engine/ops/reduce";
import type { Attrs } from "../../src/engine/graph/type";
import { rowsOfTable } from "../../src/engine/selftest/cases";
import { drawn, drawnBelow, given, type Tensor } from "../../src/engine/selftest/sample";
import { isFull } from "../support/full";
import { expectClose } from "./support/compare";
import { backendNames, openBackend, testBackend } from "./support/run";

/** As for hand values on WebGPU. */
const TOLERANCE = 3e-6;

const specials = [NaN, Infinity, -Infinity, 0, 1.5, -2, 0.25];
const finite = specials.filter(Number.isFinite);

const attrs: Partial<Record<PointwiseName, Attrs>> = {
  pow: { exponent: 2 },
  clip: { low: -1, high: 1 },
  leakyRelu: { slope: 0.2 },
  elu: { alpha: 1 },
};

const erfOf: Record<number, number> = { 0: 0, 1.5: 0.9661051465, [-2]: -0.995322265, 0.25: 0.2763263902 };
const phiOf: Record<number, number> = { 0: 0.5, 1.5: 0.9331927987, [-2]: 0.0227501319, 0.25: 0.5987063257 };
const keep = (x: number, value: number): number => (Number.isNaN(x) ? NaN : value);
const keepTwo = (a: number, b: number, value: number): number => keep(a, keep(b, value));

/** What NumPy and SciPy give, op by op. */
const numpy: Record<PointwiseName, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  neg: (x) => -x,
  abs: (x) => Math.abs(x),
  exp: (x) => Math.exp(x),
  log: (x) => Math.log(x),
  sqrt: (x) => Math.sqrt(x),
  square: (x) => x * x,
  pow: (x) => x * x,
  maximum: (a, b) => keepTwo(a, b, a > b ? a : b),
  minimum: (a, b) => keepTwo(a, b, a < b ? a : b),
  clip: (x) => keep(x, x < -1 ? -1 : x > 1 ? 1 : x),
  relu: (x) => keep(x, x > 0 ? x : 0),
  leakyRelu: (x) => (x > 0 ? x : 0.2 * x),
  elu: (x) => (x > 0 ? x : Math.exp(x) - 1),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: (x) => Math.tanh(x),
  softplus: (x) => keep(x, x === Infinity ? Infinity : Math.log(1 + Math.exp(x))),
  erf: (x) => keep(x, Number.isFinite(x) ? erfOf[x]! : Math.sign(x)),
  // Minus infinity times a probability of 0 is NaN in NumPy too.
  gelu: (x) => keep(x, Number.isFinite(x) ? x * phiOf[x]! : x > 0 ? x : NaN),
  geluSlope: (x) => (Number.isFinite(x) ? phiOf[x]! + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI) : NaN),
  sign: (x) => keep(x, Math.sign(x)),
  greater: (a, b) => Number(a > b),
  greaterEqual: (a, b) => Number(a >= b),
  equal: (a, b) => Number(a === b),
};

/** Pairs of all values with all, four times over and one left out, so that whole vectors and what is left of one meet each. */
function grid(values: readonly number[], arity: number): { a: number[]; b: number[] } {
  const pairs = values.flatMap((a) => (arity === 1 ? [[a, 0] as const] : values.map((b) => [a, b] as const)));
  const many = [...pairs, ...pairs, ...pairs, ...pairs.slice(0, -1)];
  return { a: many.map(([a]) => a), b: many.map(([, b]) => b) };
}

describe.each(backendNames)("%s", (backendName) => {
  const backend = testBackend(backendName);
  // WebGPU: NaN beside what is finite. What infinity gives there is up to the device.
  const values = backendName === "webgpu" ? [NaN, ...finite] : specials;

  test.each(Object.keys(rows) as PointwiseName[])("%s", async (name) => {
    const { arity } = rows[name];
    const { a, b } = grid(values, arity);
    const feeds = [a, b].slice(0, arity).map((own) => given([own.length], own));
    const { values: got } = await backend().runSample({
      name,
      feeds,
      build: (...operands) => pointwise(name, operands, attrs[name]),
    });
    const isDefined = (i: number): boolean =>
      // WGSL leaves division by 0 and logarithms and roots below 0 open.
      backendName !== "webgpu" ||
      !(
        (name === "div" && b[i] === 0) ||
        (["log", "sqrt"].includes(name) && !(Number(a[i]) > 0) && !Number.isNaN(a[i]))
      );
    const wanted = a.map((x, i) => (isDefined(i) ? numpy[name](x, b[i]!) : got[i]!));
    expectClose(
      // Zeros are equal whatever their sign.
      [...got].map((value) => value + 0),
      wanted.map((value) => value + 0),
      TOLERANCE,
    );
  });

  describe.each([
    ["rows of five", [4, 5], [1]],
    ["columns, neighbours in groups of sixteen and some", [5, 19], [0]],
    ["all", [4, 5], [0, 1]],
    ["long", [2, 3000], [1]],
    ["long, neighbours", [3000, 33], [0]],
  ] as const)("the largest of %s", (_, shape, axes) => {
    const x = input("x", shape);
    const length = shape[0] * shape[1];

    test.each([0, 1, Math.floor(length / 2), length - 1])("with NaN at %i", async (at) => {
      const { values: plain } = drawn(shape, 1, [-9, -1]);
      const outputs = [max(x, axes)];
      const [without] = await backend().run(outputs, [x], [given(shape, plain)]);
      const [got] = await backend().run(outputs, [x], [given(shape, plain.with(at, NaN))]);
      const result = axes.length === 2 ? 0 : axes[0] === 1 ? Math.floor(at / shape[1]) : at % shape[1];
      expect([...got!]).toEqual([...without!].with(result, NaN));
    });
  });

  test("argMax takes the first NaN for the largest", async () => {
    const x = input("x", [4, 6]);
    const feed = [1, 2, 9, 3, 4, 5, 1, NaN, 9, NaN, 4, 5, NaN, 2, 9, 3, 4, 5, 1, 2, 9, 3, 4, NaN];
    const [got] = await backend().run([argMax(x, 1)], [x], [given([4, 6], feed)]);
    expect([...got!]).toEqual([2, 1, 0, 5]);
  });

  // Five channels: four at a time and one more.
  const tiled: PoolOptions = { poolSize: [2, 2], strides: [2, 2], padding: "valid" };
  const padded: PoolOptions = { poolSize: [3, 3], strides: [2, 2], padding: "same" };
  test.each([
    ["tiled", tiled, [1, 4, 4, 5], 60],
    ["tiled, first", tiled, [1, 4, 4, 5], 0],
    ["padded", padded, [1, 5, 5, 5], 64],
  ] as const)("max pooling, %s", async (_, options, shape, at) => {
    const { values: plain } = drawn(shape, 3);
    const x = input("x", shape);
    const outputs = [maxPool2d(x, options), apply(poolOps.maxPool2dArg, [x], options)];
    const reference = await openBackend("cpu64");
    const holed = given(shape, plain.with(at, NaN));
    for (const fuse of [true, false]) {
      const [pooled, arg] = await backend().run(outputs, [x], [holed], fuse);
      const [wanted, wantedArg] = await reference.run(outputs, [x], [holed], fuse);
      expect([...wanted!].filter(Number.isNaN).length).toBeGreaterThan(0);
      expectClose(pooled!, wanted!, TOLERANCE);
      expect([...arg!]).toEqual([...wantedArg!]);
    }
    reference.dispose();
  });
});

/** Places of NaN in a result. */
const holes = (values: ArrayLike<number>): number[] =>
  Array.from(values).flatMap((x, i) => (Number.isNaN(x) ? [i] : []));

describe.each(["cpu", "simd", "relaxed", "webgpu"] as const)(
  "%s keeps NaN where the reference has it, in every op",
  (name) => {
    const [reference, backend] = [testBackend("cpu64"), testBackend(name)];
    for (const [opName, { sized }] of rowsOfTable) {
      // One sample of matrix products: they are slow to compile, and sums keep NaN.
      const samples = sized(7).filter(({ replacesFirst }) => !replacesFirst);
      const isGemm = opName === "matmul" || opName.startsWith("conv2d");
      // So is every shader: one of each op does for every day.
      const isOne = isGemm || (name === "webgpu" && !isFull);
      for (const { name: sampleName, feeds, build } of isOne ? samples.slice(0, 1) : samples) {
        const floats = feeds.flatMap(({ dtype }, i) => (dtype === "f32" ? [i] : []));
        if (floats.length === 0) continue;
        test(`${opName}: ${sampleName}`, async () => {
          const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
          const outputs = [build(...inputs)];
          const [plain, own] = await Promise.all(
            [reference(), backend()].map((each) => each.prepare({ outputs, inputs, feeds })),
          );
          for (const i of floats) {
            const { values } = feeds[i]!;
            for (const at of [0, Math.floor(values.length / 2), values.length - 1]) {
              const holed = values.with(at, NaN);
              plain!.write(i, holed);
              own!.write(i, holed);
              const [[wanted], [got]] = await Promise.all([plain!.run(), own!.run()]);
              // Between strides the GPU multiplies a kernel by zeros, which makes NaN of NaN.
              const isSpread = opName === "conv2dInputGrad" && i === 1;
              const seen = isSpread ? holes(got!).filter((hole) => Number.isNaN(wanted![hole])) : holes(got!);
              expect(seen, `NaN at ${at} of input ${i}`).toEqual(holes(wanted!));
            }
            plain!.write(i, values);
            own!.write(i, values);
          }
          plain!.dispose();
          own!.dispose();
        });
      }
    }
  },
);

describe.each(["simd", "webgpu"] as const)("%s, merged", (name) => {
  const backend = testBackend(name);

  async function run(outputs: readonly Node[], inputs: readonly Node[], feeds: readonly Tensor[]) {
    const prepared = await backend().prepare({ outputs, inputs, feeds, merge: true });
    const results = await prepared.run();
    prepared.dispose();
    return results;
  }

  test("a bad pixel shows through convolution, relu and pooling", async () => {
    const [x, w, b] = [input("x", [2, 6, 6, 1]), input("w", [3, 3, 1, 4]), input("b", [4])];
    const pooled = maxPool2d(relu(add(conv2d(x, w, { padding: "same" }), b)), {
      poolSize: [2, 2],
      strides: [2, 2],
      padding: "valid",
    });
    const bad = { ...drawn([2, 6, 6, 1], 1), values: drawn([2, 6, 6, 1], 1).values.with(36 + 7, NaN) };
    const [value] = await run([pooled], [x, w, b], [bad, drawn([3, 3, 1, 4], 2), drawn([4], 3)]);
    // Pixel (1, 1) of the second image is seen from (0, 0) to (2, 2): by the first two windows of the first two rows.
    const windows = [0, 1, 3, 4].flatMap((window) => [0, 1, 2, 3].map((channel) => 36 + window * 4 + channel));
    expect(holes(value!)).toEqual(windows);
  });

  test("a bad sample shows in the loss, the gradient and the choice of a classifier, and in no other", async () => {
    const [x, w, labels] = [input("x", [5, 8]), input("w", [8, 10]), input("labels", [5], "u32")];
    const logits = matmul(x, w);
    const loss = softmaxCrossEntropy(logits, labels);
    const [slope] = gradients(sum(loss), [x]);
    const bad = { ...drawn([5, 8], 1), values: drawn([5, 8], 1).values.with(17, NaN) };
    const feeds = [bad, drawn([8, 10], 2), drawnBelow(10, [5], 3)];
    const [losses, chosen, passed] = await run([loss, argMax(logits), slope!], [x, w, labels], feeds);
    expect(holes(losses!)).toEqual([2]);
    expect(holes(passed!)).toEqual([16, 17, 18, 19, 20, 21, 22, 23]);
    expect(chosen![2]).toBe(0);
  });
});
