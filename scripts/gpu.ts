// `npm run gpu`: what this machine's GPU does with the engine, in plain Node, without a browser: training steps beside
// TensorFlow.js and jax-js, two real trainings with and without tuned kernels, the time of every launch, and the self-test of
// every op. Prints Markdown, writes JSON. Refuses to run where there is no adapter.
//
// Bundled alone with Node, Dawn and prepared datasets, it also runs on a machine where nothing can be installed: DATASETS then
// names the datasets' folder, OUT the folder for the JSON, and the Vulkan driver is the one that the environment names.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { create, globals } from "webgpu";
import { measureWorkload, type Seat } from "../bench/conduct";
import { noiseDigits } from "../bench/entrant";
import { createMeasurer } from "../bench/measurer";
import type { Contender, Finding, Job, LibraryId } from "../bench/protocol";
import { columns, toMarkdown } from "../bench/report";
import { sampleCount, workloadIds } from "../bench/workloads";
import { contendersFor } from "../bench/conduct";
import {
  type ByteSource,
  createWebGpuBackend,
  type PresetId,
  presets,
  type SuiteResult,
  Trainer,
  type TrainerEvent,
  type TrainerStatus,
  english,
} from "../src/engine";
import { runSuite } from "../src/engine/tools";
import { describeFinding, toJson } from "./bench/report";
import { comparePresets } from "./bench/presets";
import { survey, surveySubjects } from "./bench/survey";

const parts = ["speed", "training", "suite"];
const presetIds = Object.keys(presets) as PresetId[];
const libraryIds: readonly LibraryId[] = ["descent", "jax-js", "tfjs"];

/** Ends the self-test. Stands before the work below, which begins as soon as the script is loaded. */
class TimeIsUp extends Error {}

const usage = `npm run gpu -- [options]
  --only WORKLOAD,...  of ${workloadIds.join(", ")}
                       (default all)
  --libraries NAME,... of ${libraryIds.join(", ")} (default all)
  --samples N          samples for a median (default 7)
  --parts PART,...     of speed, training, suite (default all)
  --suite-seconds N    how long the self-test may take (default 180)
  --ops OP,...         test these ops alone; "presets" means the kernels of the presets
  --variants NAME,...  test these variants of matrix products alone
  --json FILE          write everything there
  --candidates SUBJECT,...
                       instead of all that, time every variant of the
                       matrix products of ${surveySubjects.map(({ name }) => name).join(", ")}; "1" means all
  --candidate-seconds N  how long that may take (default 60)
  --presets N          instead of all that, train every preset N steps on the
                       GPU and on the CPU, and compare; --preset ID,... some`;

function refuse(message: string): never {
  console.error(`gpu: ${message}\n\n${usage}`);
  process.exit(2);
}

function readArguments() {
  const { env } = process;
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string", default: env["ONLY"] ?? workloadIds.join(",") },
        libraries: { type: "string", default: env["LIBRARIES"] ?? libraryIds.join(",") },
        samples: { type: "string", default: "7" },
        parts: { type: "string", default: env["PARTS"] ?? parts.join(",") },
        "suite-seconds": { type: "string", default: env["SUITE_S"] ?? "180" },
        ops: { type: "string", ...(env["OPS"] !== undefined && { default: env["OPS"] }) },
        variants: { type: "string", ...(env["VARIANTS"] !== undefined && { default: env["VARIANTS"] }) },
        json: { type: "string", default: env["OUT"] === undefined ? "" : join(env["OUT"], "descent-gpu.json") },
        candidates: { type: "string", default: env["CANDIDATES"] ?? "" },
        "candidate-seconds": { type: "string", default: env["CANDIDATE_S"] ?? "60" },
        presets: { type: "string", default: env["PRESETS"] ?? "" },
        preset: { type: "string", default: env["PRESET"] ?? Object.keys(presets).join(",") },
        help: { type: "boolean" },
      },
    });
    return values;
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
  }
}

/** Those of the known that a list names, in the order of the known. */
function readList<Known extends string>(name: string, text: string, known: readonly Known[]): Known[] {
  const named = text.split(",");
  const strange = named.find((each) => !known.some((id) => id === each));
  if (strange !== undefined) refuse(`expected --${name} to list some of ${known.join(", ")}, got "${strange}".`);
  return known.filter((id) => named.includes(id));
}

function readNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < least) {
    refuse(`expected --${name} to be a whole number from ${least}, got "${text}".`);
  }
  return value;
}

const args = readArguments();
if (args.help) {
  console.log(usage);
  process.exit(0);
}
const wanted = readList("only", args.only, workloadIds);
const wantedLibraries = readList("libraries", args.libraries, libraryIds);
const samples = readNumber("samples", args.samples, 1);
const suiteMs = 1000 * readNumber("suite-seconds", args["suite-seconds"], 1);
const wantedParts = readList("parts", args.parts, parts);

const { gpu, source } = await openMachine();
const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
if (!adapter) refuse("expected an adapter, got none. Install the GPU's Vulkan driver, or name it in VK_DRIVER_FILES.");
const { vendor, architecture, device, description } = adapter.info;
const backend = await createWebGpuBackend({ gpu });
const machine = `${vendor} ${architecture} ${device} ${description}`.trim();
console.log(`# ${backend.adapter}\n\n${machine}\n\nFeatures: ${[...adapter.features].toSorted().join(", ")}\n`);
backend.dispose();

if (args.candidates !== "") {
  const { candidates } = args;
  const names = surveySubjects.map(({ name }) => name);
  const asked = candidates === "1" ? names : readList("candidates", candidates, names);
  const rows = await survey(gpu, asked, 1000 * readNumber("candidate-seconds", args["candidate-seconds"], 1));
  if (args.json !== "") await writeFile(args.json, `${JSON.stringify({ machine, candidates: rows }, null, 1)}\n`);
  process.exit(0);
}
if (args.presets !== "") {
  const ids = readList("preset", args.preset, presetIds);
  const rows = await comparePresets(gpu, source, ids, readNumber("presets", args.presets, 1));
  if (args.json !== "") await writeFile(args.json, `${JSON.stringify({ machine, presets: rows }, null, 1)}\n`);
  process.exit(0);
}
const findings = wantedParts.includes("speed") ? await measureSpeed() : [];
const trainings = wantedParts.includes("training") ? await trainAll() : [];
const suite = wantedParts.includes("suite") ? await selfTest() : null;
if (args.json !== "") {
  const speed = toJson(machine, findings);
  await writeFile(args.json, `${JSON.stringify({ ...speed, trainings, suite }, null, 1)}\n`);
}
process.exit(suite !== null && suite.failures.length > 0 ? 1 : 0);

/** WebGPU and the datasets, from this repository or from what travelled along. */
async function openMachine(): Promise<{ gpu: GPU; source: ByteSource }> {
  const folder = process.env["DATASETS"];
  if (folder !== undefined) {
    Object.assign(globalThis, globals);
    return { gpu: publish(create([])), source: async (path) => new Uint8Array(await readFile(join(folder, path))) };
  }
  const { openScriptGpu } = await import("./support/dawn");
  const { fileSource } = await import("./support/fileSource");
  const { prepareData } = await import("./prepareData");
  const opened = await openScriptGpu();
  await prepareData();
  return { gpu: publish(opened), source: fileSource };
}

/** The peers look for WebGPU, and for a worker's globals, where a browser has them. */
function publish(opened: GPU): GPU {
  const browserLike = { navigator: { gpu: opened, hardwareConcurrency: 8, userAgent: "node" }, self: globalThis };
  const classes = { WorkerGlobalScope: EventTarget, Worker: EventTarget };
  for (const [name, value] of Object.entries({ ...browserLike, ...classes })) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return opened;
}

async function openLibrary(job: Job) {
  const libraries = {
    descent: async () => (await import("../bench/descent")).openDescent(job),
    "jax-js": async () => (await import("./bench/jax")).openJax(job),
    tfjs: async () => (await import("./bench/tensorFlow")).openTensorFlow(job),
  } satisfies Record<LibraryId, () => unknown>;
  return await libraries[job.library]();
}

/** All libraries on all workloads, in this process. */
async function measureSpeed(): Promise<Finding[]> {
  const lineUp = wantedLibraries.map((library): Contender => ({ library, backend: "webgpu" }));
  const openSeat = (): Seat => ({
    measurer: createMeasurer(openLibrary),
    broken: new Promise<never>(() => {}),
    close: () => {},
  });
  const found: Finding[] = [];
  for (const workload of wanted) {
    const contenders = contendersFor(workload, lineUp);
    const digits = noiseDigits(sampleCount);
    const heat = await measureWorkload({ workload, contenders, samples, digits, openSeat, report: () => {} });
    for (const finding of heat) console.error(describeFinding(finding));
    found.push(...heat);
  }
  const { workload, library, ms, gflops, share, dispatches, submits } = columns;
  console.log(`${toMarkdown([workload, library, ms, gflops, share, dispatches, submits], found)}\n`);
  return found;
}

