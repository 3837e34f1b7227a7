// WebGPU agrees with the cpu on matrix products and convolutions.
import { linearCases } from "./cases/linear";
import { compareBackends } from "./support/compareBackends";

compareBackends(Object.entries(linearCases));
