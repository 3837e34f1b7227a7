// Differentiation itself: what it accumulates, what it leaves out, what it refuses. The rules of single ops are checked
// in tests/ops.
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import type { TensorData } from "../../src/engine/backend/backend";
import { ArgumentError } from "../../src/engine/errors";
import { apply, labelled, type Node, type Op } from "../../src/engine/graph/node";
import { topologicalOrder } from "../../src/engine/graph/traverse";
import { sum } from "../../src/engine/ops/broadcast";
import { argMax } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { pack, reshape, segment } from "../../src/engine/ops/layout";
import { input } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, div, exp, greater, log, mul, neg, relu, sigmoid, sub, tanh } from "../../src/engine/ops/pointwise";
import { evaluate } from "../../src/engine/train/evaluate";

const backend = createCpuBackend("float64");

async function valuesOf(
  nodes: readonly Node[],
  feeds: ReadonlyMap<Node, TensorData>,
  fuse = true,
): Promise<number[][]> {
  return (await evaluate(nodes, feeds, backend, { fuse })).map((values) => [...values]);
}

const feed = (node: Node, ...values: number[]): [Node, Float64Array] => [node, Float64Array.from(values)];
const scalar = (): Node => input("x", []);

describe("higher derivatives", () => {
  it("of x^4, by multiplication: 4 x^3, 12 x^2, 24 x, 24, 0", async () => {
    const x = scalar();
    const derivatives: Node[] = [];
    let y = mul(mul(x, x), mul(x, x));
    for (let order = 1; order <= 5; order++) {
      y = gradients(y, [x])[0]!;
      derivatives.push(y);
    }
    expect((await valuesOf(derivatives, new Map([feed(x, 1.5)]))).flat()).toEqual([13.5, 27, 36, 24, 0]);
  });

  it.each([
    ["exp", exp, (x: number) => Math.exp(x)],
    ["tanh", tanh, (x: number) => -2 * Math.tanh(x) * (1 - Math.tanh(x) ** 2)],
    ["log", log, (x: number) => -1 / x ** 2],
    [
      "sigmoid",
      sigmoid,
      (x: number) => {
        const s = 1 / (1 + Math.exp(-x));
        return s * (1 - s) * (1 - 2 * s);
      },
    ],
    ["1 / x", (x: Node) => div(1, x), (x: number) => 2 / x ** 3],
    ["relu", relu, () => 0],
  ] as const)("of %s, the second", async (_, f, expected) => {
    const x = scalar();
    const [first] = gradients(f(x), [x]);
    const [second] = gradients(first!, [x]);
    expect((await valuesOf([second!], new Map([feed(x, 0.7)])))[0]![0]).toBeCloseTo(expected(0.7), 13);
  });

  it("gives a Hessian times a vector: of x' A x / 2 that is A v", async () => {
    const a = input("a", [3, 3]);
    const x = input("x", [3, 1]);
    const v = input("v", [3, 1]);
    const y = mul(sum(mul(x, matmul(a, x))), 0.5);
    const [slope] = gradients(y, [x]);
    const [product] = gradients(sum(mul(slope!, v)), [x]);
    const feeds = new Map([feed(a, 2, 1, 0, 1, 3, 5, 0, 5, 4), feed(x, 7, 8, 9), feed(v, 1, 2, 3)]);
    expect((await valuesOf([product!], feeds))[0]).toEqual([4, 22, 22]);
  });
});

describe("accumulation", () => {
  it("adds up over every use of a value", async () => {
    // y = x + x * x + x: dy/dx = 2 + 2 x.
    const x = scalar();
    const [slope] = gradients(add(add(x, mul(x, x)), x), [x]);
    expect((await valuesOf([slope!], new Map([feed(x, 3)])))[0]).toEqual([8]);
  });

  it("walks a shared subgraph once, so that ladders of shared values stay small", async () => {
    // y_20 = 2^20 x by doubling; a walk by paths would take a million steps.
    const x = scalar();
    let y = x;
    for (let i = 0; i < 20; i++) y = add(y, y);
    const [slope] = gradients(y, [x]);
    expect(topologicalOrder([slope!]).length).toBeLessThan(100);
    expect((await valuesOf([slope!], new Map([feed(x, 1)])))[0]).toEqual([2 ** 20]);
  });

  it("sums over what broadcasting stretched", async () => {
    const x = input("x", [2, 3]);
    const b = input("b", [3]);
    const c = input("c", []);
    const slopes = gradients(sum(mul(add(x, b), c)), [b, c]);
    const feeds = new Map([feed(x, 1, 2, 3, 4, 5, 6), feed(b, 10, 20, 30), feed(c, 2)]);
    expect(await valuesOf(slopes, feeds)).toEqual([[4, 4, 4], [141]]);
  });

  it("by an inner value holds its own upstream fixed", async () => {
    const x = scalar();
    const h = mul(x, 3);
    const [byH, byX] = gradients(mul(h, x), [h, x]);
    expect((await valuesOf([byH!, byX!], new Map([feed(x, 2)]))).flat()).toEqual([2, 12]);
  });

  it("passes through views and packs to each part", async () => {
    const a = input("a", [2]);
    const b = input("b", [3]);
    const flat = pack([a, b], [0, 64], 128);
    const seen = segment(flat, 64, [3, 1]);
    const y = add(sum(mul(reshape(seen, [3]), 2)), mul(sum(flat), 10));
    const feeds = new Map([feed(a, 1, 2), feed(b, 3, 4, 5)]);
    expect(await valuesOf(gradients(y, [a, b]), feeds)).toEqual([
      [10, 10],
      [12, 12, 12],
    ]);
  });
});

