/** Models out of files: this page's own safetensors, Keras's files of both kinds, TensorFlow.js's in a zip, ONNX, and weights of PyTorch.
 *  Loaded when the first is opened.
 *  Everything is checked before it is believed; what is not understood is named. */
import * as v from "valibot";
import type { DataInfo } from "../data";
import { ArgumentError, DescentError } from "../errors";
import { analyzeModel, columnsOf } from "../model/analyze";
import { type ModelDescription, parseDescription, readDescription } from "../model/description";
import type { Block } from "../model/blocks";
import { sameShape, type Shape, showShape, sizeOf } from "../shape";
import type { TaskType } from "../tasks";
import { MODEL } from "../tasks/supervised";
import { shapesOf } from "../model/startFrom";
import { byLayerName, legacyOfHdf5, type LegacyModel, legacyOfTensorFlowJs } from "./keras/legacy";
import { blocksOfKeras, type FindArrays } from "./keras/read";
import { readHdf5 } from "./keras/hdf5";
import { steadyNoise } from "../random";
import { exportedModel, type ExportedNetwork } from "./exported";
import { onnxFile } from "./onnx/file";
import { onnxLayers } from "./onnx/layers";
import { type OnnxWeights, readOnnxWeights } from "./onnx/read";
import { runNetwork } from "./samples";
import { fittedOwn, fittedState, inModuleOrder } from "./torch/fit";
import { readStateDict } from "./torch/unpickle";
import { unzip } from "./unzip";
import { type NamedArray, readSafetensors } from "./safetensors";

/** Larger files are refused. */
export const MAX_MODEL_BYTES = 2 ** 29;
const MAX_HEADER_BYTES = 2 ** 20;
/** What gives as much as it reads rebuilds it where its code is no larger than this many times the sample. */
const MOST_OF_CODES = 8;
/** Samples by which two models are held to be the same. */
const TRIED = 2;

/** A model out of a file. */
export interface ReadModel {
  readonly description: ModelDescription;
  /** By their names in the run; null where the model does not fit the data, so that it must be mended first. */
  readonly weights: Readonly<Record<string, NamedArray>> | null;
  /** Settings that this page has no word for, as `layer: setting`. */
  readonly ignored: readonly string[];
  /** Layers of code that no file has, which were read as in Keras's example. */
  readonly assumed?: readonly string[];
}

/** What a file is read against. */
export interface Surroundings {
  /** Of which dataset, task and training settings are taken where the file has none; of one network. */
  readonly base: ModelDescription;
  readonly dataOf: (description: ModelDescription) => DataInfo;
}

/** Reads a model. @param name of the file, which says what it is
 *  @throws ArgumentError or another of the engine's errors: what was expected, what came */
export async function readModelFile(name: string, bytes: Uint8Array, around: Surroundings): Promise<ReadModel> {
  const read = await opened(name, bytes, around);
  const stem = name
    .replace(/^.*[\\/]|\.\w+$/g, "")
    .replaceAll(/[-_]+/g, " ")
    .trim();
  if (!AUTOMATIC.test(read.description.name) || stem === "") return read;
  return { ...read, description: { ...read.description, name: stem.slice(0, 60) } };
}

/** What libraries call models that nobody has named. */
const AUTOMATIC = /^(sequential|functional|model|onnx)( \d+)?$/i;

async function opened(name: string, bytes: Uint8Array, around: Surroundings): Promise<ReadModel> {
  if (bytes.length > MAX_MODEL_BYTES) refuse(`at most ${MAX_MODEL_BYTES} bytes`, String(bytes.length));
  if (/\.safetensors$/i.test(name)) return readOwn(bytes, around);
  if (/\.keras$/i.test(name)) return await readKeras(bytes, around);
  if (/\.(h5|hdf5)$/i.test(name)) return readLegacy(await legacyOfHdf5(bytes), around);
  if (/\.zip$/i.test(name)) return readZip(bytes, around);
  if (/\.onnx$/i.test(name)) return readOnnx([bytes], around);
  if (/\.(pt|pth)$/i.test(name)) return readTorch(readStateDict(bytes), around);
  return refuse(
    "a .keras, .h5, .safetensors, .pt or .onnx file, or a zip of one, or of TensorFlow.js's model.json and weights",
    `"${name.slice(-80)}"`,
  );
}

