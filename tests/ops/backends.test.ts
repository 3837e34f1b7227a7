// WebGPU agrees with the cpu on every op but matrix products, whose shaders take longest to compile and which have a file,
// and so a process, of their own.
import { rowsOfTable } from "../../src/engine/selftest/cases";
import { linearCases } from "../../src/engine/selftest/cases/linear";
import { compareBackends } from "./support/compareBackends";

compareBackends(rowsOfTable.filter(([opName]) => !(opName in linearCases)));
