// The benchmark's own arithmetic, and the peak of a GPU: that it is counted right, and that nothing of it is left out.
import { describe, expect, it } from "vitest";
import { affordableSamples } from "../../bench/measurer";
import type { Contender, Finding, Measurement } from "../../bench/protocol";
import { columns, toMarkdown, toText } from "../../bench/report";
import { median } from "../../bench/statistics";
import { flopsPerStep, seededTexts, TEXT_LENGTH, VOCABULARY, type WorkloadId, workloads } from "../../bench/workloads";
import { contendersFor } from "../../bench/conduct";
import { bars, describeBars } from "../../scripts/bench/bars";
import { toJson } from "../../scripts/bench/report";
import { countGpuCalls } from "../../src/engine/backend/webgpu/calls";
import { expectedPeakSum, openPeakKernel } from "../../src/engine/backend/webgpu/peak";
import { createWebGpuBackend } from "../../src/engine/backend/webgpu/webgpuBackend";
import { compile } from "../../src/engine/compile/compile";
import { constant } from "../../src/engine/ops/constant";
import { state } from "../../src/engine/ops/leaf";
import { matmul } from "../../src/engine/ops/matmul";
import { softmax } from "../../src/engine/ops/softmax";
import { testGpu } from "../support/gpu";
import { tensorsOf } from "../support/plans";

/** A finding of a workload of `gigaflops` done in samples of these milliseconds. */
function finding(workload: WorkloadId, contender: string, gigaflops: number, times: readonly number[]): Finding {
  const [library, backend] = contender.split(" ") as [Contender["library"], Contender["backend"]];
  const measured: Measurement = {
    adapter: "an adapter",
    samples: times.length,
    stepsPerSample: 1,
    flopsPerStep: gigaflops * 1e9,
    first: 1,
    difference: 0,
    taken: times.map((ms) => ({ ms, dispatches: 3, submits: 1.25 })),
  };
  return { workload, library, backend, answer: { kind: "done", value: measured } };
}

const findings: readonly Finding[] = [
  finding("peak", "descent webgpu", 10, [100]),
  finding("peak-scalars", "descent webgpu", 20, [100]),
  finding("matmul-1024", "descent webgpu", 2, [30, 40, 50]),
  finding("matmul-1024", "jax-js webgpu", 2, [100, 20]),
  { workload: "matmul-1024", library: "tfjs", backend: "webgpu", answer: { kind: "unsupported", message: "no" } },
];

describe("workloads", () => {
  it("know their arithmetic", () => {
    // Forward and the kernel's gradient of both layers, and the input's gradient of the second.
    expect(flopsPerStep(workloads["mlp-b32"])).toBe(32 * 2 * (2 * 784 * 128 + 3 * 128 * 10));
    // Of each of 28 rows the input's product twice and the recurrent one three times, and the classes.
    expect(flopsPerStep(workloads["lstm-b128"])).toBe(128 * 2 * (28 * 512 * (2 * 28 + 3 * 128) + 3 * 128 * 10));
    // Of each character 12 matrices of 64 by 64 in each of four blocks, scores and weighted sums over 64 characters, and 65 classes.
    const perCharacter = 4 * (12 * 64 * 64 + 2 * 64 * 64) + 64 * 65;
    expect(flopsPerStep(workloads["gpt-b16"])).toBe(16 * 64 * 2 * 3 * perCharacter);
    expect(flopsPerStep(workloads["matmul-2048"])).toBe(2 ** 34);
    // As much as 32 samples take, four times.
    expect(flopsPerStep(workloads["cnn-b128"])).toBe(4 * flopsPerStep(workloads["cnn-b32"]));
  });

  it("have texts of characters that there are, the same every time", () => {
    const texts = seededTexts(2);
    expect(texts).toHaveLength(2 * (TEXT_LENGTH + 1));
    expect(Math.max(...texts)).toBeLessThan(VOCABULARY);
    expect(new Set(texts).size).toBeGreaterThan(40);
    expect(seededTexts(2)).toEqual(texts);
  });

  it("leave the peak to the GPU", () => {
    const all: Contender[] = [
      { library: "descent", backend: "cpu" },
      { library: "descent", backend: "webgpu" },
      { library: "tfjs", backend: "webgpu" },
    ];
    expect(contendersFor("peak", all)).toEqual([{ library: "descent", backend: "webgpu" }]);
    expect(contendersFor("mlp-b32", all)).toBe(all);
  });
});

describe("samples", () => {
  it("have a middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it("are as many as there is time for, and one at least", () => {
    expect(affordableSamples(100)).toBeGreaterThan(100);
    expect(affordableSamples(12_000)).toBe(7);
    expect(affordableSamples(30_000)).toBe(3);
    expect(affordableSamples(200_000)).toBe(1);
  });
});

