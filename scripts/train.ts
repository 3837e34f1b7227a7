// `npm run train`: trains a model in Node, on real data, with the page's own trainer. Shows progress; writes the curves
// as JSON and the weights as safetensors. Refuses arguments it does not know.
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import {
  aboutOf,
  type CurveInfo,
  figuresOf,
  inSentence,
  type ModelDescription,
  type PresetId,
  presets,
  readDescription,
  readSafetensors,
  requireDataset,
  type Score,
  tasks,
  Trainer,
  type TrainerEvent,
  type TrainerStatus,
  type TuningReport,
  type ValidationMetrics,
  writeSafetensors,
  english,
} from "../src/engine";
import { formatCurve } from "../app/common/format";
import { openScriptGpu } from "./support/dawn";
import { fileSource } from "./support/fileSource";
import { startThread } from "./support/helperThread";
import { bringFiles } from "./support/ownFiles";
import { isWritable } from "./support/writable";
import { prepareData } from "./prepareData";

const usage = `npm run train -- [options]
  --preset ID      one of ${Object.keys(presets).join(", ")} (default perceptron)
  --model FILE     a model description as JSON, in place of a preset
  --data PATH      a file or folder of your own in place of the model's data: CSV, NumPy or IDX; once for each
  --init FILE      start from the weights of a safetensors file
  --save FILE      write the weights there afterwards, as safetensors
  --backend KIND   cpu or webgpu (default cpu)
  --epochs N       instead of the model's own
  --steps N        stop after so many steps; 0 scores the weights as the seed or --init has them
  --limit N        train on so many samples only
  --seed N         instead of the model's own
  --shuffle on|off take samples in a new order every epoch, or as the dataset has them (default on)
  --threads N      share the work among so many CPU threads (default 1)
  --tune on|off    find out which GPU kernels are quickest while training (default off: the same bits every time)
  --json FILE      write the curves and scores there
  --explain        print the training step, launch by launch, instead of training`;

/** Ends with a message about what was expected. */
function refuse(message: string): never {
  console.error(`train: ${message}\n\n${usage}`);
  process.exit(2);
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < (name === "seed" || name === "steps" ? 0 : 1)) {
    refuse(`expected --${name} to be a positive whole number, got "${text}".`);
  }
  return value;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        preset: { type: "string" },
        model: { type: "string" },
        data: { type: "string", multiple: true, default: [] },
        init: { type: "string" },
        save: { type: "string" },
        steps: { type: "string" },
        shuffle: { type: "string", default: "on" },
        backend: { type: "string", default: "cpu" },
        epochs: { type: "string" },
        limit: { type: "string" },
        seed: { type: "string" },
        threads: { type: "string" },
        tune: { type: "string", default: "off" },
        json: { type: "string" },
        explain: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    return values;
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
  }
}

const isPreset = (id: string): id is PresetId => Object.hasOwn(presets, id);
const isBackend = (kind: string): kind is "cpu" | "webgpu" => kind === "cpu" || kind === "webgpu";

/** Steps are told less of than splits that are scored. */
const describeScore = (score: Score): string =>
  curves
    .filter(({ id }) => score[id] !== undefined)
    .map((curve) => `${inSentence(curve.title)} ${formatCurve(curve, score[curve.id])}`)
    .join(", ");

/** One line that is written over. */
function showProgress({
  step,
  totalSteps,
  epoch,
  epochs,
  epochMean,
  samplesPerSecond,
  remainingMs,
}: TrainerStatus): void {
  if (!process.stderr.isTTY || epochMean === null) return;
  const width = 24;
  const filled = Math.round((width * step) / Math.max(totalSteps, 1));
  const bar = "█".repeat(filled) + "░".repeat(width - filled);
  const left = remainingMs === null ? "" : ` · ${Math.ceil(remainingMs / 1000)} s left`;
  process.stderr.write(
    `\r\x1b[K${bar} epoch ${epoch.toFixed(2)}/${epochs} · step ${step}/${totalSteps} · mean ${describeScore(epochMean.values)}` +
      ` · ${Math.round(samplesPerSecond)} samples/s${left}`,
  );
}

/** The model of a file or a preset. */
async function readModel(): Promise<{ readonly title: string; readonly description: ModelDescription }> {
  const { preset = "perceptron", model: file } = args;
  if (file === undefined) {
    if (!isPreset(preset))
      refuse(`expected --preset to be one of ${Object.keys(presets).join(", ")}, got "${preset}".`);
    return presets[preset];
  }
  if (args.preset !== undefined) refuse("expected --preset or --model, got both.");
  try {
    const description = readDescription(await readFile(file, "utf8"));
    return { title: description.name, description };
  } catch (error) {
    refuse(`expected --model to name a model description, got "${file}". ${messageOf(error)}`);
  }
}

