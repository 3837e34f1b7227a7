// WebGPU agrees with the cpu on matrix products and convolutions.
import { linearCases } from "../../src/engine/selftest/cases/linear";
import { compareBackends } from "./support/compareBackends";

compareBackends(Object.entries(linearCases));