describe("what does not depend", () => {
  it("gets zeros of its own shape", async () => {
    const x = scalar();
    const other = input("other", [2, 2]);
    const slopes = gradients(mul(x, x), [other, x]);
    expect(slopes.map(({ shape }) => shape)).toEqual([[2, 2], []]);
    expect(await valuesOf(slopes, new Map([feed(x, 3)]))).toEqual([[0, 0, 0, 0], [6]]);
  });

  it("includes what is behind a step function, an index or a rounding op", async () => {
    const x = input("x", [2]);
    const y = sum(mul(greater(x, 0), 5));
    expect(await valuesOf(gradients(y, [x]), new Map([feed(x, 1, -1)]))).toEqual([[0, 0]]);
    const picked = mul(argMax(x), 1);
    expect(await valuesOf(gradients(picked, [x]), new Map([feed(x, 1, -1)]))).toEqual([[0, 0]]);
  });

  it("does not make the value itself 0: dy/dy is 1", async () => {
    const x = scalar();
    const y = exp(x);
    expect((await valuesOf(gradients(y, [y]), new Map([feed(x, 3)])))[0]).toEqual([1]);
  });
});

describe("refusals", () => {
  it("names the shape of what is not a scalar", () => {
    const x = input("x", [2, 3]);
    expect(() => gradients(x, [x])).toThrow(ArgumentError);
    expect(() => gradients(exp(x), [x])).toThrow(
      "gradients: expected a scalar to differentiate, got shape [2, 3]. Sum or average it first.",
    );
  });

  it("takes any shape of one element", async () => {
    const x = input("x", [1, 1]);
    expect(await valuesOf(gradients(mul(x, x), [x]), new Map([feed(x, 3)]))).toEqual([[6]]);
  });

  it("names an op whose rule gives the wrong shape", () => {
    const broken: Op = {
      name: "broken",
      type: ([x]) => ({ shape: x!.shape, dtype: "f32" }),
      gradient: (_, dy) => [sum(dy)],
      cpu: () => () => {},
      wgsl: () => {
        throw new Error("not run");
      },
    };
    const x = input("x", [2]);
    expect(() => gradients(sum(apply(broken, [x], {})), [x])).toThrow(
      "expected broken to give [2] for input 0, got []",
    );
  });
});

it("is the same whether the backward graph is fused or not", async () => {
  const x = input("x", [4, 3]);
  const w = input("w", [3, 2]);
  const y = sum(tanh(sub(matmul(x, w), neg(sigmoid(matmul(x, w))))));
  const feeds = new Map([
    feed(x, ...Array.from({ length: 12 }, (_, i) => Math.sin(i))),
    feed(w, ...Array.from({ length: 6 }, (_, i) => Math.cos(i))),
  ]);
  const slopes = gradients(y, [x, w]);
  const [fused, plain] = [await valuesOf(slopes, feeds, true), await valuesOf(slopes, feeds, false)];
  // The same operations in float64; only divisions by constants may be folded.
  fused.flat().forEach((value, i) => expect(value).toBeCloseTo(plain.flat()[i]!, 14));
});

it("labels gradients with the layer whose op they belong to, and that they go back", () => {
  const x = input("x", [2, 3]);
  const w = input("w", [3, 4]);
  const hidden = labelled("hidden", () => relu(matmul(x, w)));
  const [slope] = gradients(sum(hidden), [w]);
  const products = topologicalOrder([slope!]).filter(({ op }) => op.name === "matmul");
  expect(products.map(({ label }) => label)).toEqual(["hidden", "grad hidden"]);
});
