// The gradient of gathered rows, as an embedding's: it costs a sort of its indices and no look at all of them for each row,
// and sorting changes no bit of it.
import { describe, expect, test } from "vitest";
import type { TensorData } from "../../src/engine/backend/backend";
import { createCpuBackend } from "../../src/engine/backend/cpu/cpuBackend";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { isolateKernels, drawInputs, judgeParts } from "../../src/engine/check/isolate";
import { runTrial, type Trial, typed } from "../../src/engine/check/trial";
import { compile } from "../../src/engine/compile/compile";
import { merging } from "../../src/engine/compile/merging";
import { explainPlan } from "../../src/engine/compile/explain";
import type { Node } from "../../src/engine/graph/node";
import { sum } from "../../src/engine/ops/broadcast";
import { softmaxCrossEntropy } from "../../src/engine/ops/crossEntropy";
import { gatherOps, gatherRows } from "../../src/engine/ops/gather";
import { gradients } from "../../src/engine/ops/gradients";
import { input, state } from "../../src/engine/ops/leaf";
import { pack, segment } from "../../src/engine/ops/layout";
import { packOffsets } from "../../src/engine/ops/packing";
import { matmul } from "../../src/engine/ops/matmul";
import { mul, sub } from "../../src/engine/ops/pointwise";
import { mean } from "../../src/engine/ops/reduce";
import { drawn, drawnBelow, type Tensor } from "../../src/engine/selftest/sample";
import { testGpu } from "../support/gpu";
import { expectClose } from "./support/compare";
import { openBackend, testBackend } from "./support/run";

/** The gradients of tables read by the same indices, each weighted by a dy of its own. */
function embed(rows: number, lengths: readonly number[], count: number): { inputs: Node[]; outputs: Node[] } {
  const indices = input("indices", [count], "u32");
  const pairs = lengths.map((length) => {
    return [input(`table of ${length}`, [rows, length]), input(`dy of ${length}`, [count, length])] as const;
  });
  const outputs = pairs.flatMap(([table, dy]) => gradients(sum(mul(gatherRows(table, indices), dy)), [table]));
  return { inputs: [indices, ...pairs.map(([, dy]) => dy)], outputs };
}

const names = (outputs: readonly Node[], merge: boolean): string[] =>
  compile({ outputs }, { fuse: true, ...(merge && { merging }) }).launches.flatMap(({ kernel, members }) =>
    (members ?? [{ kernel }]).map((step) => step.kernel.name),
  );

describe("the plan for GPUs", () => {
  test.each([
    [33, ["sortReaders", "runStarts", "sumRuns"]],
    [256, ["sortReaders", "runStarts", "sumRuns"]],
    [4096, ["sortReaders", "mergeReaders", "runStarts", "sumRuns"]],
    [65_536, ["sortReaders", "mergeReaders", "mergeReaders", "runStarts", "sumRuns"]],
  ])("sorts %i indices and adds up runs", (count, expected) => {
    expect(names(embed(10_000, [64], count).outputs, true)).toEqual(expected);
  });

  test("looks through a few indices as they are, as the plan for the CPU and the plain plan do", () => {
    expect(names(embed(10_000, [64], 32).outputs, true)).toEqual(["gatherRowsGrad"]);
    expect(names(embed(10_000, [64], 4096).outputs, false)).toEqual(["gatherRowsGrad"]);
  });

  test("sorts once for two tables that are read alike", () => {
    const kernels = names(embed(500, [64, 8], 300).outputs, true);
    expect(kernels.filter((name) => name === "sortReaders")).toHaveLength(1);
    expect(kernels.filter((name) => name === "sumRuns")).toHaveLength(2);
  });

  test("does no more for each index than a sort does", () => {
    const [rows, count] = [10_000, 4096];
    const plan = compile({ outputs: embed(rows, [64], count).outputs }, { fuse: true, merging });
    const steps = explainPlan(plan).launches.map(({ flops }) => flops);
    const sums = count * 64;
    const sorting = steps.reduce((total, flops) => total + flops, 0) - sums;
    // Each index meets the 256 of its run and bisects fifteen others, and each row bisects them all; a look at all indices
    // for every element of the table would be 2,600 million.
    expect(sorting).toBeLessThan(count * (256 + 15 * 9) + (rows + 1) * 13 + 1);
    expect(sorting).toBeGreaterThan(count * 256);
  });
});

test("the processor reads every index once", () => {
  let reads = 0;
  const indices = new Proxy(
    Uint32Array.from({ length: 4096 }, (_, i) => (i * 7919) % 10_000),
    {
      get(target, key) {
        if (typeof key === "string" && /^\d+$/.test(key)) reads++;
        return Reflect.get(target, key);
      },
    },
  );
  const op = gatherOps.gatherRowsGrad;
  const inputTypes = [input("i", [4096], "u32"), input("dy", [4096, 8])] as const;
  const outputTypes = [input("dx", [10_000, 8])] as const;
  const dx = new Float32Array(80_000);
  const dy = new Float32Array(4096 * 8).fill(1);
  const scratch = (length: number) => new Float32Array(length);
  op.cpu({ inputs: [indices, dy], outputs: [dx], inputTypes, outputTypes, attrs: { rows: 10_000 }, scratch })();
  expect(reads).toBe(4096);
  expect(dx.reduce((total, value) => total + value, 0)).toBe(4096 * 8);
});

