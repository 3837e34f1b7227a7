// WebGPU agrees with the cpu at awkward sizes: one, odd, around the workgroup size, and a prime above 256.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rowsOfTable } from "./cases";
import { expectClose } from "./support/compare";
import { openBackend, type TestBackend } from "./support/run";

const SIZES = [1, 7, 63, 64, 65, 257] as const;

/** f32 arithmetic in the same order differs only where WGSL allows it to: division by 2.5 units in the last place
 *  (1.2e-7 each), exp, log and pow by several, tanh by the error of its parts. Sums differ by their order; ops that
 *  add up many products carry a tolerance of their own. */
const TOLERANCE = 2e-6;

let cpu: TestBackend;
let webgpu: TestBackend;
beforeAll(async () => {
  cpu = await openBackend("cpu");
  webgpu = await openBackend("webgpu");
});
afterAll(() => {
  cpu.dispose();
  webgpu.dispose();
});

for (const [opName, { sized, tolerance = TOLERANCE }] of rowsOfTable) {
  describe(opName, () => {
    for (const size of SIZES) {
      for (const sample of sized(size)) {
        test(`at ${size}: ${sample.name}`, async () => {
          const expected = await cpu.runSample(sample);
          const actual = await webgpu.runSample(sample);
          expect(actual.shape).toEqual(expected.shape);
          expectClose(actual.values, expected.values, tolerance);
        });
      }
    }
  });
}