const TENSORFLOW_JS = /(^|\/)model\.json$|\.bin$/;
const MODELS = /\.(keras|h5|hdf5|safetensors|onnx|pt|pth)$/i;

/** Whether a zip has a model in it, and is not of data: names alone are read. */
export function holdsModel(bytes: Uint8Array): boolean {
  const names: string[] = [];
  const wanted = (name: string): boolean => {
    names.push(name);
    return false;
  };
  try {
    unzip(bytes, { wanted });
  } catch {
    return false;
  }
  return names.some((name) => MODELS.test(name)) || names.some((name) => /(^|\/)model\.json$/.test(name));
}

/** A zip, as this page's own export is one: of the files of TensorFlow.js, or of a model's file, or one for each of its networks. */
function readZip(bytes: Uint8Array, around: Surroundings): Promise<ReadModel> {
  const files = unzip(bytes, { wanted: (name) => TENSORFLOW_JS.test(name) || MODELS.test(name) });
  const models = Object.entries(files).filter(([name]) => MODELS.test(name));
  const [[name, file] = ["", undefined], ...others] = models;
  if (!file) return readLegacy(legacyOfTensorFlowJs(files), around);
  if (others.length === 0) return opened(name, file, around);
  if (models.every(([each]) => /\.onnx$/i.test(each))) return readOnnx(Object.values(files), around);
  return refuse("a zip of one model", `${models.length}: ${models.map(([each]) => each).join(", ")}`.slice(0, 200));
}

function refuse(expected: string, got: string): never {
  throw new ArgumentError(`Model file: expected ${expected}, got ${got}.`);
}

/** This page's own file, whose description is in it; or else PyTorch's weights in the order of their names. */
function readOwn(bytes: Uint8Array, around: Surroundings): ReadModel {
  const { dataOf } = around;
  const { tensors, metadata } = readSafetensors(bytes, MAX_HEADER_BYTES);
  const { model } = metadata;
  if (model === undefined) return readTorch(inModuleOrder(tensors), around);
  const description = readDescription(model);
  return { description, weights: fitted(description, dataOf(description), tensors), ignored: [] };
}

/** PyTorch's weights without their model: those of the one that is there. */
function readTorch(state: Readonly<Record<string, NamedArray>>, { base, dataOf }: Surroundings): ReadModel {
  const data = dataOf(base);
  const weights = fittedState(exportedModel(base, data), state);
  return { description: base, weights: fitted(base, data, weights), ignored: [] };
}

/** ONNX: this page's own export as it was; otherwise the layers of its graph. Where those that are there give the same with its weights,
 *  they stay, with their names and what training alone does; where the graph is not understood, its weights may be theirs. */
async function readOnnx(files: readonly Uint8Array[], around: Surroundings): Promise<ReadModel> {
  const { base, dataOf } = around;
  const own = ownOnnx(files, around);
  if (own) return own;
  const [bytes = new Uint8Array(), ...others] = files;
  if (others.length > 0) return refuse("one .onnx file, or those that this page wrote", String(files.length));
  const weights = readOnnxWeights(bytes);
  let [read, reason]: [ReadModel | undefined, unknown] = [undefined, undefined];
  try {
    const [column = ""] = columnsOf(base, dataOf(base));
    const { layers, arrays } = onnxLayers(bytes, dataOf(base).columns[column]?.shape ?? []);
    const topology = { class_name: "Functional", config: { name: "onnx", layers } };
    read = await placed(topology, async () => ({}), around, byLayerName(arrays));
  } catch (error) {
    reason = error;
  }
  try {
    const fitting = weightsHere(weights, around);
    if (!read) return { ...fitting, ignored: [reasonOf(reason)] };
    if (!read.weights || (await giveTheSame(read, fitting, dataOf))) return fitting;
    return read;
  } catch (error) {
    if (read) return read;
    throw new ArgumentError(`${reasonOf(reason)} Nor are its weights those of the layers here: ${reasonOf(error)}`);
  }
}

