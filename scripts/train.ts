// `npm run train`: trains a preset in Node, on real data, with the page's own trainer. Shows progress; writes the curves
// as JSON. Refuses arguments it does not know.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { presets, Trainer } from "../src/engine";
import type {
  PresetId,
  StepMetrics,
  TrainerEvent,
  TrainerStatus,
  TuningReport,
  ValidationMetrics,
} from "../src/engine";
import { openScriptGpu } from "./support/dawn";
import { fileSource } from "./support/fileSource";
import { startThread } from "./support/helperThread";
import { prepareMnist } from "./prepareMnist";

const usage = `npm run train -- [options]
  --preset ID      one of ${Object.keys(presets).join(", ")} (default perceptron)
  --backend KIND   cpu or webgpu (default cpu)
  --epochs N       instead of the preset's own
  --limit N        train on so many samples only
  --seed N         instead of the preset's own
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
  if (!Number.isInteger(value) || value < (name === "seed" ? 0 : 1)) {
    refuse(`expected --${name} to be a positive whole number, got "${text}".`);
  }
  return value;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        preset: { type: "string", default: "perceptron" },
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

/** One line that is written over. */
function showProgress({ step, totalSteps, epoch, epochs, latest, samplesPerSecond, remainingMs }: TrainerStatus): void {
  if (!process.stderr.isTTY || latest === null) return;
  const width = 24;
  const filled = Math.round((width * step) / Math.max(totalSteps, 1));
  const bar = "█".repeat(filled) + "░".repeat(width - filled);
  const left = remainingMs === null ? "" : ` · ${Math.ceil(remainingMs / 1000)} s left`;
  process.stderr.write(
    `\r\x1b[K${bar} epoch ${epoch.toFixed(2)}/${epochs} · step ${step}/${totalSteps} · loss ${latest.loss.toFixed(4)}` +
      ` · accuracy ${(100 * latest.accuracy).toFixed(1)}% · ${Math.round(samplesPerSecond)} samples/s${left}`,
  );
}

function describeTuning({ products, isChanged, elapsedMs }: TuningReport): string {
  const found = isChanged ? "found quicker kernels" : "found none quicker";
  return `tuned ${products} matrix products in ${(elapsedMs / 1000).toFixed(1)} s, ${found}`;
}

const args = readArguments();
if (args.help) {
  console.log(usage);
  process.exit(0);
}
const { preset: presetId, backend, tune } = args;
if (!isPreset(presetId))
  refuse(`expected --preset to be one of ${Object.keys(presets).join(", ")}, got "${presetId}".`);
if (!isBackend(backend)) refuse(`expected --backend to be cpu or webgpu, got "${backend}".`);
if (!["on", "off"].includes(tune)) refuse(`expected --tune to be on or off, got "${tune}".`);
const epochs = wholeNumber("epochs", args.epochs);
const limit = wholeNumber("limit", args.limit);
const seed = wholeNumber("seed", args.seed);
const threads = wholeNumber("threads", args.threads);

const gpu = backend === "webgpu" ? await openScriptGpu() : undefined;
await prepareMnist();

const { description } = presets[presetId];
const model = {
  ...description,
  training: {
    ...description.training,
    ...(epochs !== undefined && { epochs }),
    ...(seed !== undefined && { seed }),
  },
};

const curve: StepMetrics[] = [];
const validation: ValidationMetrics[] = [];
let status: TrainerStatus | undefined;
let problem: string | undefined;

const trainer = new Trainer({ gpu, openSource: () => fileSource, startHelper: startThread });
trainer.listen((event: TrainerEvent) => {
  if (event.type === "steps") curve.push(...event.steps);
  else if (event.type === "validation") {
    validation.push(event.metrics);
    const { epoch, loss, accuracy } = event.metrics;
    process.stderr.write("\r\x1b[K");
    console.log(`epoch ${epoch}: validation loss ${loss.toFixed(4)}, accuracy ${(100 * accuracy).toFixed(2)}%`);
  } else if (event.type === "notice") {
    console.error(`\n${event.notice.severity}: ${event.notice.message}`);
    if (event.notice.severity === "error") problem = event.notice.message;
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
  ...(threads !== undefined && { threads }),
});
const report = status?.backend;
if (problem === undefined && report?.kind !== backend) {
  problem = `expected to train on ${backend}, got ${report?.kind ?? "nothing"}. ${report?.reason ?? ""}`;
}
if (problem !== undefined) refuse(problem);
console.log(`${presets[presetId].title} on ${report?.adapter} (${report?.kind}), seed ${model.training.seed}`);
if (args.explain) {
  const explained = await trainer.explain();
  console.log(explained?.text);
  await trainer.dispose();
  process.exit(0);
}
await trainer.train();

const { elapsedMs = 0, test = null } = status ?? {};
const msPerStep = elapsedMs / Math.max(curve.length, 1);
const samplesPerSecond = (1000 * model.training.batchSize) / msPerStep;
process.stderr.write("\r\x1b[K");
if (test) console.log(`test loss ${test.loss.toFixed(4)}, accuracy ${(100 * test.accuracy).toFixed(2)}%`);
console.log(`${curve.length} steps, ${msPerStep.toFixed(2)} ms per step, ${Math.round(samplesPerSecond)} samples/s`);
if (args.json !== undefined) {
  const result = {
    preset: presetId,
    backend,
    adapter: report?.adapter ?? "",
    seed: model.training.seed,
    curve: curve.map(({ step, epoch, loss, accuracy }) => ({ step, epoch, loss, accuracy })),
    validation,
    test,
    msPerStep,
    samplesPerSecond,
  };
  await writeFile(args.json, `${JSON.stringify(result)}\n`);
}
await trainer.dispose();
process.exit(problem === undefined ? 0 : 1);
