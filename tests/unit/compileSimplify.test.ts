// Simplification, rule by rule: what each removes, and what looks alike but must stay.
import { describe, expect, it } from "vitest";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { compile } from "../../src/engine/compile/compile";
import { simplify } from "../../src/engine/compile/simplify";
import { apply, labelled, type Node } from "../../src/engine/graph/node";
import { topologicalOrder } from "../../src/engine/graph/traverse";
import { broadcastTo, sum } from "../../src/engine/ops/broadcast";
import { constant, constantValue } from "../../src/engine/ops/constant";
import { dropout } from "../../src/engine/ops/dropout";
import { gradients } from "../../src/engine/ops/gradients";
import { reshape } from "../../src/engine/ops/layout";
import { input, state } from "../../src/engine/ops/leaf";
import {
  add,
  clip,
  div,
  elu,
  equal,
  exp,
  gelu,
  leakyRelu,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  square,
  sub,
  tanh,
} from "../../src/engine/ops/pointwise";
import { avgPool2d, maxPool2d, type PoolOptions, poolOps } from "../../src/engine/ops/pool";
import { sizeOf } from "../../src/engine/shape";
import { runPlan } from "../support/plans";

const x = input("x", [2, 3]);
const y = input("y", [2, 3]);

function simplified(node: Node): Node {
  return simplify({ outputs: [node] }).outputs[0]!;
}

const opsOf = (...outputs: Node[]): string[] =>
  topologicalOrder(simplify({ outputs }).outputs)
    .map(({ op }) => op.name)
    .filter((name) => name !== "input");

describe("neutral operands", () => {
  it.each([
    ["x + 0", add(x, 0)],
    ["0 + x", add(0, x)],
    ["x - 0", sub(x, 0)],
    ["x * 1", mul(x, 1)],
    ["1 * x", mul(1, x)],
    ["x / 1", div(x, 1)],
    ["x + zeros of its shape", add(x, constant(0, [2, 3]))],
    ["a chain of them", div(mul(sub(add(0, x), 0), 1), 1)],
  ])("%s is x", (_, node) => {
    expect(simplified(exp(node)).inputs).toEqual([x]);
  });

  it("but an output that was computed stays computed, for x may be state that changes", () => {
    const held = state("held", [6]);
    const output = reshape(add(held, 0), [2, 3]);
    const { outputs, updates } = simplify({
      outputs: [output, reshape(held, [2, 3])],
      updates: [{ state: held, value: mul(held, 1) }],
    });
    expect(outputs[0]).toBe(output);
    expect(outputs[1]?.inputs).toEqual([held]);
    expect(updates).toEqual([{ state: held, value: held }]);
  });

  it.each([
    ["0 - x", sub(0, x), ["constant", "sub"]],
    ["1 / x", div(1, x), ["constant", "div"]],
    ["x * 0, which is not 0 for every x", mul(x, 0), ["constant", "mul"]],
    ["x + 1", add(x, 1), ["constant", "add"]],
    ["zeros that stretch x", add(x, constant(0, [4, 2, 3])), ["constant", "add"]],
    ["ones that stretch x", mul(constant(1, [4, 1, 1]), x), ["constant", "mul"]],
    ["a conversion from u32", add(input("labels", [2, 3], "u32"), 0), ["constant", "add"]],
    ["a maximum with 0", maximum(x, 0), ["constant", "maximum"]],
  ])("%s stays", (_, node, ops) => {
    // Not as an output, which would stay anyway.
    expect(opsOf(exp(node))).toEqual([...ops, "exp"]);
    expect(simplified(exp(node)).shape).toEqual(node.shape);
  });
});

describe("views", () => {
  it("to the same shape go", () => {
    expect(simplified(reshape(x, [2, 3]))).toBe(x);
    expect(simplified(broadcastTo(x, [2, 3]))).toBe(x);
  });

  it("of views become one, or none", () => {
    const twice = simplified(reshape(reshape(x, [6]), [3, 2]));
    expect(twice.shape).toEqual([3, 2]);
    expect(twice.inputs[0]).toBe(x);
    expect(simplified(reshape(reshape(reshape(x, [6]), [3, 2]), [2, 3]))).toBe(x);
  });

  it("that change the shape stay", () => {
    expect(opsOf(reshape(x, [6]))).toEqual(["reshape"]);
    expect(opsOf(broadcastTo(x, [4, 2, 3]))).toEqual(["broadcastTo"]);
  });

  it("of constants are constants", () => {
    for (const node of [reshape(constant(7, [6]), [2, 3]), broadcastTo(constant(7), [2, 3])]) {
      const result = simplified(node);
      expect(constantValue(result)).toBe(7);
      expect(result.shape).toEqual([2, 3]);
    }
  });
});