/** Indices of which every third is the same one, as padding is, some past the end, and some rows are never read. */
function withPadding(rows: number, count: number): Tensor {
  const indices = drawnBelow(rows + 3, [count], 1);
  return { ...indices, values: indices.values.map((index, i) => (i % 3 === 0 ? 2 : index)) };
}

describe.each(["webgpu", "cpu", "simd"] as const)("%s", (name) => {
  const backend = testBackend(name);
  const reference = testBackend("cpu64");

  test.each([
    [40, 33],
    [7, 257],
    [900, 4096],
    [300, 5000],
  ])("a table of %i rows read by %i: sorted or not, the same bits", async (rows, count) => {
    const { inputs, outputs } = embed(rows, [5], count);
    const feeds = [withPadding(rows, count), drawn([count, 5], 2)];
    const [expected] = await reference().run(outputs, inputs, feeds);
    const plain = await backend().run(outputs, inputs, feeds, false);
    const prepared = await backend().prepare({ outputs, inputs, feeds, merge: true });
    const sorted = await prepared.run();
    prepared.dispose();
    expect(sorted.map((values, i) => values.findIndex((value, k) => value !== plain[i]![k]))).toEqual([-1]);
    // Sums of up to 1,667 numbers.
    expectClose(sorted[0]!, expected!, 5e-5);
  });
});

// A table as models hold it: a stretch of all parameters, whose gradients lie end to end, and which one update replaces.
test.each(["webgpu", "simd"] as const)("a table among other parameters learns the same, on %s", async (name) => {
  const [rows, count, classes] = [120, 300, 3];
  const sizes = [rows * 4, 4 * classes];
  const { offsets, size } = packOffsets(sizes);
  const parameters = state("parameters", [size]);
  const table = segment(parameters, offsets[0]!, [rows, 4]);
  const weights = segment(parameters, offsets[1]!, [4, classes]);
  const [indices, labels] = [input("indices", [count], "u32"), input("labels", [count], "u32")];
  const loss = mean(softmaxCrossEntropy(matmul(gatherRows(table, indices), weights), labels));
  const gradient = pack(gradients(loss, [table, weights]), offsets, size);
  const job = {
    outputs: [loss, parameters],
    inputs: [parameters, indices, labels],
    feeds: [drawn([size], 1), withPadding(rows, count), drawnBelow(classes, [count], 3)],
    updates: [{ state: parameters, value: sub(parameters, mul(gradient, 2)) }],
  };
  const results = await Promise.all(
    (["cpu64", name] as const).map(async (of) => {
      const backend = await openBackend(of);
      const prepared = await backend.prepare({ ...job, fuse: of === name, merge: of === "webgpu" });
      for (let step = 0; step < 3; step++) await prepared.run();
      const values = await prepared.run();
      prepared.dispose();
      backend.dispose();
      return values;
    }),
  );
  const [[loss64, parameters64], [loss32, parameters32]] = results as [TensorData[], TensorData[]];
  expectClose(loss32!, loss64!, 1e-5);
  expectClose(parameters32!, parameters64!, 1e-5);
  // It has learnt something.
  expect(parameters32!.filter((value, i) => Math.abs(value - job.feeds[0]!.values[i]!) > 1e-3).length).toBeGreaterThan(
    99,
  );
});

// An order of readers is whole numbers that no noise can stand in for: it is made by the ops before it.
test.each([
  ["what they meet", undefined],
  ["noise", drawInputs],
])("the self-test passes each launch alone, on %s", async (_, meet) => {
  const { inputs, outputs } = embed(60, [5], 700);
  const data = [withPadding(60, 700), drawn([700, 5], 2)];
  const trial: Trial = {
    plan: compile({ outputs }, { fuse: true, merging }),
    feeds: new Map(inputs.map((node, i) => [node, typed(node.dtype, data[i]!.values)])),
    rows: [{}],
  };
  const backend = await createWebGpuBackend({ gpu: await testGpu() });
  const isolated = await isolateKernels(trial, () => true, undefined, meet);
  const [wanted] = await runTrial(createCpuBackend("float64"), isolated.trial, 1);
  const [first, second] = await runTrial(backend, isolated.trial, 2);
  backend.dispose();
  const verdicts = judgeParts(isolated, wanted!, [first!, second!]);
  expect(verdicts.map(({ ok, deterministic }) => ok && deterministic)).toEqual([true, true, true, true]);
  // Whole numbers are the reference's own, not nearly so.
  expect(isolated.parts.flatMap(({ outputs: made }) => made.map(({ isPlaces }) => isPlaces))).not.toContain(true);
});
