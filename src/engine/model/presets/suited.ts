/** A model to begin with for any data: small and plain, of the task that the data suggest. */
import type { ColumnInfo, DataInfo } from "../../data";
import { layerFor } from "../../nn/layers/roles";
import type { TaskType } from "../../tasks";
import { MODEL } from "../../tasks/supervised";
import { sizeOf } from "../../shape";
import type { ModelDescription } from "../description";
import { dense, type Layer, preset } from "./preset";

/** What data suggest: a class to classify, a number to predict. Null where they have neither. */
export function taskFor({ columns }: Pick<DataInfo, "columns">): TaskType | null {
  const kinds = new Set(Object.values(columns).map(({ kind }) => kind));
  if (kinds.has("class")) return "classification";
  return kinds.has("value") ? "regression" : null;
}

/** How many samples to hold out of a training set: a tenth. */
export const heldOutOf = (trainCount: number): number => Math.min(5000, Math.floor(trainCount / 10));

const conv = (filters: number): readonly Layer[] => [
  ["Conv2D", { filters, kernelSize: [3, 3], padding: "same", activation: "relu" }],
  ["MaxPooling2D"],
];

/** Tables that there are at most, for the categories that come last; others are read as features. */
const MOST_TABLES = 40;
/** Branches that a container has at most. */
const MOST_BRANCHES = 8;

/** Branches side by side, in groups where they are many. */
function besideEachOther(branches: readonly (readonly Layer[])[]): readonly Layer[] {
  if (branches.length < 2) return branches.flat();
  if (branches.length <= MOST_BRANCHES) return [["Branches", { merge: "concat" }, branches]];
  const size = Math.ceil(branches.length / MOST_BRANCHES);
  const groups = Array.from({ length: Math.ceil(branches.length / size) }, (_, i) =>
    besideEachOther(branches.slice(i * size, (i + 1) * size)),
  );
  return besideEachOther(groups);
}

/** A table of vectors for each category that is embedded, beside all other features: a product of a row that is 1 at one place is a
 *  look-up. Of n texts, `1.6 n^0.56` numbers, as in fastai. */
function tablesOf({ shape: [width = 0], embedded = [] }: ColumnInfo): readonly Layer[] {
  const tables = embedded.slice(-MOST_TABLES);
  let from = width - tables.reduce((sum, count) => sum + count, 0);
  const part = (start: number, count: number): Layer[] => [
    [layerFor.shapes, { targetShape: [width, 1, 1] }],
    [layerFor.parts, { rows: [start, width - start - count], columns: [0, 0] }],
    [layerFor.rows],
  ];
  const rest = from > 0 ? [part(0, from)] : [];
  const all = tables.map((count) => {
    const own = part(from, count);
    from += count;
    const units = Math.min(50, Math.round(1.6 * count ** 0.56));
    return [...own, [layerFor.outputs, { units, activation: "linear", useBias: false }] satisfies Layer];
  });
  return besideEachOther([...rest, ...all]);
}

/** What reads a text that is told apart: a vector for each token, and for each of a few together what they say, of which the strongest
 *  count. Source: Kim 2014, "Convolutional neural networks for sentence classification". */
const textReader = (tokens: number): readonly Layer[] => [
  [layerFor.indices, { inputDim: tokens, outputDim: 32 }],
  ["Dropout", { rate: 0.3 }],
  ["Conv1D", { filters: 64, kernelSize: 3, padding: "same", activation: "relu" }],
  ["GlobalMaxPooling1D"],
  ["Dropout", { rate: 0.3 }],
];

/** What reads an input of this shape: convolutions for pictures, as many as halve them to a few pixels. */
function readerOf(column: ColumnInfo): readonly Layer[] {
  const { kind, shape } = column;
  if (kind === "text") return textReader(column.names?.length ?? 2);
  const side = kind === "image" ? Math.min(shape[0] ?? 0, shape[1] ?? 0) : 0;
  if (side < 12)
    return [
      ...(shape.length > 1 ? [[layerFor.rows] as const] : []),
      ...(column.embedded ? tablesOf(column) : []),
      dense(64, "relu"),
      dense(32, "relu"),
    ];
  return [...conv(16), ...conv(32), ...(side < 40 ? [] : conv(64)), [layerFor.rows], dense(64, "relu")];
}

/** A small model with the inputs and outputs that the data need: a classifier or a regression; of pictures alone an autoencoder, of
 *  text alone what writes it. Null where they suggest none of these. */
export function suitedModel({ id, title, columns, trainCount }: DataInfo): ModelDescription | null {
  const all = Object.values(columns);
  const [input] = all;
  if (!input) return null;
  const task = taskFor({ columns });
  const named = { title: title.slice(0, 60), help: "", dataset: id };
  const training = {
    validationCount: heldOutOf(trainCount),
    batchSize: trainCount < 2000 ? 16 : 64,
    epochs: trainCount < 2000 ? 60 : 10,
  };
  if (task) {
    const classes = all.find(({ kind }) => kind === "class")?.names?.length ?? 2;
    const values = all.findLast(({ kind }) => kind === "value");
    const end = task === "classification" ? dense(classes, "softmax") : dense(values?.shape[0] ?? 1, "linear");
    return preset(named, { [MODEL]: [...readerOf(input), end] }, { task: [task, {}], ...training }).description;
  }
  if (input.kind === "image") {
    const encoder: Layer[] = [[layerFor.rows], dense(128, "relu"), dense(32, "relu")];
    const targetShape = [...input.shape];
    const decoder: Layer[] = [dense(128, "relu"), dense(sizeOf(input.shape), "sigmoid"), ["Reshape", { targetShape }]];
    return preset(named, { encoder, decoder }, { task: ["reconstruction", {}], ...training }).description;
  }
  if (input.kind !== "text") return null;
  const letters = input.names?.length ?? 2;
  const writer: Layer[] = [
    ["Embedding", { inputDim: letters, outputDim: 32 }],
    ["GRU", { units: 128, returnSequences: true }],
    dense(letters, "softmax"),
  ];
  const optimizer = ["Adam", { learningRate: 0.003 }] as const;
  return preset(named, { [MODEL]: writer }, { task: ["language", {}], optimizer, ...training }).description;
}