/** What it is to learn from: the model's own data, or the visitor's. */
async function readData(): Promise<string> {
  if (args.data.length === 0) return description.dataset;
  try {
    return (await bringFiles(args.data)).id;
  } catch (error) {
    refuse(`expected --data to name files to learn from, got ${args.data.join(", ")}. ${messageOf(error)}`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function describeTuning({ products, isChanged, elapsedMs }: TuningReport): string {
  const found = isChanged ? "found quicker kernels" : "found none quicker";
  return `tuned ${products} matrix products in ${(elapsedMs / 1000).toFixed(1)} s, ${found}`;
}

const args = readArguments();
if (args.help) {
  console.log(usage);
  process.exit(0);
}
const { backend, tune, shuffle } = args;
if (!isBackend(backend)) refuse(`expected --backend to be cpu or webgpu, got "${backend}".`);
for (const [name, value] of [
  ["tune", tune],
  ["shuffle", shuffle],
] as const) {
  if (!["on", "off"].includes(value)) refuse(`expected --${name} to be on or off, got "${value}".`);
}
const epochs = wholeNumber("epochs", args.epochs);
const steps = wholeNumber("steps", args.steps);
const limit = wholeNumber("limit", args.limit);
const seed = wholeNumber("seed", args.seed);
const threads = wholeNumber("threads", args.threads);
const { title, description } = await readModel();
const dataset = await readData();
for (const name of ["save", "json"] as const) {
  const file = args[name];
  if (file !== undefined && !(await isWritable(file))) {
    refuse(`expected --${name} to name a file that can be written, got "${file}".`);
  }
}

const gpu = backend === "webgpu" ? await openScriptGpu() : undefined;
await prepareData();

const model: ModelDescription = {
  ...description,
  dataset,
  training: {
    ...description.training,
    ...(epochs !== undefined && { epochs }),
    ...(seed !== undefined && { seed }),
  },
};
/** What is told of training. A model whose task does not suit its dataset has none, and is refused. */
let curves: readonly CurveInfo[] = [];
const curve: (Score & { readonly step: number })[] = [];
const validation: ValidationMetrics[] = [];
let status: TrainerStatus | undefined;
let problem: string | undefined;

const trainer = new Trainer({ gpu, openSource: () => fileSource, startHelper: startThread });
trainer.listen((event: TrainerEvent) => {
  if (event.type === "steps") {
    const { first, count, stepsPerEpoch, values } = event.steps;
    for (let i = 0; i < count; i++) {
      const score = Object.fromEntries(Object.entries(values).map(([id, column]) => [id, column[i] ?? NaN]));
      curve.push({ step: first + i, epoch: (first + i) / stepsPerEpoch, ...score });
    }
  } else if (event.type === "validation") {
    validation.push(event.metrics);
    process.stderr.write("\r\x1b[K");
    console.log(`epoch ${event.metrics.epoch}: validation ${describeScore(event.metrics.values)}`);
  } else if (event.type === "notice") {
    const message = english(event.notice.said);
    console.error(`\n${event.notice.severity}: ${message}`);
    if (event.notice.severity === "error") problem = message;
  } else if (event.type === "tuned") {
    process.stderr.write("\r\x1b[K");
    console.log(describeTuning(event.report));
  } else if (event.type === "status") {
    status = event.status;
    showProgress(status);
  }
});
process.once("SIGINT", () => void trainer.stop());

await trainer.prepare(model, {
  backend,
  datasetsUrl: "",
  ...(limit !== undefined && { limit }),
  tune: tune === "on",
  shuffle: shuffle === "on",
  ...(threads !== undefined && { threads }),
});
const report = status?.backend;
if (problem === undefined && report?.kind !== backend) {
  problem = `expected to train on ${backend}, got ${report?.kind ?? "nothing"}. ${report ? english(report.reason) : ""}`;
}
if (problem !== undefined) refuse(problem);
curves = figuresOf(tasks[model.task.type], aboutOf(model, requireDataset(model.dataset)));
console.log(`${title} on ${report?.adapter} (${report?.kind}), seed ${model.training.seed}`);
if (args.explain) {
  const explained = await trainer.explain();
  console.log(explained?.text);
  await trainer.dispose();
  process.exit(0);
}
const { session } = trainer;
if (args.init !== undefined) {
  try {
    session?.setWeights(readSafetensors(await readFile(args.init)).tensors);
  } catch (error) {
    refuse(`expected --init to name weights of this model, got "${args.init}". ${messageOf(error)}`);
  }
}
if (steps !== 0) await trainer.train(steps);
// Where it did not come to its own end, the test set is not scored yet.
await trainer.stop();

const { elapsedMs = 0 } = status ?? {};
// Weights that were not trained here are scored as they are.
const test = status?.test ?? (steps === 0 ? ((await session?.scoreTest(async () => {})) ?? null) : null);
// Nothing was timed where nothing was trained.
const isTimed = curve.length > 0;
const msPerStep = isTimed ? elapsedMs / curve.length : null;
const samplesPerSecond = msPerStep === null ? null : (1000 * (session?.samplesPerStep ?? 0)) / msPerStep;
process.stderr.write("\r\x1b[K");
if (test) console.log(`test ${describeScore(test)}`);
if (msPerStep === null || samplesPerSecond === null) console.log("0 steps");
else
  console.log(`${curve.length} steps, ${msPerStep.toFixed(2)} ms per step, ${Math.round(samplesPerSecond)} samples/s`);
if (args.json !== undefined) {
  const result = {
    ...(args.model === undefined ? { preset: args.preset ?? "perceptron" } : { model: args.model }),
    backend,
    adapter: report?.adapter ?? "",
    seed: model.training.seed,
    curve,
    validation: validation.map(({ values, ...rest }) => ({ ...rest, ...values })),
    test,
    msPerStep,
    samplesPerSecond,
  };
  await writeFile(args.json, `${JSON.stringify(result)}\n`);
}
if (args.save !== undefined && session) {
  const metadata = { format: "pt", model: JSON.stringify(model), step: String(status?.step ?? 0) };
  await writeFile(args.save, writeSafetensors({ tensors: await session.weights(), metadata }));
}
await trainer.dispose();
process.exit(problem === undefined ? 0 : 1);
