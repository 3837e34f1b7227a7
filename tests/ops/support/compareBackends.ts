// The second half of the conformance table: each sample on the cpu and on another backend, at awkward sizes.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OpCases } from "../../../src/engine/selftest/cases/table";
import { TOLERANCE } from "../../../src/engine/check/compare";
import { everyDay, isFull } from "../../support/full";
import { expectClose } from "./compare";
import { type BackendName, openBackend, type TestBackend } from "./run";

/** One; odd; one below, at and above a workgroup; and a prime above 256. The last every day: more than a workgroup, and no multiple
 *  of one. */
const SIZES = everyDay([257], [1, 7, 63, 64, 65, 257]);

/** Of each op's samples the plainest and the most awkward, which are the first and the last: every day a GPU compiles two shaders of
 *  each, where WebAssembly is asked for all of them. */
const ends = <T>(samples: readonly T[]): readonly T[] =>
  isFull || samples.length <= 2 ? samples : [samples[0]!, samples.at(-1)!];

/** Defines a test for each sample of each op, every day for two on a GPU. */
export function compareBackends(table: readonly (readonly [string, OpCases])[], name: BackendName = "webgpu"): void {
  let cpu: TestBackend;
  let other: TestBackend;
  beforeAll(async () => {
    cpu = await openBackend("cpu");
    other = await openBackend(name);
  });
  afterAll(() => {
    cpu.dispose();
    other.dispose();
  });

  describe.each(SIZES)("size %i", (size) => {
    for (const [opName, { sized, tolerance = TOLERANCE }] of table) {
      for (const sample of name === "webgpu" ? ends(sized(size)) : sized(size)) {
        test(`${opName}: ${sample.name}`, async () => {
          const expected = await cpu.runSample(sample);
          const actual = await other.runSample(sample);
          expect(actual.shape).toEqual(expected.shape);
          expectClose(actual.values, expected.values, tolerance);
        });
      }
    }
  });
}
