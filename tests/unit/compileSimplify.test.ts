// Simplification, rule by rule: what each removes, and what looks alike but must stay.
import { describe, expect, it } from "vitest";
import { simplify } from "../../src/engine/compile/simplify";
import { labelled, type Node } from "../../src/engine/graph/node";
import { topologicalOrder } from "../../src/engine/graph/traverse";
import { broadcastTo, sum } from "../../src/engine/ops/broadcast";
import { constant, constantValue } from "../../src/engine/ops/constant";
import { dropout } from "../../src/engine/ops/dropout";
import { reshape } from "../../src/engine/ops/layout";
import { input, state } from "../../src/engine/ops/leaf";
import { add, clip, div, exp, maximum, minimum, mul, neg, pow, sub } from "../../src/engine/ops/pointwise";

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
