// The WebAssembly kernels agree with the TypeScript ones on every op, with plain and with relaxed SIMD.
import { describe } from "vitest";
import { rowsOfTable } from "../../src/engine/selftest/cases";
import { compareBackends } from "./support/compareBackends";

describe.each(["simd", "relaxed"] as const)("%s", (name) => {
  compareBackends(rowsOfTable, name);
});
