// Random graphs: a fused plan computes what an unfused one does, on every backend, and both use memory soundly.
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend, TensorData } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { compile } from "../../src/engine/compile/compile";
import type { Computation } from "../../src/engine/compile/plan";
import type { Node } from "../../src/engine/graph/node";
import { broadcastTo, sum } from "../../src/engine/ops/broadcast";
import { gradients } from "../../src/engine/ops/gradients";
import { pack, reshape, segment } from "../../src/engine/ops/layout";
import { packOffsets } from "../../src/engine/ops/packing";
import { input, state } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import {
  abs,
  add,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  softplus,
  sub,
  tanh,
} from "../../src/engine/ops/pointwise";
import { max, mean } from "../../src/engine/ops/reduce";
import { logSoftmax, softmax } from "../../src/engine/ops/softmax";
import { concat, slice, transpose } from "../../src/engine/ops/strided";
import { uniform } from "../../src/engine/random";
import { broadcastShapes, sizeOf, type Shape } from "../../src/engine/shape";
import { testGpu } from "../support/gpu";
import { expectSoundPlan, runPlan } from "../support/plans";

/** One instruction: which rule of the table, and which values it takes; each is folded to what there is. */
type Instruction = readonly [rule: number, first: number, second: number, choice: number];

type Rule = (a: Node, b: Node, choice: number) => Node | undefined;

const fits = (a: Shape, b: Shape): boolean => {
  try {
    return sizeOf(broadcastShapes("test", a, b)) <= 4096;
  } catch {
    return false;
  }
};
const stretching =
  (op: (a: Node, b: Node) => Node): Rule =>
  (a, b) =>
    fits(a.shape, b.shape) ? op(a, b) : undefined;
const axisOf = (x: Node, choice: number): number => choice % Math.max(1, x.shape.length);

/** Rules whose derivative is continuous, so that rounding cannot tip a gradient over. */
const smooth: readonly Rule[] = [
  (a) => tanh(a),
  (a) => neg(a),
  (a) => sigmoid(a),
  (a) => softplus(a),
  stretching(add),
  stretching(add),
  stretching(sub),
  stretching(mul),
  stretching(mul),
  (a, _, choice) => mul(a, [0, 1, -1, 0.5][choice % 4]!),
  (a, _, choice) => add(a, [0, 1][choice % 2]!),
  (a, _, choice) => (a.shape.length > 0 ? sum(a, [axisOf(a, choice)], choice % 2 === 0) : undefined),
  (a, _, choice) =>
    a.shape.length > 0 ? mean(a, choice % 3 === 0 ? undefined : [axisOf(a, choice)], choice % 2 === 0) : undefined,
  (a) => (a.shape.length > 0 ? softmax(a) : undefined),
  (a) => (a.shape.length > 0 ? logSoftmax(a) : undefined),
  (a) => reshape(a, [sizeOf(a.shape)]),
  (a) => reshape(a, [...a.shape, 1]),
  (a, _, choice) => (a.shape.length < 3 ? broadcastTo(a, [1 + (choice % 3), ...a.shape]) : undefined),
  (a, b) => (a.shape.length === 2 && b.shape.length === 2 && a.shape[1] === b.shape[0] ? matmul(a, b) : undefined),
  (a, b) =>
    a.shape.length === 2 && b.shape.length === 2 && a.shape[1] === b.shape[1]
      ? matmul(a, b, { transposeB: true })
      : undefined,
  (a) => (a.shape.length === 2 ? transpose(a, [1, 0]) : undefined),
  (a, _b, choice) => {
    const axis = axisOf(a, choice);
    if ((a.shape[axis] ?? 1) < 2) return undefined;
    const starts = a.shape.map(() => 0);
    starts[axis] = 1;
    return slice(
      a,
      starts,
      a.shape.map((dim, i) => dim - starts[i]!),
    );
  },
  (a, b) => (a.shape.length === 1 && b.shape.length === 1 ? concat([a, b], 0) : undefined),
  (a, b, choice) => {
    const { offsets, size } = packOffsets([sizeOf(a.shape), sizeOf(b.shape)]);
    const flat = pack([a, b], offsets, size);
    return choice % 2 === 0 ? segment(flat, offsets[1]!, b.shape) : segment(flat, 0, a.shape);
  },
];
const all: readonly Rule[] = [
  ...smooth,
  (a) => relu(a),
  (a) => abs(a),
  stretching(maximum),
  stretching(minimum),
  (a) => (a.shape.length > 0 ? max(a) : undefined),
];

const shapes: readonly Shape[] = [[3, 4], [4], [3, 1], [], [4, 3], [1]];

/** A graph: its inputs and states, and every value on the way. Values stay small, so that nothing overflows. */
function grow(
  rules: readonly Rule[],
  instructions: readonly Instruction[],
): { leaves: Node[]; states: Node[]; values: Node[] } {
  const leaves = shapes.map((shape, i) => input(`x${i}`, shape));
  const states = [state("s0", [3, 4]), state("s1", [4]), state("s2", [12])];
  const values = [...leaves, ...states];
  const bounds = new Map<Node, number>(values.map((node) => [node, 1]));
  for (const [rule, first, second, choice] of instructions) {
    const [a, b] = [values.at(-1 - (first % values.length))!, values.at(-1 - (second % values.length))!];
    const made = rules[rule % rules.length]!(a, b, choice);
    if (!made || sizeOf(made.shape) > 4096) continue;
    // Whatever the rule, a result is below the product of its operands and its number of terms.
    const bound = (bounds.get(a)! + 1) * (bounds.get(b)! + 1) * sizeOf(a.shape);
    const node = bound > 1e4 ? tanh(made) : made;
    bounds.set(node, bound > 1e4 ? 1 : bound);
    values.push(node);
  }
  return { leaves, states, values };
}

