// Every op gives what was worked out by hand, on every backend.
import { describe, expect, test } from "vitest";
import { rowsOfTable } from "../../src/engine/selftest/cases";
import { expectClose } from "./support/compare";
import { type BackendName, backendNames, testBackend } from "./support/run";

/** Hand values carry 9 or 10 digits. WGSL allows exp, log, pow and division some units in the last place of f32, and
 *  the approximation of erf is good to 1.5e-7; with values up to 20 that is some 1e-6. The WebAssembly kernels compute
 *  every intermediate value in f32, with the same approximation of erf. */
const TOLERANCE: Record<BackendName, number> = { cpu: 5e-7, cpu64: 1e-8, simd: 3e-6, relaxed: 3e-6, webgpu: 3e-6 };

describe.each(backendNames)("%s", (backendName) => {
  const backend = testBackend(backendName);

  for (const [opName, { hand }] of rowsOfTable) {
    for (const sample of hand) {
      test(`${opName}: ${sample.name}`, async () => {
        const { shape, values } = await backend().runSample(sample);
        expect(shape).toEqual(sample.expected.shape);
        expectClose(values, sample.expected.values, TOLERANCE[backendName]);
      });
    }
  }
});