/** Real trainings as the page does them: both presets with default kernels and with tuned ones. */
async function trainAll() {
  const results = [];
  for (const [preset, epochs] of [
    ["perceptron", 5],
    ["convnet", 2],
  ] as const) {
    for (const tune of [false, true]) results.push(await train(preset, epochs, tune));
  }
  return results;
}

async function train(preset: PresetId, epochs: number, tune: boolean) {
  const { description: model } = presets[preset];
  const trainer = new Trainer({ gpu, openSource: () => source });
  const seen: { status?: TrainerStatus } = {};
  trainer.listen((event: TrainerEvent) => {
    if (event.type === "status") seen.status = event.status;
    if (event.type === "notice") console.log(`- ${event.notice.severity}: ${english(event.notice.said)}`);
    if (event.type === "tuned") console.log(`- tuned in ${event.report.elapsedMs.toFixed(0)} ms`);
  });
  const startedMs = performance.now();
  const training = { ...model.training, epochs };
  await trainer.prepare({ ...model, training }, { backend: "webgpu", datasetsUrl: "", tune });
  const preparedMs = performance.now() - startedMs;
  await trainer.train();
  const { elapsedMs = NaN, step = NaN, test = null } = seen.status ?? {};
  const report = await trainer.explain();
  const profile = await trainer.profile();
  await trainer.dispose();
  const msPerStep = elapsedMs / step;
  console.log(
    `## ${preset}, ${tune ? "tuned" : "default"} kernels\n\nready in ${preparedMs.toFixed(0)} ms, ` +
      `${step} steps in ${elapsedMs.toFixed(0)} ms (${msPerStep.toFixed(4)} ms a step), ` +
      `test accuracy ${((test?.accuracy ?? NaN) * 100).toFixed(2)}%\n`,
  );
  const launches = (report?.plan.launches ?? []).map(
    ({ index, label, summary, flops, bytesRead, bytesWritten, detail }) => {
      const us = 1000 * (profile?.stepMs[index] ?? NaN);
      const bytes = bytesRead + bytesWritten;
      return {
        label,
        summary: english(summary),
        variant: detail?.variant,
        workgroups: detail?.workgroups,
        us,
        flops,
        bytes,
      };
    },
  );
  console.log("| layer | operations | kernel | workgroups | µs | GFLOP/s | GB/s |\n|---|---|---|--:|--:|--:|--:|");
  for (const { label, summary, variant, workgroups, us, flops, bytes } of launches) {
    const rates = `${(flops / us / 1e3).toFixed(0)} | ${(bytes / us / 1e3).toFixed(0)}`;
    console.log(`| ${label} | ${summary} | ${variant} | ${workgroups} | ${us.toFixed(1)} | ${rates} |`);
  }
  console.log();
  return { preset, tune, preparedMs, elapsedMs, step, msPerStep, test, launches };
}

/** Every op, at several sizes and by every gemm variant, against the float64 reference; as much as there is time for. */
async function selfTest() {
  const startedMs = performance.now();
  const failures: SuiteResult[] = [];
  let passed = 0;
  let total = 0;
  const pause = async () => {
    if (performance.now() - startedMs > suiteMs) throw new TimeIsUp();
  };
  try {
    await runSuite(
      gpu,
      (event) => {
        if (event.type === "started") total = event.total;
        if (event.type !== "results") return;
        for (const result of event.results) {
          if (result.verdict?.ok === true) passed += 1;
          else failures.push(result);
        }
      },
      pause,
      { ...(args.ops && { ops: args.ops.split(",") }), ...(args.variants && { variants: args.variants.split(",") }) },
    );
  } catch (error) {
    if (!(error instanceof TimeIsUp)) throw error;
  }
  console.log(`## Self-test\n\n${passed} passed, ${failures.length} failed, of ${total}`);
  for (const { op, name, variant, verdict, error } of failures.slice(0, 40)) {
    console.log(`- ${op}, ${name} ${variant}: ${error ?? JSON.stringify(verdict)}`);
  }
  return { passed, failures, total };
}
