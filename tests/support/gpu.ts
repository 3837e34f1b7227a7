// WebGPU for tests, on Dawn for Node; refuses to skip: a machine without an adapter fails the test that asks.
import { openGpu } from "../../scripts/support/dawn";

/** @throws Error when no adapter answers, which means that the test was not started through `npm test` */
export async function testGpu(): Promise<GPU> {
  const gpu = openGpu();
  const adapter = await gpu.requestAdapter();
  if (adapter === null) {
    const driver = process.env["VK_ICD_FILENAMES"] ?? "none named";
    throw new Error(
      `WebGPU in Node: expected an adapter, got none (VK_ICD_FILENAMES: ${driver}). ` +
        "Start tests with npm test -- <file>, which brings a driver.",
    );
  }
  return gpu;
}