describe("constants", () => {
  it.each([
    ["2 + 3", add(constant(2), 3), 5, []],
    ["exp(2 * 3 - 6)", exp(sub(mul(constant(2), 3), 6)), 1, []],
    ["stretched operands", add(constant(2, [2, 1]), constant(3, [3])), 5, [2, 3]],
    ["an op with a setting", pow(constant(3, [2]), 2), 9, [2]],
    ["operands that become constant", add(reshape(mul(constant(2, [4]), 5), [2, 2]), 1), 11, [2, 2]],
  ])("%s is computed", (_, node, value, shape) => {
    const result = simplified(node);
    expect(constantValue(result)).toBe(value);
    expect(result.shape).toEqual(shape);
  });

  it("are not computed through what is not element-wise", () => {
    expect(opsOf(sum(constant(2, [3])))).toEqual(["constant", "sum"]);
  });
});

describe("common subexpressions", () => {
  it("are computed once", () => {
    const node = mul(exp(add(x, y)), exp(add(x, y)));
    expect(opsOf(node)).toEqual(["add", "exp", "mul"]);
    const { inputs } = simplified(node);
    expect(inputs[0]).toBe(inputs[1]);
  });

  it("are found where simplifying made them equal", () => {
    expect(opsOf(mul(exp(add(x, 0)), exp(x)))).toEqual(["exp", "mul"]);
  });

  it("are found across outputs and updates", () => {
    const held = state("held", [2, 3]);
    const { outputs, updates } = simplify({ outputs: [exp(x)], updates: [{ state: held, value: exp(x) }] });
    expect(updates).toEqual([{ state: held, value: outputs[0] }]);
  });

  it.each([
    ["operands in another order", sub(x, y), sub(y, x)],
    ["other settings", clip(x, 0, 1), clip(x, 0, 2)],
    ["other axes", sum(x, [0], true), sum(x, [1], true)],
    ["another op", minimum(x, y), maximum(x, y)],
    ["another shape", reshape(x, [6]), reshape(x, [3, 2])],
    ["0 and minus 0", mul(x, 0), mul(x, -0)],
    ["both infinities", maximum(x, -Infinity), maximum(x, Infinity)],
  ])("are told apart by %s", (_, a, b) => {
    const { outputs } = simplify({ outputs: [a, b] });
    expect(outputs[0]).not.toBe(outputs[1]);
  });

  it("include random numbers of one stream, not of two", () => {
    const seed = input("seed", [], "u32");
    const step = input("step", [], "u32");
    const [a, b, c] = [1, 1, 2].map((stream) => dropout(x, seed, step, { rate: 0.5, stream }));
    const { outputs } = simplify({ outputs: [a!, b!, c!] });
    expect(outputs[0]).toBe(outputs[1]);
    expect(outputs[0]).not.toBe(outputs[2]);
  });

  it("do not include leaves, which are told apart by identity", () => {
    const [a, b] = [input("same", [2]), input("same", [2])];
    const node = simplified(add(a, b));
    expect(node.inputs).toEqual([a, b]);
    expect(node.inputs[0]).not.toBe(node.inputs[1]);
  });
});

