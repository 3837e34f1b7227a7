// `npm test [-- <vitest arguments>]`, and with `--full` what is too long for every day: brings the data, the browser and the Vulkan driver, runs Vitest, and sums up in one
// line. Refuses to pass when a test was skipped or none ran.
import { readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { prepareMnist } from "./prepareMnist";
import { browserProgram } from "./support/chromium";
import { run } from "./support/commands";
import { dawnEnvironment } from "./support/dawn";
import { cacheDir, root } from "./support/paths";
import { countTests, type VitestReport } from "./support/testCounts";

await browserProgram();
await prepareMnist();

const given = process.argv.slice(2);
if (given.includes("--full")) process.env["DESCENT_TESTS"] = "full";

const reportPath = join(cacheDir, `tests-${process.pid}.json`);
await mkdir(cacheDir, { recursive: true });
const exitCode = await run(
  process.execPath,
  [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${reportPath}`,
    ...given.filter((argument) => argument !== "--full"),
  ],
  await dawnEnvironment(),
);

const counts = countTests(readReport(), exitCode);
await rm(reportPath, { force: true });
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);

function readReport(): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(reportPath, "utf8")) as VitestReport;
  } catch {
    return undefined;
  }
}
