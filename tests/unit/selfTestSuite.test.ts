// The whole self-test outside a browser: what it runs, and that it tells of a fault and goes on.
import { describe, expect, it } from "vitest";
import { gemmVariants, needsQuads } from "../../src/engine/ops/gemmShader";
import { Forecast } from "../../src/engine/selftest/forecast";
import type { SuiteEvent, SuiteOptions, SuiteResult } from "../../src/engine/selftest/protocol";
import { runSuite } from "../../src/engine/selftest/suite";
import { type SuiteState } from "../../app/selftest/suite";
import { readOptions } from "../../app/selftest/options";
import { writeReport } from "../../app/selftest/report";
import { everyDay, fullTest, isFull } from "../support/full";
import { testGpu } from "../support/gpu";
import { wrongGpu } from "../support/wrongGpu";

async function run(gpu: GPU | undefined, options: SuiteOptions): Promise<SuiteEvent[]> {
  const events: SuiteEvent[] = [];
  await runSuite(
    gpu,
    (event) => events.push(event),
    async () => {},
    options,
  );
  return events;
}

const resultsOf = (events: readonly SuiteEvent[]): SuiteResult[] =>
  events.flatMap((event) => (event.type === "results" ? event.results : []));

describe("the suite", () => {
  it("runs every case of an op on the GPU, on each candidate and on the CPU, and announces how many", async () => {
    const gpu = await testGpu();
    const hasSubgroups = (await gpu.requestAdapter())?.features.has("subgroups");
    const all = gemmVariants.filter((variant) => hasSubgroups || !needsQuads(variant));
    // The texts of variants take seconds each to compile; against the reference, all of them are in `gemmVariants.test.ts`.
    const variants = everyDay(["registers"], all);
    // The product with the fewest cases, since each is compiled in every way there is.
    const asked = { ops: ["conv2dKernelGrad", "square"], sizes: [] };
    const events = await run(gpu, isFull ? asked : { ...asked, variants });
    const results = resultsOf(events);
    expect(events[0]).toMatchObject({ type: "started", total: results.length });
    expect(events.at(-1)).toMatchObject({ type: "finished" });
    expect(results.filter(({ verdict }) => !verdict?.ok)).toEqual([]);
    const counts = new Map<string, number>();
    for (const { machine, variant, op } of results) {
      const key = `${op} ${machine} ${variant}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({
      "square webgpu ": 1,
      ...Object.fromEntries(variants.map((variant) => [`conv2dKernelGrad webgpu ${variant}`, 2])),
      "square cpu ": 1,
      "conv2dKernelGrad cpu ": 2,
    });
  });

  it("guesses what is left from each kind's own pace, and nothing in the end", async () => {
    const forecast = new Forecast();
    forecast.announce("quick", 10);
    forecast.announce("slow", 3);
    forecast.finish("quick", 4, 8);
    expect(forecast.remainingMs, "nothing is known of the slow ones").toBeNull();
    forecast.finish("slow", 1, 500);
    expect(forecast.remainingMs).toBe(6 * 2 + 2 * 500);
    const events = await run(undefined, { ops: ["conv2dKernelGrad", "square"], sizes: [] });
    expect(events.findLast(({ type }) => type === "results")).toMatchObject({ remainingMs: 0 });
  });

  fullTest("runs the presets' kernels, each kind once, and everything on the CPU where there is no GPU", async () => {
    const events = await run(undefined, { sizes: [7] });
    const [start] = events;
    expect(start).toMatchObject({ type: "started", machines: [{ kind: "cpu" }] });
    const results = resultsOf(events);
    expect(results.filter(({ verdict }) => !verdict?.ok)).toEqual([]);
    expect(results.map(({ op }) => op)).toEqual(
      expect.arrayContaining(["conv2dInputGrad", "softmaxCrossEntropyWithGrad", "erf", "writeRow", "concat"]),
    );
    // Nearly all presets have it, and texts a kernel of their own, as it is fused there.
    const entropies = results.filter(({ op }) => op === "softmaxCrossEntropyWithGrad").map(({ name }) => name);
    expect(entropies).toEqual([expect.stringMatching(/^Perceptron/), expect.stringMatching(/^Moby-Dick/)]);
  });

  it("goes on after what is wrong and what does not compile", async () => {
    const { gpu } = await wrongGpu({ kernel: "square", stored: "value + 0.25" });
    const onGpu = async (with_: GPU): Promise<SuiteResult[]> =>
      resultsOf(await run(with_, { ops: ["square", "neg"], sizes: [] })).filter(({ machine }) => machine === "webgpu");
    const wrong = await onGpu(gpu);
    expect(wrong.filter(({ op }) => op === "neg").every(({ verdict }) => verdict?.ok)).toBe(true);
    for (const { verdict, error } of wrong.filter(({ op }) => op === "square")) {
      expect(verdict).toMatchObject({ ok: false, deterministic: true });
      expect(verdict?.worst).toBeGreaterThan(0.02);
      expect(error).toBeNull();
    }
    const invalid = await onGpu((await wrongGpu({ kernel: "square", stored: "no_such_thing" })).gpu);
    for (const result of invalid.filter(({ op }) => op === "square")) {
      expect(result).toMatchObject({ verdict: null, error: expect.stringMatching(/no_such_thing/) });
    }
  });
});

describe("the report", () => {
  const pass = { ok: true, worst: 1e-7, allowed: 2e-6, deterministic: true };
  const suite: SuiteState = {
    state: "cancelled",
    machines: [{ kind: "cpu", adapter: "WebAssembly with SIMD, 1 thread" }],
    total: 9,
    elapsedMs: 0,
    remainingMs: null,
    problem: null,
    results: [
      { machine: "cpu", op: "sum", name: "rows", variant: "", error: null, verdict: pass },
      {
        machine: "cpu",
        op: "sum",
        name: "all | of it",
        variant: "",
        error: null,
        verdict: { ...pass, ok: false, worst: 0.5 },
      },
      {
        machine: "cpu",
        op: "sum",
        name: "twice",
        variant: "",
        error: null,
        verdict: { ...pass, ok: false, deterministic: false },
      },
      { machine: "webgpu", op: "matmul", name: "two", variant: "tiled", error: "line 1\n  line 2", verdict: null },
    ],
  };

  it("names every failure, and sums the rest up by op", () => {
    const surroundings = { userAgent: "Browser/1", hardwareConcurrency: 4, isIsolated: false };
    expect(writeReport(suite, surroundings)).toBe(`## Descent self-test

- Result: 1 passed, 3 failed of 9, cancelled
- GPU: none
- CPU: WebAssembly with SIMD, 1 thread, of 4 logical CPUs, not cross-origin isolated
- Browser: Browser/1

### Failures

| Op | Case | On | Result | Worst error | Allowed | Same bits twice | Message |
| --- | --- | --- | --- | --- | --- | --- | --- |
| sum | all \\| of it | CPU | Wrong | 0.5 | 2e-6 | yes |  |
| sum | twice | CPU | Unsteady | 1e-7 | 2e-6 | no |  |
| matmul | two | GPU, tiled | Did not run |  |  |  | line 1 line 2 |

### All ops

| Op | On | Passed | Worst error | Allowed |
| --- | --- | --- | --- | --- |
| sum | CPU | 1 of 3 | 0.5 | 2e-6 |
| matmul | GPU, tiled | 0 of 1 |  |  |
`);
  });
});

describe("the address", () => {
  it.each([
    ["", {}],
    ["?sizes=7,65&ops=matmul,softmax", { sizes: [7, 65], ops: ["matmul", "softmax"] }],
    ["?sizes=0,1.5,x,900,257&ops=", { sizes: [257] }],
  ])("%s", (search, options) => {
    expect(readOptions(search)).toEqual(options);
  });
});
