// `npm run bench`: training steps and matrix products of this project, TensorFlow.js and jax-js, in one Chromium page, in
// turn, from the same data and weights. Prints a table, writes JSON. Refuses to compare libraries that disagree.
import { constants, existsSync } from "node:fs";
import { access, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { datasets } from "../src/engine";
import { type Host, openHost } from "./bench/host";
import { slowSamples, slowStepMs } from "./bench/measure";
import type { Contender, LibraryId } from "./bench/protocol";
import { describeFinding, describeMachine, describeShare, type Finding, toJson, toTable } from "./bench/report";
import { isWorkload, sampleCount, type WorkloadId, workloads } from "./bench/workloads";
import { prepareMnist } from "./prepareMnist";
import { fileSource } from "./support/fileSource";

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
  --only WORKLOAD,...     of ${Object.keys(workloads).join(", ")} (default all)
  --libraries LIBRARY,... of ${libraries.join(", ")} (default all; descent always runs, as the reference)
  --backend KIND          cpu or webgpu (default cpu)
  --threads N             threads for each library (default what the machine has)
  --samples N             samples for a median (default 7; where a step takes over ${slowStepMs / 1000} s, ${slowSamples})
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
  const target = existsSync(file) ? file : dirname(resolve(file));
  try {
    await access(target, constants.W_OK);
  } catch {
    refuse(`expected --json to name a file that can be written, got "${file}".`);
  }
}

const isBackend = (kind: string): kind is "cpu" | "webgpu" => kind === "cpu" || kind === "webgpu";

const args = readArguments();
if (args.help) {
  console.log(usage);
  process.exit(0);
}
const allWorkloads = Object.keys(workloads).filter(isWorkload);
const chosenWorkloads = args.only === undefined ? allWorkloads : readList("only", args.only, allWorkloads);
const chosenLibraries = args.libraries === undefined ? libraries : readList("libraries", args.libraries, libraries);
if (!isBackend(args.backend)) refuse(`expected --backend to be cpu or webgpu, got "${args.backend}".`);
const lineUp = contenders[args.backend].filter(
  ({ library }) => library === "descent" || chosenLibraries.includes(library),
);
if (args.json !== undefined) await checkWritable(args.json);
const samples = wholeNumber("samples", args.samples, 1000);
const askedThreads = args.threads === undefined ? undefined : wholeNumber("threads", args.threads, 64);

let host: Host | undefined;
let isStopped = false;
process.once("SIGINT", () => {
  isStopped = true;
  process.stderr.write("\nbench: stopped\n");
  // A second one, while this waits, ends the process at once.
  void Promise.resolve(host?.close()).finally(() => process.exit(130));
});

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
  await prepareMnist();
  showProgress("building the page");
  host = await openHost(args.backend === "webgpu");
  const { page, browserVersion } = host;
  const machine = describeMachine(browserVersion);
  clearProgress();
  console.log(`${machine}\n`);
  await giveDigits(host);
  const threads = askedThreads ?? (await page.evaluate(() => navigator.hardwareConcurrency));
  let doing = "";
  await page.exposeFunction("reportProgress", (text: string) => showProgress(`${doing}: ${text}`));

  const say = (text: string) => {
    doing = text;
    showProgress(text);
  };
  const findings: Finding[] = [];
  for (const workload of chosenWorkloads) {
    const found = await measure(host, workload, threads, say);
    findings.push(...found);
    clearProgress();
    for (const finding of found) console.log(describeFinding(finding));
  }
  const share = describeShare(findings);
  console.log(`\n${toTable(findings)}\n${share === undefined ? "" : `\n${share}\n`}`);
  for (const note of notes(findings)) console.log(note);
  if (args.json !== undefined) await writeFile(args.json, `${JSON.stringify(toJson(machine, findings), null, 2)}\n`);
  return findings.some(({ answer }) => answer.kind === "failed") ? 1 : 0;
}

async function giveDigits({ page }: Host): Promise<void> {
  const { train } = await datasets.mnist.load(fileSource);
  const textOf = (bytes: Uint8Array | Float32Array) => Buffer.from(bytes).toString("latin1");
  const pixels = textOf(train.inputs.subarray(0, sampleCount * 28 * 28));
  const labels = textOf(train.labels.subarray(0, sampleCount));
  await page.evaluate(([pixelText, labelText]) => window.setDigits(pixelText, labelText), [pixels, labels] as const);
}

/** Gets all contenders ready, then takes a sample of each in turn, and again: what else the machine does in the meantime
 *  then weighs on all alike. */
async function measure(
  { page }: Host,
  workload: WorkloadId,
  threads: number,
  say: (text: string) => void,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const contender of lineUp) {
    say(`${workload} · ${contender.library} on ${contender.backend}`);
    const order = { ...contender, workload, samples, threads };
    const answer = await page.evaluate((given) => window.prepare(given), order);
    const isReady = answer.kind === "done";
    findings.push({
      ...contender,
      workload,
      answer: isReady ? { ...answer, value: { ...answer.value, timesMs: [] } } : answer,
    });
    // Without a reference there is nothing to compare with.
    if (contender.library === "descent" && !isReady) break;
  }
  for (let round = 0; round < samples; round++) {
    for (const [index, finding] of findings.entries()) {
      const { answer, library, backend } = finding;
      if (answer.kind !== "done" || round >= answer.value.samples) continue;
      say(`${workload} · ${library} on ${backend}: sample ${round + 1} of ${answer.value.samples}`);
      const sample = await page.evaluate((which) => window.sample(which), index);
      const isTaken = sample.kind === "done";
      findings[index] = {
        ...finding,
        answer: isTaken
          ? { ...answer, value: { ...answer.value, timesMs: [...answer.value.timesMs, sample.value] } }
          : sample,
      };
    }
  }
  await page.evaluate(() => window.finish());
  return findings;
}

function notes(findings: readonly Finding[]): string[] {
  const measured = findings.flatMap(({ answer }) => (answer.kind === "done" ? [answer.value] : []));
  const fewest = Math.min(...measured.map((found) => found.timesMs.length));
  return [
    "A sample is as many steps as fill 100 ms, taken of all libraries in turn. The peers' loss is read at every step,",
    "Descent's after each sample, as its page does; a matrix product is timed until it is done, not read.",
    ...(fewest < samples
      ? [
          `Where a step takes over ${slowStepMs / 1000} s the median is of ${slowSamples} samples, after one step to warm up.`,
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
