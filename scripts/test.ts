// `npm test [-- <vitest arguments>]`; with `--full` also what is too long for every day, with `--tiny` only what opens nothing.
// Brings the data, the browser and the Vulkan driver, runs Vitest, and sums up in one line, with the test that took longest.
// Refuses to pass when a test was skipped or none ran.
import { readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { prepareData } from "./prepareData";
import { browserProgram } from "./support/chromium";
import { run } from "./support/commands";
import { dawnEnvironment } from "./support/dawn";
import { cacheDir, root } from "./support/paths";
import { tinyTests } from "./support/tinyTests";
import { countTests, slowestTest, type VitestReport } from "./support/testCounts";

const given = process.argv.slice(2);
const extents = ["--full", "--tiny"] as const;
const extent = extents.find((name) => given.includes(name));
if (extent === "--full") process.env["DESCENT_TESTS"] = "full";
const isTiny = extent === "--tiny";
if (!isTiny) {
  await browserProgram();
  await prepareData();
}

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
    ...(isTiny ? ["--project", "node", ...tinyTests()] : []),
    ...given.filter((argument) => !extents.some((name) => name === argument)),
  ],
  isTiny ? {} : await dawnEnvironment(),
);

const report = readReport();
const counts = countTests(report, exitCode);
const slowest = slowestTest(report);
if (slowest) console.log(`longest: ${(slowest.durationMs / 1000).toFixed(1)} s, ${slowest.name}`);
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
