// The memory plan: state updated in place or copied, packs filled in place or copied into, arenas shared by values that
// do not live at once. Every plan is replayed element by element.
import { describe, expect, it } from "vitest";
import { createWasmBackend } from "../../src/engine/backend/cpu/wasm/wasmBackend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { compile } from "../../src/engine/compile/compile";
import type { Computation, Plan } from "../../src/engine/compile/plan";
import type { TensorData } from "../../src/engine/backend/backend";
import type { Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { pack, reshape, segment } from "../../src/engine/ops/layout";
import { input, state, stepScalar } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, exp, mul, neg, sub } from "../../src/engine/ops/pointwise";
import { writeRow } from "../../src/engine/ops/ring";
import { describeSteps, expectSoundPlan, runPlan } from "../support/plans";

const backend = createCpuBackend("float64");

/** Compiles without fusing, so that steps are ops, unless told otherwise. */
function planOf(computation: Computation, fuse = false): Plan {
  const plan = compile(computation, { fuse });
  expectSoundPlan(plan);
  return plan;
}

const namesOf = (plan: Plan): string[] => plan.launches.map(({ kernel }) => kernel.name);
const feed = (node: Node, ...values: number[]): [Node, TensorData] => [node, Float64Array.from(values)];

describe("updates", () => {
  const a = state("a", [2]);
  const b = state("b", [2]);

  it("are written straight over the state where it is read element by element", async () => {
    const plan = planOf({ outputs: [], updates: [{ state: a, value: add(a, 1) }] });
    expect(namesOf(plan)).toEqual(["constant", "add"]);
    expect(planOf({ outputs: [], updates: [{ state: a, value: add(a, 1) }] }, true).arenas).toEqual([]);
    const { leaves } = await runPlan(backend, plan, new Map([feed(a, 1, 2)]), { rows: [{}, {}, {}], leaves: [a] });
    expect(leaves).toEqual([[4, 5]]);
  });

  it("are copied at the end where a later step reads the old state", async () => {
    const next = neg(a);
    const late = exp(sum(add(next, a)));
    const plan = planOf({ outputs: [late], updates: [{ state: a, value: next }] });
    expect(namesOf(plan).at(-1)).toBe("copy");
    const { outputs, leaves } = await runPlan(backend, plan, new Map([feed(a, 1, 2)]), { leaves: [a] });
    expect(outputs).toEqual([[1]]);
    expect(leaves).toEqual([[-1, -2]]);
  });

  it("are copied where the step reads the state other than element by element", async () => {
    const square = state("square", [2, 2]);
    const plan = planOf({ outputs: [], updates: [{ state: square, value: matmul(square, square) }] });
    expect(namesOf(plan)).toEqual(["matmul", "copy"]);
    const { leaves } = await runPlan(backend, plan, new Map([feed(square, 1, 2, 3, 4)]), { leaves: [square] });
    expect(leaves).toEqual([[7, 10, 15, 22]]);
    // Stretched, one element of the state is read for many of the result.
    const wide = state("wide", [2, 2]);
    const column = segment(reshape(wide, [4]), 0, [2]);
    expect(namesOf(planOf({ outputs: [], updates: [{ state: wide, value: add(wide, column) }] })).at(-1)).toBe("copy");
  });

  it("swap two states", async () => {
    for (const fuse of [false, true]) {
      const plan = planOf(
        {
          outputs: [],
          updates: [
            { state: a, value: b },
            { state: b, value: a },
          ],
        },
        fuse,
      );
      const { leaves } = await runPlan(backend, plan, new Map([feed(a, 1, 2), feed(b, 3, 4)]), { leaves: [a, b] });
      expect(leaves).toEqual([
        [3, 4],
        [1, 2],
      ]);
    }
  });

  it("take another state's old value, whichever is listed first", async () => {
    const updates = [
      { state: a, value: reshape(reshape(b, [2, 1]), [2]) },
      { state: b, value: mul(b, 10) },
    ];
    for (const fuse of [false, true]) {
      for (const order of [updates, updates.toReversed()]) {
        const { leaves } = await runPlan(
          backend,
          planOf({ outputs: [], updates: order }, fuse),
          new Map([feed(b, 3, 4)]),
          { leaves: [a, b] },
        );
        expect(leaves).toEqual([
          [3, 4],
          [30, 40],
        ]);
      }
    }
  });

  it("rotate three states, twice over", async () => {
    const c = state("c", [2]);
    const plan = planOf({
      outputs: [],
      updates: [
        { state: a, value: b },
        { state: b, value: c },
        { state: c, value: a },
      ],
    });
    const { leaves } = await runPlan(backend, plan, new Map([feed(a, 1, 1), feed(b, 2, 2), feed(c, 3, 3)]), {
      rows: [{}, {}],
      leaves: [a, b, c],
    });
    expect(leaves).toEqual([
      [3, 3],
      [1, 1],
      [2, 2],
    ]);
  });

  it("give one value to two states, an input to a state, and a state to itself", async () => {
    const x = input("x", [2]);
    const shared = exp(x);
    const both = planOf({
      outputs: [shared],
      updates: [
        { state: a, value: shared },
        { state: b, value: shared },
      ],
    });
    const { outputs, leaves } = await runPlan(backend, both, new Map([feed(x, 0, Math.log(2))]), { leaves: [a, b] });
    expect([...outputs, ...leaves]).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    const taken = planOf({ outputs: [], updates: [{ state: a, value: x }] });
    expect((await runPlan(backend, taken, new Map([feed(x, 5, 6)]), { leaves: [a] })).leaves).toEqual([[5, 6]]);
    expect(planOf({ outputs: [], updates: [{ state: a, value: a }] }).launches).toEqual([]);
  });

  it("of several states in one launch all happen in place", () => {
    const x = input("x", [64]);
    const [m, w] = [state("m", [64]), state("w", [64])];
    const next = add(mul(m, 0.9), x);
    const plan = planOf(
      {
        outputs: [],
        updates: [
          { state: m, value: next },
          { state: w, value: sub(w, next) },
        ],
      },
      true,
    );
    expect(plan.launches).toHaveLength(1);
    expect(plan.arenas).toEqual([]);
  });
});

