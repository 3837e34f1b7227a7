// Which tests are quick enough for before each commit (`npm run test:tiny`): those that open nothing. Known by what they import.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths";

/** Parts of tests that open a GPU, a browser, a worker, a process or a dataset of images, or that draw models by the hundred. */
const openers =
  /support\/(browser|fakeGpu|gpu|mnist|randomModels|run|server|trainer|trainingStep|tuning|wrongGpu)"|scripts\/|openCpuBackend|createWasmBackend/;

/** The house rules, and every file of `tests/unit` that opens nothing. */
export const tinyTests = (): string[] => [
  "tests/architecture.test.ts",
  ...readdirSync(join(root, "tests/unit"))
    .filter((name) => name.endsWith(".test.ts") && !name.endsWith(".full.test.ts"))
    .map((name) => `tests/unit/${name}`)
    .filter((path) => !openers.test(readFileSync(join(root, path), "utf8"))),
];
