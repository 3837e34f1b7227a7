// `npm run export`: writes a model with its weights to other libraries' formats, as the page's dialog does. Refuses arguments it does
// not know, and what a format cannot take, by layer.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import {
  type ColumnData,
  englishLanguage,
  fetchLaterWords,
  type FormatId,
  openOutgoing,
  readDescription,
  readSafetensors,
  requireDataset,
  sizeOf,
  write,
} from "../src/engine";
import { fileSource } from "./support/fileSource";
import { prepareData } from "./prepareData";

const { exportedModel, formats, networkSamples } = await openOutgoing();
await fetchLaterWords();

const usage = `npm run export -- --weights FILE [options]
  --weights FILE   a safetensors file, as the page or \`npm run train -- --save\` writes it
  --model FILE     the model description as JSON; the one in the weights' file when left out
  --to LIST        formats, with commas between: ${Object.keys(formats).join(", ")} (default keras)
  --out FOLDER     where to write (default exported), in a folder for each format
  --step N         how many steps the weights have made, for training scripts (default what the file says, or 0)
  --samples N      test samples that travel along (default 100; 0 for none)`;

/** Ends with a message about what was expected. */
function refuse(message: string): never {
  console.error(`export: ${message}\n\n${usage}`);
  process.exit(2);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        weights: { type: "string" },
        model: { type: "string" },
        to: { type: "string", default: "keras" },
        out: { type: "string", default: "exported" },
        step: { type: "string" },
        samples: { type: "string", default: "100" },
        help: { type: "boolean" },
      },
    });
    return values;
  } catch (error) {
    refuse(messageOf(error));
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const isFormat = (id: string): id is FormatId => Object.hasOwn(formats, id);

const args = readArguments();
if (args.help) {
  console.log(usage);
  process.exit(0);
}
const { weights: weightsFile, to, out } = args;
if (weightsFile === undefined) refuse("expected --weights FILE, got none.");
const ids = to.split(",").map((id) => {
  const name = id.trim();
  return isFormat(name) ? name : refuse(`expected --to to name ${Object.keys(formats).join(", ")}, got "${name}".`);
});
const most = Number(args.samples);
if (!Number.isInteger(most) || most < 0 || most > 1000) {
  refuse(`expected --samples to be a whole number from 0 to 1000, got "${args.samples}".`);
}

let step = 0;
async function readModel(file: string) {
  try {
    const { tensors, metadata } = readSafetensors(await readFile(file));
    const json = args.model === undefined ? metadata["model"] : await readFile(args.model, "utf8");
    if (json === undefined) refuse(`expected --model FILE, since "${file}" has no description in it.`);
    const description = readDescription(json);
    step = Number(args.step ?? metadata["step"] ?? 0);
    if (!Number.isSafeInteger(step) || step < 0) refuse(`expected --step to be a whole number, got "${args.step}".`);
    return exportedModel(description, requireDataset(description.dataset), tensors);
  } catch (error) {
    return refuse(`expected weights of a model, got "${file}". ${messageOf(error)}`);
  }
}

const model = await readModel(weightsFile);

async function wholeDataset() {
  await prepareData();
  return await requireDataset(model.description.dataset).load(fileSource);
}

/** The first test samples, as networks see them. */
async function testColumns(): Promise<{
  readonly count: number;
  readonly columns: Readonly<Record<string, ColumnData>>;
}> {
  const { test, columns } = await wholeDataset();
  const found = Math.min(most, test.count);
  const values = Object.entries(columns).map(([name, { shape, scale }]): [string, ColumnData] => {
    const stored = test.columns[name]?.subarray(0, found * sizeOf(shape)) ?? new Float32Array();
    return [name, scale === 1 ? stored : Float32Array.from(stored, (value) => value * scale)];
  });
  return { count: found, columns: Object.fromEntries(values) };
}

async function testSamples() {
  const { count, columns } = await testColumns();
  return await networkSamples(model, columns, count);
}

const samples = most === 0 ? [] : await testSamples();
let isRefused = false;
for (const id of ids) {
  const format = formats[id];
  const refusals = format.refusals(model);
  if (refusals.length > 0) {
    isRefused = true;
    const lines = new Set(refusals.map(({ name, why }) => `  ${name}: ${write(why, englishLanguage)}`));
    console.error(`${format.title}: cannot take\n${[...lines].join("\n")}`);
    continue;
  }
  const more = format.carriesData && { dataset: await wholeDataset(), step, pause: async () => {} };
  for (const [name, bytes] of Object.entries(await format.write(model, samples, more || undefined))) {
    const path = join(out, id, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    console.log(`${path}: ${bytes.length} bytes`);
  }
}
process.exit(isRefused ? 1 : 0);