describe("packs", () => {
  const x = input("x", [2]);
  const offsets = [0, 64];

  it("have their parts made in place, in an arena of their own", async () => {
    const whole = pack([exp(x), neg(x)], offsets, 128);
    const plan = planOf({ outputs: [whole] });
    expect(namesOf(plan)).toEqual(["exp", "neg"]);
    expect(plan.arenas).toEqual([128]);
    const { outputs } = await runPlan(backend, plan, new Map([feed(x, 0, 1)]));
    expect(outputs[0]?.filter((_, i) => i < 2 || (i >= 64 && i < 66))).toEqual([1, Math.E, -0, -1]);
    expect(outputs[0]?.filter((value) => value !== 0)).toHaveLength(3);
  });

  it("copy in what is not made by a step: inputs, and pieces of other values", async () => {
    const whole = pack([x, segment(exp(input("y", [70])), 64, [2])], offsets, 128);
    const plan = planOf({ outputs: [whole] });
    expect(namesOf(plan).toSorted()).toEqual(["copy", "copy", "exp"]);
    const { outputs } = await runPlan(backend, plan, new Map([feed(x, 7, 8)]));
    expect([outputs[0]?.[0], outputs[0]?.[1], outputs[0]?.[64], outputs[0]?.[65]]).toEqual([7, 8, 1, 1]);
  });

  it("copy in a value that is in the pack already, or in another", async () => {
    const e = exp(x);
    const twice = pack([e, e], offsets, 128);
    const other = pack([e, neg(x)], offsets, 128);
    const plan = planOf({ outputs: [twice, other] });
    expect(namesOf(plan).filter((name) => name === "copy")).toHaveLength(2);
    const { outputs } = await runPlan(backend, plan, new Map([feed(x, 0, 1)]));
    expect([0, 1, 64, 65].map((i) => outputs[0]![i])).toEqual([1, Math.E, 1, Math.E]);
    expect([0, 1, 64, 65].map((i) => outputs[1]![i])).toEqual([1, Math.E, -0, -1]);
  });

  it("copy in a part made from another part, which may not be in the buffer written to", async () => {
    const e = exp(x);
    const plan = planOf({ outputs: [pack([e, neg(e)], offsets, 128)] });
    expect(namesOf(plan)).toEqual(["exp", "neg", "copy"]);
    const { outputs } = await runPlan(backend, plan, new Map([feed(x, 0, 1)]));
    expect([0, 1, 64, 65].map((i) => outputs[0]![i])).toEqual([1, Math.E, -1, -Math.E]);
  });

  it("keep their parts while other values come and go", async () => {
    const e = exp(x);
    const whole = pack([e, neg(x)], offsets, 128);
    const busy = mul(add(mul(add(e, 1), 2), 3), 4);
    const y = add(sum(whole), sum(busy));
    for (const fuse of [false, true]) {
      const { outputs } = await runPlan(backend, planOf({ outputs: [y, whole] }, fuse), new Map([feed(x, 0, 0)]));
      expect(outputs[0]).toEqual([2 + 2 * 28]);
      expect(outputs[1]?.[0]).toBe(1);
    }
  });

  it("keep a part that is also some state's next value, which is copied from there", async () => {
    const held = state("held", [2]);
    const e = exp(x);
    const plan = planOf({ outputs: [pack([e, neg(x)], offsets, 128)], updates: [{ state: held, value: e }] });
    expect(namesOf(plan)).toEqual(["exp", "neg", "copy"]);
    const { outputs, leaves } = await runPlan(backend, plan, new Map([feed(x, 0, 1)]), { leaves: [held] });
    expect([0, 1, 64, 65].map((i) => outputs[0]![i])).toEqual([1, Math.E, -0, -1]);
    expect(leaves).toEqual([[1, Math.E]]);
  });

  it("of packs", async () => {
    const inner = pack([exp(x)], [0], 64);
    const plan = planOf({ outputs: [pack([inner, neg(x)], [0, 64], 128)] });
    const { outputs } = await runPlan(backend, plan, new Map([feed(x, 0, 1)]));
    expect([0, 1, 64, 65].map((i) => outputs[0]![i])).toEqual([1, Math.E, -0, -1]);
  });

  it("as the gradient of an update are read in the same launch as the state", () => {
    const parameters = state("parameters", [128]);
    const gradient = pack([exp(x), neg(x)], offsets, 128);
    const plan = planOf({ outputs: [], updates: [{ state: parameters, value: sub(parameters, gradient) }] }, true);
    expect(describeSteps(plan.launches).at(-1)).toBe("sub");
    expect(plan.launches).toHaveLength(3);
  });
});