/** Files of this page's own export, one for each network, whose graphs are those of the description in them, to the byte; null for others. */
function ownOnnx(files: readonly Uint8Array[], { dataOf }: Surroundings): ReadModel | null {
  try {
    const all = files.map((bytes) => readOnnxWeights(bytes));
    const [{ model: json = "", title } = { title: "" }] = all;
    if (json === "" || json.length > MAX_HEADER_BYTES) return null;
    const description = readDescription(json);
    const data = dataOf(description);
    const model = exportedModel(description, data);
    const of = model.networks.map(({ name }) => all.find(({ network }) => network === name));
    const written = (network: ExportedNetwork) => readOnnxWeights(onnxFile(network, title));
    const held = of.map((file) => file?.held ?? {});
    const weights = fittedOwn(model, held, (network) => written(network).held);
    if (!weights || of.length !== files.length) return null;
    const { networks } = exportedModel(description, data, weights);
    const isSame = networks.every((network, i) => sameBytes(written(network).graph, of[i]?.graph ?? new Uint8Array()));
    return isSame ? { description, weights: fitted(description, data, weights), ignored: [] } : null;
  } catch {
    return null;
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** The weights of an ONNX file in the model that is there: by the names of this page's own export, or else in the order in which PyTorch's
 *  are read. */
function weightsHere({ held, read }: OnnxWeights, { base, dataOf }: Surroundings): ReadModel {
  const data = dataOf(base);
  const model = exportedModel(base, data);
  const own = fittedOwn(model, [held], (network) => readOnnxWeights(onnxFile(network, "")).held);
  return { description: base, weights: fitted(base, data, own ?? fittedState(model, read)), ignored: [] };
}

/** Whether two models of one network give the same for a few samples. */
async function giveTheSame(a: ReadModel, b: ReadModel, dataOf: Surroundings["dataOf"]): Promise<boolean> {
  const [[one, more], [other]] = [a, b].map(
    ({ description, weights }) => exportedModel(description, dataOf(description), weights ?? {}).networks,
  ) as [readonly ExportedNetwork[], readonly ExportedNetwork[]];
  if (!one || more || !other || !sameShape(one.input.shape, other.input.shape)) return false;
  const length = TRIED * sizeOf(one.input.shape);
  const inputs = one.input.dtype === "f32" ? steadyNoise(length) : Uint32Array.from({ length }, (_, i) => i % 7);
  const [given, wanted] = [await runNetwork(one, inputs, TRIED), await runNetwork(other, inputs, TRIED)];
  const most = given.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  return (
    given.length === wanted.length && given.every((value, i) => Math.abs(value - (wanted[i] ?? NaN)) < 1e-5 * most)
  );
}

/** The weights, where they are those of the model. @throws ArgumentError naming the first that is missing or misshapen */
function fitted(
  description: ModelDescription,
  data: DataInfo,
  arrays: Readonly<Record<string, NamedArray>>,
): Readonly<Record<string, NamedArray>> | null {
  const specs = variablesOf(description, data);
  if (!specs) return null;
  for (const [path, shape] of specs) {
    const array = Object.hasOwn(arrays, path) ? arrays[path] : undefined;
    if (!array || !sameShape(array.shape, shape)) {
      refuse(`"${path}" of ${showShape(shape)}`, array ? showShape(array.shape) : "none");
    }
    if (array && !array.data.every(Number.isFinite)) refuse(`finite numbers in "${path}"`, "some that are not");
  }
  const unknown = Object.keys(arrays).find((path) => !specs.has(path));
  if (unknown !== undefined) refuse("the weights of its model", `"${unknown.slice(0, 80)}" beside them`);
  return arrays;
}

/** The shapes of a model's variables by their names in the run; null where it has an error. */
function variablesOf(description: ModelDescription, data: DataInfo): ReadonlyMap<string, Shape> | null {
  const report = analyzeModel(description, data);
  return report.problems.some(({ severity }) => severity === "error") ? null : shapesOf(report);
}

const nodeSchema = v.looseObject({ class_name: v.string(), config: v.record(v.string(), v.unknown()) });
const layersSchema = v.pipe(v.array(nodeSchema), v.maxLength(200));
const modelSchema = v.looseObject({
  class_name: v.picklist(["Sequential", "Functional", "Model"]),
  // TensorFlow.js and the first Keras list a row of layers without more.
  config: v.union([
    v.looseObject({ name: v.optional(v.pipe(v.string(), v.maxLength(1000))), layers: layersSchema }),
    v.pipe(
      layersSchema,
      v.transform((layers) => ({ name: undefined, layers })),
    ),
  ]),
});

/** A Keras 3 file. */
async function readKeras(bytes: Uint8Array, around: Surroundings): Promise<ReadModel> {
  const parts = unzip(bytes, { wanted: ["config.json", "model.weights.h5"] });
  const [config, file] = [parts["config.json"], parts["model.weights.h5"]];
  if (!config || !file) return refuse("config.json and model.weights.h5 in a .keras file", "a file without them");
  const topology = jsonOf(config);
  return placed(topology, async () => await readHdf5(file), around);
}

/** A file in the words of Keras 2. */
const readLegacy = ({ topology, arrays }: LegacyModel, around: Surroundings): Promise<ReadModel> =>
  placed(topology, async () => ({}), around, byLayerName(arrays));

/** A model of Keras's layers: they take the place of those of a model of one network. */
async function placed(
  topology: unknown,
  read: () => Promise<Readonly<Record<string, NamedArray>>>,
  { base, dataOf }: Surroundings,
  find?: FindArrays,
): Promise<ReadModel> {
  const parsed = v.safeParse(modelSchema, topology, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return refuse(
      "a Sequential or Functional model",
      `${v.getDotPath(issue) ?? "its configuration"}: ${issue.message}`.slice(0, 200),
    );
  }
  const { blocks, paths, ignored, assumed } = blocksOfKeras(parsed.output.config.layers, find);
  const name = (parsed.output.config.name ?? "").replaceAll("_", " ").trim().slice(0, 60);
  const description = describe(blocks, { ...base, name: name || base.name }, dataOf);
  const arrays = await read();
  const report = analyzeModel(description, dataOf(description));
  const found: Record<string, NamedArray> = {};
  const isOne = Object.keys(description.networks).length === 1;
  for (const { id, network, name: layer, variables } of report.layers) {
    const given = paths.get(id)?.(arrays) ?? [];
    const wanted = Object.keys(variables);
    if (wanted.length !== given.length && report.problems.length === 0) {
      refuse(`${wanted.length} arrays for "${layer}"`, String(given.length));
    }
    wanted.forEach((variable, i) => {
      const array = given[i];
      if (array) found[`${isOne ? "" : `${network}/`}${layer}/${variable}`] = array;
    });
  }
  return { description, weights: fitted(description, dataOf(description), found), ignored, assumed };
}

/** The type that is a record's only key, as the compiler checks it. */
const taskIn = (record: Readonly<Partial<Record<TaskType, true>>>): TaskType =>
  (Object.keys(record) as TaskType[])[0] ?? refuse("a task", "none");

/** What models of one network and of two, of which one rebuilds what the other read, are for. */
const CLASSES = taskIn({ classification: true });
const REBUILT = taskIn({ reconstruction: true });

/** A model of these blocks: in the place of the only network that there is, or as a classifier; what gives as much as it reads, as an
 *  encoder and a decoder, cut where values are fewest. */
function describe(blocks: readonly Block[], base: ModelDescription, dataOf: Surroundings["dataOf"]): ModelDescription {
  const [[first, own] = [], ...others] = Object.entries(base.networks);
  if (first === undefined || !own) return refuse("a model to take the place of", "none");
  const isAlone = others.length === 0;
  const seen = parseDescription({ ...base, networks: { ...base.networks, [first]: { ...own, blocks } } });
  const single = isAlone
    ? seen
    : parseDescription({
        ...base,
        task: { type: CLASSES, config: {} },
        networks: { [MODEL]: { ...own, blocks } },
      });
  const report = analyzeModel(seen, dataOf(seen)).networks[first];
  const [shape, made] = [report?.input?.shape ?? [], report?.output?.shape ?? []];
  if (shape.length < 2 || !sameShape(shape, made)) return single;
  const sizes = blocks.slice(0, -1).map(({ id }) => {
    const output = report?.layers.find((layer) => layer.id === id)?.output;
    return output ? sizeOf(output.shape) : Infinity;
  });
  const cut = 1 + sizes.lastIndexOf(Math.min(...sizes));
  if (cut < 1 || (sizes[cut - 1] ?? Infinity) >= sizeOf(shape) * MOST_OF_CODES) return single;
  const isRebuilt = base.task.type === REBUILT;
  return parseDescription({
    ...base,
    task: isRebuilt ? base.task : { type: REBUILT, config: {} },
    networks: {
      encoder: { ...own, blocks: blocks.slice(0, cut) },
      decoder: { ...own, blocks: blocks.slice(cut) },
    },
  });
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return refuse("config.json to be JSON", "text that does not parse");
  }
}

/** What to say of an error. */
export const reasonOf = (error: unknown): string =>
  error instanceof DescentError || error instanceof Error ? error.message : String(error);