describe("the report", () => {
  const { workload, library, ms, gflops, share, submits } = columns;

  it("is a table in Markdown", () => {
    expect(toMarkdown([workload, library, ms, gflops, share, submits], findings).split("\n")).toEqual([
      "| workload | library | ms per step | GFLOP/s | of peak | submits |",
      "| --- | --- | --: | --: | --: | --: |",
      "| peak | descent | 100 | 100 | 50% | 1.25 |",
      "| peak-scalars | descent | 100 | 200 | 100% | 1.25 |",
      "| matmul-1024 | descent | 40.0 | 50.0 | 25% | 1.25 |",
      "| matmul-1024 | jax-js | 60.0 | 33.3 | 17% | 1.25 |",
      "| matmul-1024 | tfjs | unsupported |  |  |  |",
    ]);
  });

  it("is a table in a terminal", () => {
    expect(toText([workload, ms], [findings[0]!, findings[2]!]).split("\n")).toEqual([
      "workload     ms per step",
      "-----------  -----------",
      "peak                 100",
      "",
      "matmul-1024         40.0",
    ]);
  });

  it("is an object for programs", () => {
    const { results, adapter } = toJson("a machine", findings);
    expect(adapter).toBe("an adapter");
    expect(results[2]).toEqual({
      workload: "matmul-1024",
      library: "descent",
      backend: "webgpu",
      medianMs: 40,
      samples: 3,
      gflops: 50,
      dispatchesPerStep: 3,
      submitsPerStep: 1.25,
    });
    expect(results).toHaveLength(4);
  });

  it("tells which bars are reached, of those that were measured", () => {
    expect(describeBars(findings)).toEqual([
      "reached      matmul-1024 on webgpu: 1.50x jax-js webgpu; at least 1x",
      "reached      matmul-1024 on webgpu: 0.500x peak; at least 0.4x",
    ]);
    const slower = [finding("cnn-b32", "descent webgpu", 1, [40]), finding("cnn-b32", "jax-js webgpu", 1, [100])];
    expect(describeBars(slower)).toEqual(["not reached  cnn-b32 on webgpu: 2.50x jax-js webgpu; at least 3x, aim 5x"]);
    expect(bars.filter(({ aim, least }) => aim !== undefined && aim <= least)).toEqual([]);
  });
});

describe.each([
  { form: "vectors", variables: 8, width: 4 },
  { form: "scalars", variables: 12, width: 1 },
] as const)("the peak kernel of $form", ({ form, variables, width }) => {
  it("does all of its arithmetic", async () => {
    const kernel = await openPeakKernel(form, await testGpu());
    try {
      await kernel.run(2);
      expect((await kernel.read()) / expectedPeakSum(form)).toBeCloseTo(1, 4);
      // Chains of 1,024 multiply-adds in 64 workgroups of 256 threads, doubled until it takes long enough.
      const smallest = 2 * variables * width * 1024 * 64 * 256;
      expect(Math.log2(kernel.flopsPerLaunch / smallest) % 1).toBe(0);
      expect(kernel.flopsPerLaunch).toBeGreaterThanOrEqual(smallest);
    } finally {
      kernel.dispose();
    }
  });

  it("expects what the recurrence gives, done one by one", () => {
    let sum = 0;
    for (let start = 0; start < variables; start++) {
      let x = start;
      for (let i = 0; i < 1024; i++) x = 0.999 * x + 0.002;
      sum += width * x;
    }
    expect(expectedPeakSum(form)).toBeCloseTo(sum, 6);
  });
});

describe("opening a peak kernel", () => {
  it("says so where there is no GPU", async () => {
    await expect(openPeakKernel("vectors", { requestAdapter: async () => null } as GPU)).rejects.toThrow(
      "expected a GPU adapter",
    );
  });
});

describe("counting what a GPU is asked", () => {
  it("sees every dispatch and every submission, and lets them through", async () => {
    const backend = await createWebGpuBackend({ gpu: await testGpu() });
    const a = state("a", [2, 2]);
    const output = softmax(matmul(a, constant(2, [2, 2])));
    const plan = compile({ outputs: [output] });
    const executable = await backend.prepare(plan, tensorsOf(backend, plan.leaves));
    const calls = countGpuCalls();
    executable.run([{}, {}]);
    expect(calls()).toEqual({ dispatches: 2 * executable.launchesPerRow, submits: 1 });
    expect([...(await executable.read(output))]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(calls().submits).toBe(2);
    backend.dispose();
  });
});