describe("arenas", () => {
  it("are reused by values that do not live at once, two for a chain of any length", () => {
    let y: Node = input("x", [100]);
    for (let i = 0; i < 10; i++) y = exp(y);
    // 100 elements round up to 128, the next multiple of 64.
    expect(planOf({ outputs: [y] }).arenas).toEqual([128, 128]);
  });

  it("keep what is read much later", async () => {
    const x = input("x", [64]);
    const kept = exp(x);
    let y = kept;
    for (let i = 0; i < 6; i++) y = neg(y);
    const plan = planOf({ outputs: [add(y, kept)] });
    expect(plan.arenas.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(4 * 64);
    expect((await runPlan(backend, plan, new Map())).outputs[0]?.[0]).toBe(2);
  });

  it("keep outputs to the end, and inner values read through views", () => {
    const x = input("x", [8, 8]);
    const first = exp(x);
    const viewed = reshape(first, [64]);
    let y = neg(first);
    for (let i = 0; i < 5; i++) y = neg(y);
    // It throws when two living values overlap.
    expect(() => planOf({ outputs: [first, add(reshape(y, [64]), viewed), viewed] })).not.toThrow();
  });
});

describe("kernels that write into their own input", () => {
  const ring = state("ring", [4, 2]);
  const row = stepScalar("row", "u32");

  it("run as the update of that state", async () => {
    const next = writeRow(ring, row, [sum(input("x", [2]))]);
    const plan = planOf({ outputs: [], updates: [{ state: ring, value: next }] }, true);
    expect(plan.scalars).toEqual([row]);
    const { leaves } = await runPlan(backend, plan, new Map([feed(ring, 1, 2, 3, 4, 5, 6, 7, 8)]), {
      rows: [{ row: 1 }, { row: 7 }],
      leaves: [ring],
    });
    expect(leaves).toEqual([[1, 2, 0, 4, 5, 6, 0, 8]]);
  });

  it("run one after the other where a row has many values", async () => {
    const wide = state("wide", [2, 13]);
    const x = input("x", [2]);
    const values = Array.from({ length: 12 }, (_, i) => sum(mul(x, i)));
    const plan = planOf({ outputs: [], updates: [{ state: wide, value: writeRow(wide, row, values) }] }, true);
    const wasm = await createWasmBackend({ variant: "simd" });
    for (const each of [backend, wasm]) {
      if (!each) throw new Error("expected WebAssembly here, got none");
      const { leaves } = await runPlan(
        each,
        plan,
        new Map([
          [wide, new Float32Array(26).fill(-1)],
          [x, Float32Array.of(1, 2)],
        ]),
        {
          rows: [{ row: 1 }],
          leaves: [wide],
        },
      );
      expect(leaves[0]?.slice(0, 13), each.adapter).toEqual(new Array(13).fill(-1));
      expect(leaves[0]?.slice(13), each.adapter).toEqual([...values.map((_, i) => 3 * i), -1]);
    }
    wasm?.dispose();
  });

  it.each([
    [
      "of another state",
      () => ({
        outputs: [],
        updates: [{ state: state("other", [4, 2]), value: writeRow(ring, row, [input("x", [])]) }],
      }),
    ],
    ["that no state takes", () => ({ outputs: [writeRow(ring, row, [input("x", [])])] })],
    [
      "that is read afterwards",
      () => {
        const next = writeRow(ring, row, [input("x", [])]);
        return { outputs: [sum(add(next, ring))], updates: [{ state: ring, value: next }] };
      },
    ],
  ])("are refused as a value %s", (_, computation) => {
    expect(() => compile(computation())).toThrow(
      "writeRow: expected to be the update of the state it writes into, last of all that read it, got",
    );
  });
});
