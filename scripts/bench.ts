// `npm run bench`: training steps and matrix products of this project, TensorFlow.js and jax-js, in one Chromium page, in
// turn, from the same data and weights, and the peak of the GPU. Prints a table and which bars are reached, writes JSON.
// Refuses to compare libraries that disagree.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { budgetMs } from "../bench/measurer";
import type { Contender, Finding, LibraryId } from "../bench/protocol";
import { measurementOf } from "../bench/report";
import { sampleCount, workloadIds } from "../bench/workloads";
import { contendersFor } from "../bench/conduct";
import { requireDataset } from "../src/engine";
import { describeBars } from "./bench/bars";
import { type Host, openHost } from "./bench/host";
import { describeFinding, describeMachine, toJson, toTable } from "./bench/report";
import { prepareData } from "./prepareData";
import { fileSource } from "./support/fileSource";
import { isWritable } from "./support/writable";

/** Who takes part, by what Descent runs on. It comes first: the others start from its weights. */
const contenders: Record<"cpu" | "webgpu", readonly Contender[]> = {
  cpu: [
    { library: "descent", backend: "cpu" },
    { library: "jax-js", backend: "wasm" },
    { library: "tfjs", backend: "wasm" },
    { library: "tfjs", backend: "cpu" },
  ],
  webgpu: [
    { library: "descent", backend: "webgpu" },
    { library: "jax-js", backend: "webgpu" },
    { library: "tfjs", backend: "webgpu" },
  ],
};
const libraries: readonly LibraryId[] = ["descent", "jax-js", "tfjs"];

const usage = `npm run bench -- [options]
  --only WORKLOAD,...     of ${workloadIds.join(", ")}
                          (default all; the peak is that of a GPU)
  --libraries LIBRARY,... of ${libraries.join(", ")} (default all; descent always runs, as the reference)
  --backend KIND          cpu or webgpu (default cpu)
  --threads N             threads for each library (default what the machine has)
  --samples N             samples for a median (default 7; fewer where they would take over ${budgetMs / 1000} s)
  --json FILE             write { machine, adapter, results } there`;

/** Ends with a message about what was expected. */
function refuse(message: string): never {
  console.error(`bench: ${message}\n\n${usage}`);
  process.exit(2);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string" },
        libraries: { type: "string" },
        backend: { type: "string", default: "cpu" },
        threads: { type: "string" },
        samples: { type: "string", default: "7" },
        json: { type: "string" },
        help: { type: "boolean" },
      },
    });
    return values;
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 1 || value > most) {
    refuse(`expected --${name} to be a whole number from 1 to ${most}, got "${text}".`);
  }
  return value;
}

function readList<T extends string>(name: string, text: string, all: readonly T[]): T[] {
  const wanted = text.split(",").map((item) => item.trim());
  const wrong = wanted.find((item) => !all.some((known) => known === item));
  if (wrong !== undefined) refuse(`expected --${name} to list some of ${all.join(", ")}, got "${wrong}".`);
  return all.filter((known) => wanted.includes(known));
}

/** Before the long work rather than after it. */
async function checkWritable(file: string): Promise<void> {
  if (!(await isWritable(file))) refuse(`expected --json to name a file that can be written, got "${file}".`);
}

function readBackend(text: string): "cpu" | "webgpu" {
  return text === "cpu" || text === "webgpu" ? text : refuse(`expected --backend to be cpu or webgpu, got "${text}".`);
}

const args = readArguments();
if (args.help) {
  console.log(usage);
  process.exit(0);
}
const chosenLibraries = args.libraries === undefined ? libraries : readList("libraries", args.libraries, libraries);
const kind = readBackend(args.backend);
const lineUp = contenders[kind].filter(({ library }) => library === "descent" || chosenLibraries.includes(library));
const asked = args.only === undefined ? workloadIds : readList("only", args.only, workloadIds);
const chosenWorkloads = asked.filter((workload) => contendersFor(workload, lineUp).length > 0);
if (chosenWorkloads.length === 0) refuse(`expected a workload of the CPU, got "${args.only}". Add --backend webgpu.`);
if (args.json !== undefined) await checkWritable(args.json);
const samples = wholeNumber("samples", args.samples, 1000);
const askedThreads = args.threads === undefined ? undefined : wholeNumber("threads", args.threads, 64);

let host: Host | undefined;
let isStopped = false;
for (const [signal, exitCode] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => {
    isStopped = true;
    process.stderr.write("\nbench: stopped\n");
    // A second one, while this waits, ends the process at once.
    void Promise.resolve(host?.close()).finally(() => process.exit(exitCode));
  });
}

try {
  process.exitCode = await bench();
} catch (error) {
  // What a closing browser breaks off is no news.
  if (!isStopped) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
} finally {
  if (!isStopped) await host?.close();
}

/** @returns the exit code: 1 when a library failed or disagreed */
async function bench(): Promise<number> {
  await prepareData();
  showProgress("building the page");
  host = await openHost(kind === "webgpu");
  const { page, browserVersion } = host;
  const machine = describeMachine(browserVersion);
  clearProgress();
  console.log(`${machine}\n`);
  const digits = await readDigits();
  const threads = askedThreads ?? (await page.evaluate(() => navigator.hardwareConcurrency));
  await page.exposeFunction("reportProgress", showProgress);

  const findings: Finding[] = [];
  for (const workload of chosenWorkloads) {
    const order = { workload, contenders: contendersFor(workload, lineUp), samples, threads, ...digits };
    const found = await page.evaluate((given) => window.measure(given), order);
    findings.push(...found);
    clearProgress();
    for (const finding of found) console.log(describeFinding(finding));
  }
  console.log(`\n${toTable(kind, findings)}\n`);
  for (const bar of describeBars(findings)) console.log(bar);
  console.log();
  for (const note of notes(findings)) console.log(note);
  if (args.json !== undefined) await writeFile(args.json, `${JSON.stringify(toJson(machine, findings), null, 2)}\n`);
  return findings.some(({ answer }) => answer.kind === "failed") ? 1 : 0;
}

/** The first digits and their labels, as text that can be handed to a page. */
async function readDigits() {
  const { train } = await requireDataset("mnist").load(fileSource);
  const textOf = (bytes: ArrayLike<number> = []) => Buffer.from(Uint8Array.from(bytes)).toString("latin1");
  return {
    pixels: textOf(train.columns["image"]?.subarray(0, sampleCount * 28 * 28)),
    labels: textOf(train.columns["label"]?.subarray(0, sampleCount)),
  };
}

function notes(findings: readonly Finding[]): string[] {
  const fewest = Math.min(...findings.map((finding) => measurementOf(finding)?.taken.length ?? samples));
  return [
    "A sample is as many steps as fill 100 ms, taken of all libraries in turn. The peers' loss is read at every step,",
    "Descent's after each sample, as its page does; a matrix product is timed until it is done, not read.",
    ...(fewest < samples
      ? [
          `Where they would take over ${budgetMs / 1000} s there are fewer samples, down to ${fewest}; the lines above say how many.`,
        ]
      : []),
    ...(samples < 7 ? [`Medians of ${samples} are for developing; use at least 7 to compare.`] : []),
  ];
}

/** One line that is written over. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}
