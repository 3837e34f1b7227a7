// Kernels that only cards are given, where threads of a workgroup share what software does alone: on Dawn, whose software adapter says
// that it is a card, against float64.
import { expect, it } from "vitest";
import type { SuiteResult } from "../../src/engine/selftest/protocol";
import { runSuite } from "../../src/engine/selftest/suite";
import { hardware, watchedGpu } from "../support/fakeGpu";

/** Not whole blocks of what a thread reads at once; whole ones, and more than one. Samples of moments are large at the first. */
const ODD = 360;
const WHOLE = 1024;

it.each([
  ["sum", [ODD, WHOLE]],
  ["max", [ODD, WHOLE]],
  ["argMax", [ODD, WHOLE]],
  ["batchMoments", [65]],
  ["batchMomentsGrad", [65]],
] as const)("%s is right at sizes %j", async (op, sizes) => {
  const { gpu } = await watchedGpu(hardware);
  const results: SuiteResult[] = [];
  const listen = (event: Parameters<Parameters<typeof runSuite>[1]>[0]): void => {
    if (event.type === "results") results.push(...event.results);
  };
  await runSuite(gpu, listen, async () => {}, { ops: [op], sizes, variants: ["tiled"] });
  expect(results.filter(({ machine }) => machine === "webgpu").length).toBeGreaterThan(2);
  expect(results.filter(({ verdict, error }) => error !== null || verdict?.ok !== true)).toEqual([]);
});
