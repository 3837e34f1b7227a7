// The compiler as a whole: what it refuses, what it hands back, and that fused and unfused plans agree.
import { describe, expect, it } from "vitest";
import type { TensorData } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { compile } from "../../src/engine/compile/compile";
import { ArgumentError } from "../../src/engine/errors";
import type { Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { constant } from "../../src/engine/ops/constant";
import { argMax } from "../../src/engine/ops/gather";
import { reshape } from "../../src/engine/ops/layout";
import { input, state, stepScalar } from "../../src/engine/ops/leaf";
import { add, exp, mul, neg } from "../../src/engine/ops/pointwise";
import { expectSoundPlan, runPlan } from "../support/plans";

const backend = createCpuBackend("float64");
const x = input("x", [2, 3]);
const feeds = new Map<Node, TensorData>([[x, Float64Array.of(1, 2, 3, 4, 5, 6)]]);

/** The values of outputs, fused and not, which must agree to the bit here. */
async function valuesOf(...outputs: Node[]): Promise<number[][]> {
  const [fused, plain] = await Promise.all(
    [true, false].map(async (fuse) => {
      const plan = compile({ outputs }, { fuse });
      expectSoundPlan(plan);
      return (await runPlan(backend, plan, feeds)).outputs;
    }),
  );
  expect(fused).toEqual(plain);
  return fused ?? [];
}

describe("refusals", () => {
  it("a second update of one state, whatever its value", () => {
    const held = state("held", [2]);
    for (const fuse of [true, false]) {
      for (const value of [exp(held), held]) {
        const updates = [
          { state: held, value: neg(held) },
          { state: held, value },
        ];
        expect(() => compile({ outputs: [], updates }, { fuse })).toThrow(
          new ArgumentError("compile: expected one update of held [2], got two. Combine their values."),
        );
      }
    }
  });

  it.each([
    ["another size", state("s", [2]), input("v", [3]), "compile: expected an update of f32 [2], got f32 [3]."],
    ["another type", state("s", [2]), input("v", [2], "u32"), "compile: expected an update of f32 [2], got u32 [2]."],
    ["an index for a number", state("s", [2]), argMax(x), "compile: expected an update of f32 [2], got u32 [2]."],
  ])("an update of %s", (_, held, value, message) => {
    for (const fuse of [true, false]) {
      const compiling = (): unknown => compile({ outputs: [], updates: [{ state: held, value }] }, { fuse });
      expect(compiling).toThrow(ArgumentError);
      expect(compiling).toThrow(message);
    }
  });

  it("but not another shape of the same size", () => {
    expect(() => compile({ outputs: [], updates: [{ state: state("s", [6]), value: exp(x) }] })).not.toThrow();
  });
});

describe("outputs", () => {
  it("are found by the nodes the caller made, whatever became of them", async () => {
    const plain = add(mul(x, 1), 0);
    const folded = mul(add(constant(2, [2]), 3), 4);
    const twice = exp(neg(x));
    expect(await valuesOf(plain, folded, twice, exp(neg(x)))).toEqual([
      [1, 2, 3, 4, 5, 6],
      [20, 20],
      ...new Array<number[]>(2).fill([1, 2, 3, 4, 5, 6].map((v) => Math.exp(-v))),
    ]);
  });

  it("may be inputs, views, constants, and the same thing twice", async () => {
    const total = sum(x);
    expect(await valuesOf(x, reshape(x, [3, 2]), constant(4, [2]), total, total)).toEqual([
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5, 6],
      [4, 4],
      [21],
      [21],
    ]);
  });

  it("may be read before and after the update of what they came from", async () => {
    const held = state("held", [2]);
    for (const fuse of [true, false]) {
      const next = add(held, 1);
      const plan = compile({ outputs: [next, mul(held, 10)], updates: [{ state: held, value: next }] }, { fuse });
      const run = await runPlan(backend, plan, new Map([[held, Float64Array.of(1, 2)]]), { leaves: [held] });
      expect(run).toEqual({
        outputs: [
          [2, 3],
          [10, 20],
        ],
        leaves: [[2, 3]],
      });
    }
  });

  it("of nothing make a plan of nothing", () => {
    expect(compile({ outputs: [] }).launches).toEqual([]);
  });
});

describe("leaves", () => {
  it("are listed where something needs them, step scalars apart", () => {
    const held = state("held", [2, 3]);
    const rate = stepScalar("rate");
    const unused = input("unused", [2, 3]);
    const plan = compile({ outputs: [exp(x)], updates: [{ state: held, value: mul(add(held, x), rate) }] });
    expect(new Set(plan.leaves)).toEqual(new Set([x, held]));
    expect(plan.scalars).toEqual([rate]);
    expect(plan.leaves).not.toContain(unused);
  });

  it("take their values from the row of each step", async () => {
    const [rate, step] = [stepScalar("rate"), stepScalar("step", "u32")];
    const held = state("held", [1]);
    const plan = compile({ outputs: [], updates: [{ state: held, value: add(held, mul(rate, step)) }] });
    const rows = [{ rate: 0.5, step: 1 }, { rate: 0.25, step: 2 }, { step: 3 }];
    expect((await runPlan(backend, plan, new Map(), { rows, leaves: [held] })).leaves).toEqual([[1]]);
  });
});

it("fused and unfused plans of a chain of everything agree to the bit", async () => {
  const rows = sum(mul(exp(neg(x)), add(x, 2)), [1], true);
  const [values] = await valuesOf(sum(mul(rows, add(x, rows))), rows, argMax(x));
  expect(values?.[0]).toBeGreaterThan(0);
});