const instructionsOf = (maxLength: number) =>
  fc.array(fc.tuple(fc.nat(10_000), fc.nat(8), fc.nat(30), fc.nat(100)), { minLength: 3, maxLength });

/** Numbers in [-1, 1) for every leaf, f32, so that all backends start from the same. */
function feedsOf(nodes: readonly Node[], seed: number): Map<Node, TensorData> {
  return new Map(
    nodes.map((node, i) => [
      node,
      Float32Array.from({ length: sizeOf(node.shape) }, (_, k) => 2 * uniform(seed, 0, i, k) - 1),
    ]),
  );
}

/** Some values as outputs, and each state replaced by a value of its size where there is one. */
function computationOf({ states, values }: ReturnType<typeof grow>, picks: readonly number[]): Computation {
  const outputs = [
    values.at(-1)!,
    ...picks.map((pick) => values[pick % values.length]!).filter(({ op }) => op.name !== "state"),
  ];
  const updates = states.flatMap((held, i) => {
    const candidates = values.filter((node) => sizeOf(node.shape) === sizeOf(held.shape));
    const value = candidates.at(-1 - ((picks[i] ?? 0) % candidates.length));
    return value ? [{ state: held, value }] : [];
  });
  return { outputs, updates };
}

async function compare(
  computation: Computation,
  feeds: ReadonlyMap<Node, TensorData>,
  states: readonly Node[],
  [left, right]: readonly { readonly backend: Backend; readonly fuse: boolean }[],
  tolerance: number,
): Promise<void> {
  const results = await Promise.all(
    [left!, right!].map(async ({ backend, fuse }) => {
      const plan = compile(computation, { fuse });
      expectSoundPlan(plan);
      // Two steps, so that what is left in memory by the first would show in the second.
      const { outputs, leaves } = await runPlan(backend, plan, feeds, { rows: [{}, {}], leaves: states });
      return [...outputs, ...leaves].flat();
    }),
  );
  const [actual, expected] = [results[0]!, results[1]!];
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    if (!Number.isFinite(value)) expect.fail(`element ${i} is ${value}: the graph overflows`);
    if (!(Math.abs(actual[i]! - value) <= tolerance * Math.max(1, Math.abs(value)))) {
      expect.fail(`element ${i}: expected ${value}, got ${actual[i]}`);
    }
  });
}

const double = createCpuBackend("float64");
const single = createCpuBackend("float32");

describe("on the cpu in float64", () => {
  // The same operations in the same order, but for constants folded beforehand: a few roundings of 1e-16 each.
  const TOLERANCE = 1e-12;
  const pair = [
    { backend: double, fuse: true },
    { backend: double, fuse: false },
  ] as const;

  it("values and updates of random graphs agree, fused and not", async () => {
    await fc.assert(
      fc.asyncProperty(
        instructionsOf(25),
        fc.array(fc.nat(40), { minLength: 3, maxLength: 4 }),
        async (instructions, picks) => {
          const graph = grow(all, instructions);
          const feeds = feedsOf([...graph.leaves, ...graph.states], 1);
          await compare(computationOf(graph, picks), feeds, graph.states, pair, TOLERANCE);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it("gradients of random graphs agree, fused and not", async () => {
    await fc.assert(
      fc.asyncProperty(instructionsOf(15), async (instructions) => {
        const graph = grow(all, instructions);
        const slopes = gradients(mean(graph.values.at(-1)!), graph.leaves);
        const feeds = feedsOf([...graph.leaves, ...graph.states], 2);
        await compare({ outputs: slopes }, feeds, [], pair, TOLERANCE);
      }),
      { seed: 2, numRuns: 100 },
    );
  });
});

describe("on WebGPU", () => {
  /** Chains of up to a dozen f32 operations, each off by a few units in the last place (1.2e-7) of a value that may
   *  have been larger on the way, and sums in another order. */
  const TOLERANCE = 2e-4;
  let webgpu: Backend;
  beforeAll(async () => {
    webgpu = await createWebGpuBackend({ gpu: await testGpu() });
  });
  afterAll(() => webgpu.dispose());

  it.each([true, false])(
    "random graphs and their gradients agree with the cpu in float32 (fused: %s)",
    async (fuse) => {
      await fc.assert(
        fc.asyncProperty(instructionsOf(12), async (instructions) => {
          const graph = grow(smooth, instructions);
          const last = graph.values.at(-1)!;
          const outputs = [last, ...gradients(mean(last), graph.leaves.slice(0, 3))];
          const feeds = feedsOf([...graph.leaves, ...graph.states], 3);
          await compare(
            { ...computationOf(graph, [1, 5, 9]), outputs },
            feeds,
            graph.states,
            [
              { backend: webgpu, fuse },
              { backend: single, fuse: false },
            ],
            TOLERANCE,
          );
        }),
        { seed: 3, numRuns: fuse ? 15 : 5 },
      );
    },
  );
});