describe("products with the gradient of max pooling", () => {
  const images = input("images", [2, 7, 6, 3]);
  const windows: Record<string, PoolOptions> = {
    "side by side": { poolSize: [2, 2], strides: [2, 2], padding: "valid" },
    "side by side, over the edge": { poolSize: [2, 2], strides: [2, 2], padding: "same" },
    overlapping: { poolSize: [3, 2], strides: [1, 1], padding: "valid" },
    "overlapping, over the edges": { poolSize: [3, 3], strides: [2, 1], padding: "same" },
    "with gaps": { poolSize: [1, 2], strides: [3, 3], padding: "valid" },
  };
  const halves = windows["side by side"]!;

  /** The gradient of a weighted sum of pooled values. */
  const passedBack = (
    activate: (image: Node) => Node,
    options = halves,
    pool = maxPool2d,
  ): [gradient: Node, w: Node] => {
    const pooled = pool(activate(images), options);
    const weights = input("weights", pooled.shape);
    return [gradients(sum(mul(pooled, weights)), [images])[0]!, weights];
  };
  /** Element-wise ops of the images' size. */
  const fullSize = (node: Node): string[] =>
    topologicalOrder([simplified(node)])
      .filter(({ op, shape }) => op.pointwise && sizeOf(shape) === sizeOf(images.shape))
      .map(({ op }) => op.name);

  const activations = { relu, leakyRelu, elu, exp, sigmoid, tanh };

  describe.each(Object.entries(windows))("windows %s", (_, options) => {
    it.each(Object.entries(activations))("%s: are taken at the pooled size, with the same values", async (name, f) => {
      const [gradient, weights] = passedBack((image) => f(image), options);
      expect(fullSize(gradient)).toEqual([name]);
      // Whole numbers from -2 to 2, so that there are ties, also among what relu makes 0.
      const feeds = new Map([
        [images, Float64Array.from({ length: sizeOf(images.shape) }, (__, i) => ((i * 7919) % 5) - 2)],
        [weights, Float64Array.from({ length: sizeOf(weights.shape) }, (__, i) => Math.sin(i) + 0.1)],
      ]);
      const backend = createCpuBackend("float64");
      const valuesOf = async (fuse: boolean): Promise<number[]> =>
        (await runPlan(backend, compile({ outputs: [gradient] }, { fuse }), feeds)).outputs[0]!;
      const [plain, moved] = [await valuesOf(false), await valuesOf(true)];
      expect(plain.some((value) => value !== 0)).toBe(true);
      // Overlapping windows add up before the product in one and after it in the other.
      plain.forEach((value, i) => expect(moved[i]).toBeCloseTo(value, 12));
      backend.dispose();
    });
  });

  it("read the pooled values and the taps that the graph has already", () => {
    const activation = relu(images);
    const pooled = maxPool2d(activation, halves);
    const [gradient] = gradients(sum(square(pooled)), [images]);
    const { outputs } = simplify({ outputs: [pooled, gradient!] });
    const names = topologicalOrder(outputs).map(({ op }) => op.name);
    expect(names.filter((name) => name.startsWith("maxPool2d"))).toEqual([
      "maxPool2d",
      "maxPool2dArg",
      "maxPool2dGrad",
    ]);
    expect(outputs[1]?.op.name).toBe("maxPool2dGrad");
  });

  it("keep the labels of the layers they are for", () => {
    const activation = labelled("conv", () => relu(images));
    const pooled = labelled("pool", () => maxPool2d(activation, halves));
    const gradient = simplified(gradients(sum(pooled), [images])[0]!);
    expect([gradient.op.name, gradient.label]).toEqual(["maxPool2dGrad", "grad pool"]);
    expect([gradient.inputs[1]?.op.name, gradient.inputs[1]?.label]).toEqual(["mul", "grad conv"]);
  });

  const [bare] = passedBack((image) => image);
  const inPlace: PoolOptions = { poolSize: [3, 3], strides: [1, 1], padding: "same" };
  it.each([
    ["constants", mul(bare, 3)],
    ["the images, again and again", mul(square(images), mul(mul(images, bare), neg(images)))],
  ])("with %s are moved", (_, node) => {
    expect(simplified(node).op.name).toBe("maxPool2dGrad");
    expect(fullSize(node)).toEqual([]);
  });

  it.each([
    ["other images", mul(bare, input("other", images.shape))],
    ["what was made of other images too", mul(bare, add(images, input("row", [3])))],
    ["neighbours", mul(bare, maxPool2d(images, inPlace))],
    ["sums", mul(bare, sum(images, [3], true))],
    ["constants that stretch it", mul(bare, constant(2, [4, 1, 1, 1, 1]))],
    ["something else that reads the taps", mul(equal(apply(poolOps.maxPool2dArg, [images], inPlace), 4), images)],
    ["what the activation was made from", passedBack(gelu)[0]],
    ["the gradient of average pooling", passedBack(relu, halves, avgPool2d)[0]],
  ])("with %s stay", (_, node) => {
    expect(simplified(node).op.name).toBe("mul");
  });
});

describe("what stays as it was", () => {
  it("a graph with nothing to do, down to the nodes", () => {
    const node = exp(add(x, neg(y)));
    expect(simplified(node)).toBe(node);
  });

  it("outputs in order, twice where asked for twice, states by identity, labels", () => {
    const held = state("held", [2, 3]);
    const inner = labelled("layer", () => exp(add(x, 0)));
    const { outputs, updates } = simplify({
      outputs: [neg(y), inner, x, inner],
      updates: [{ state: held, value: add(held, 0) }],
    });
    expect(outputs.map(({ op }) => op.name)).toEqual(["neg", "exp", "input", "exp"]);
    expect(outputs[1]?.label).toBe("layer");
    expect(outputs[1]).toBe(outputs[3]);
    expect(updates).toEqual([{ state: held, value: held }]);
  });
});
