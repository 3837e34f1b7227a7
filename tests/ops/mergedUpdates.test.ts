// Updates done by the launch that makes their gradients, against the plain plan in float64.
import { describe, expect, test } from "vitest";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { compile } from "../../src/engine/compile/compile";
import { merging } from "../../src/engine/compile/merging";
import type { CompileOptions } from "../../src/engine/compile/plan";
import type { GemmVariant } from "../../src/engine/graph/kernel";
import type { Node } from "../../src/engine/graph/node";
import { gradients } from "../../src/engine/ops/gradients";
import { pack, segment } from "../../src/engine/ops/layout";
import { input, state } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { add, mul, sigmoid, square, sub } from "../../src/engine/ops/pointwise";
import { mean } from "../../src/engine/ops/reduce";
import { drawn } from "../../src/engine/selftest/sample";
import { everyDay } from "../support/full";
import { testGpu } from "../support/gpu";
import { describeSteps, expectSoundPlan } from "../support/plans";
import { expectClose } from "./support/compare";
import { tolerances } from "./support/merged";
import { type Job, openBackend, TestBackend, testBackend } from "./support/run";

interface Trained {
  readonly rows: number;
  readonly features: number;
  readonly units: number;
  /** Whether the second layer learns too, whose weights the gradient of the first one reads. */
  readonly deep?: boolean;
}

const PARAMETERS = 1024;

/** Dense layers that gradient descent moves. The parts of the gradient lie apart. */
function trainedCase({ rows, features, units, deep = false }: Trained): Job & { readonly gradient: Node } {
  const x = input("x", [rows, features]);
  const parameters = state("parameters", [PARAMETERS]);
  const w = segment(parameters, 0, [features, units]);
  const b = segment(parameters, 512, [units]);
  const fixed = input("fixed", [units, 2]);
  const last = deep ? segment(parameters, 768, [units, 2]) : fixed;
  const hidden = sigmoid(add(matmul(x, w), b));
  const loss = mean(square(matmul(hidden, last)));
  const leaves = deep ? [w, b, last] : [w, b];
  const gradient = pack(gradients(loss, leaves), [0, 512, 768].slice(0, leaves.length), PARAMETERS);
  return {
    gradient,
    inputs: [x, fixed, parameters],
    feeds: [drawn([rows, features], 1), drawn([units, 2], 2), drawn([PARAMETERS], 3)],
    outputs: [loss],
    updates: [{ state: parameters, value: sub(parameters, mul(gradient, 0.5)) }],
  };
}

/** Two layers side by side, of which one sees so many rows that its gradient is made in parts. */
function partlySplitCase(): Job {
  const [long, short] = [input("long", [1100, 5]), input("short", [9, 6])];
  const parameters = state("parameters", [128]);
  const [w, v] = [segment(parameters, 0, [5, 3]), segment(parameters, 64, [6, 2])];
  const loss = add(mean(square(sigmoid(matmul(long, w)))), mean(square(sigmoid(matmul(short, v)))));
  const gradient = pack(gradients(loss, [w, v]), [0, 64], 128);
  return {
    inputs: [long, short, parameters],
    feeds: [drawn([1100, 5], 1), drawn([9, 6], 2), drawn([128], 3)],
    outputs: [loss],
    updates: [{ state: parameters, value: sub(parameters, mul(gradient, 0.5)) }],
  };
}

const trained: readonly Trained[] = [
  { rows: 1, features: 1, units: 1 },
  { rows: 9, features: 13, units: 33 },
  { rows: 70, features: 40, units: 12 },
];

function launchesOf({ outputs, updates = [] }: Job, options: Partial<CompileOptions> = {}): string[] {
  const plan = compile({ outputs, updates }, { fuse: true, merging, ...options });
  expectSoundPlan(plan);
  return describeSteps(plan.launches);
}

const isSunk = (launches: readonly string[]): boolean => launches.some((name) => /> sub/.test(name));

describe("an update", () => {
  test.each(trained)("is done by the launch that makes the gradients: %o", (sizes) => {
    expect(isSunk(launchesOf(trainedCase(sizes)))).toBe(true);
  });

  test("is a launch of its own where somebody else wants the gradient, or too much would be bound", () => {
    const job = trainedCase(trained[1]!);
    expect(isSunk(launchesOf({ ...job, outputs: [...job.outputs, mul(job.gradient, 2)] }))).toBe(false);
    expect(isSunk(launchesOf(job, { bindings: 2 }))).toBe(false);
  });

  test("is a launch of its own where the gradients are made by several", () => {
    const launches = launchesOf(trainedCase({ ...trained[1]!, deep: true }));
    expect(
      launches.filter((name) => name.includes("matmulWithSums") || name.includes("matmul ->")).length,
    ).toBeGreaterThan(1);
    expect(isSunk(launches)).toBe(false);
  });

  // Found by random models: the launch moved the second layer only, and the first never learned.
  test("is a launch of its own where it adds up parts of some gradient", () => {
    const launches = launchesOf(partlySplitCase());
    expect(launches.join()).toContain("matmulParts");
    expect(isSunk(launches)).toBe(false);
  });

  async function expectSame(backend: TestBackend, makeJob: () => Job, tolerance: number): Promise<void> {
    const reference = await openBackend("cpu64");
    const losses: number[][] = [];
    for (const [on, options] of [
      [reference, { fuse: false }],
      [backend, { merge: true }],
    ] as const) {
      const job = makeJob();
      const prepared = await on.prepare({ ...job, ...options });
      // What one update made is what the next run starts from.
      const seen: number[] = [];
      for (let run = 0; run < 3; run++) seen.push((await prepared.run())[0]![0]!);
      losses.push(seen);
      prepared.dispose();
    }
    expect(new Set(losses[0]).size).toBe(3);
    expectClose(losses[1]!, losses[0]!, tolerance);
    reference.dispose();
  }

  describe.each(tolerances)("on %s", (name, tolerance) => {
    const backend = testBackend(name);

    test.each(name === "webgpu" ? everyDay(trained.slice(1, 2), trained) : trained)("%o", (sizes) =>
      expectSame(backend(), () => trainedCase(sizes), tolerance),
    );

    test("a gradient in parts beside a whole one", () => expectSame(backend(), partlySplitCase, tolerance));
  });

  // All ways store through the same functions; these differ in who calls them.
  test.each<GemmVariant>(everyDay(["reduce"], ["reduce", "quads16x4", "registers", "tiled128"]))(
    "with products by %s",
    async (gemm) => {
      const backend = new TestBackend(await createWebGpuBackend({ gpu: await testGpu(), gemm }));
      await expectSame(backend, () => trainedCase(trained[1]!), 3e-5);
      backend.dispose();
    },
  );
});
