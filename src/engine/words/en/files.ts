/** English: what is wrong with what comes from outside: model descriptions and datasets. */
import type { Came, Counts, Lists, Texts } from "../values";
import { formats } from "./formats";

const { count, list } = formats;

/** Parts of a model description, as its messages call them. */
export const part = {
  layer: "layer",
  layerId: "layer id",
  layerName: "layer name",
  layerType: "layer type",
  settings: "settings",
  frozen: "frozen",
  container: "container",
  containerType: "container type",
  branches: "branches",
  layers: "layers",
  network: "network",
  networks: "networks",
  optimizer: "optimizer",
  schedule: "schedule",
  training: "training settings",
  map: "map",
  restoreBest: "restoreBest",
  model: "model",
  modelName: "model name",
  dataset: "dataset",
  task: "task",
  version: "version",
};

/** Model descriptions that are not valid. */
export const description = {
  whole: "Model description",
  map: ({ side }: Counts<"side">) =>
    `${count(side)} times ${count(side)} of S, G, x, # and dots, with one S and at least one G`,
  path: ({ path }: Texts<"path">) => `Model description at ${path}`,
  layer: ({ number }: Counts<"number">) => `Layer ${count(number)}`,
  layerWithId: ({ number, id }: Counts<"number"> & Texts<"id">) => `Layer ${count(number)} "${id}"`,
  block: ({ type, name }: Texts<"type" | "name">) => `${type} "${name}"`,
  optimizer: ({ type }: Texts<"type">) => `Optimizer ${type}`,
  optimizerOf: ({ type, network }: Texts<"type" | "network">) => `Optimizer ${type} of the ${network}`,
  schedule: ({ type }: Texts<"type">) => `Schedule ${type}`,
  scheduleOf: ({ type, network }: Texts<"type" | "network">) => `Schedule ${type} of the ${network}`,
  task: ({ type }: Texts<"type">) => `Task ${type}`,
  /** A sentence. */
  at: ({ place, problem }: Texts<"place" | "problem">) => `${place}: ${problem}.`,
  several: ({ place, problems }: Texts<"place"> & Lists<"problems">) => `${place}: ${problems.join("; ")}.`,
  manyMore: ({ place, problems, more }: Texts<"place"> & Lists<"problems"> & Counts<"more">) =>
    `${place}: ${problems.join("; ")}; and ${count(more)} more.`,
  wrong: ({ what, expected, got }: Texts<"what" | "expected" | "got">) => `${what}: expected ${expected}, got ${got}`,
  missing: ({ what, keys, key }: Texts<"what" | "key"> & Lists<"keys">) =>
    `${what}: expected ${list(keys)}, got no ${key}`,
  emptyName: ({ what }: Texts<"what">) => `${what}: expected a name, got an empty one`,
  text: "text",
  characters: ({ most }: Counts<"most">) => `at most ${count(most)} characters`,
  object: "an object",
  only: ({ keys }: Lists<"keys">) => `only ${list(keys)}`,
  flag: "true or false",
  list: "a list",
  lists: "a list of lists of layers",
  versions: "1 or 2",
  tooDeep: ({ place, most }: Texts<"place"> & Counts<"most">) =>
    `${place}: expected at most ${count(most)} containers in each other, got more.`,
  tooLong: ({ most, got }: Counts<"most" | "got">) =>
    `Model description: expected at most ${count(most)} characters, got ${count(got)}.`,
  notJson: ({ reason }: Texts<"reason">) =>
    `Model description: expected JSON, got text that does not parse (${reason}).`,
  otherNetworks: ({ wanted, task, given }: Lists<"wanted" | "given"> & Texts<"task">) =>
    `Model description at networks: expected ${list(wanted)} for the task ${task}, got ${given.length > 0 ? list(given) : "none"}.`,
  tooManyLayers: ({ most, got }: Counts<"most" | "got">) =>
    `Model description: layers: expected at most ${count(most)}, got ${count(got)}.`,
  repeatedId: ({ id }: Texts<"id">) =>
    `Model description: layers: expected every layer to have an id of its own, got "${id}" twice.`,
  branches: ({ place, min, max, got }: Texts<"place"> & Counts<"min" | "max" | "got">) =>
    `${place}: expected ${min === max ? count(min) : `${count(min)} to ${count(max)}`} branches, got ${count(got)}.`,
  tooManyHeldOut: ({ all, got }: Counts<"all" | "got">) =>
    `Validation samples: expected fewer than the ${count(all)} training samples, got ${count(got)}. Hold out fewer.`,
  scoresNotFinite:
    "Scores: expected finite weights, got some that are not. Go back to when they were, and lower the learning rate.",
};

/** Datasets that are missing, broken or not what they say. `where` is a file or a part of the data. */
export const data = {
  file: ({ title, path }: Texts<"title" | "path">) => `${title} file ${path}`,
  meta: ({ title }: Texts<"title">) => `${title} meta.json`,
  inputsOf: ({ where, split }: Texts<"where" | "split">) => `${where}, ${split} inputs`,
  labelsOf: ({ where, split }: Texts<"where" | "split">) => `${where}, ${split} labels`,
  labels: ({ title, split }: Texts<"title" | "split">) => `${title} ${split} labels`,
  split: ({ title, split }: Texts<"title" | "split">) => `${title}, ${split}`,
  column: ({ title, split, column }: Texts<"title" | "split" | "column">) => `${title}, ${split} column "${column}"`,
  retry:
    "Check your connection and retry. If it fails again while you are connected, the data on this host are damaged.",
  restore: "Restore the file.",
  /** Sentences: what is wrong, and what to do. */
  wrong: ({ where, expected, got, advice }: Texts<"where" | "expected" | "advice"> & Came) =>
    `${where}: expected ${expected}, got ${got}. ${advice}`,
  bytes: ({ byteLength }: Counts<"byteLength">) => `${String(byteLength)} bytes`,
  atMostBytes: ({ byteLength }: Counts<"byteLength">) => `at most ${String(byteLength)} bytes`,
  filesOfBytes: ({ byteLength }: Counts<"byteLength">) => `files of ${String(byteLength)} bytes together`,
  more: "more",
  json: "JSON",
  sha: ({ sha256 }: Texts<"sha256">) => `SHA-256 ${sha256}`,
  readable: "a readable file",
  quoted: ({ text }: Texts<"text">) => `"${text}"`,
  valuesBelow: ({ most }: Counts<"most">) => `values below ${String(most)}`,
  valueAt: ({ value, place }: Counts<"value" | "place">) => `${String(value)} at ${String(place)}`,
  atField: ({ expected, field }: Texts<"expected" | "field">) => `${expected} at ${field}`,
  wholeFile: "the whole file",
  noSuchField: "no such field",
  characters: ({ most }: Counts<"most">) => `1 to ${String(most)} characters`,
  whole: ({ min, max }: Counts<"min" | "max">) => `a whole number from ${String(min)} to ${String(max)}`,
  listOf: ({ min, max }: Counts<"min" | "max">) => `a list of ${String(min)} to ${String(max)}`,
  fileName: "a bare file name",
  hexDigits: "64 hexadecimal digits",
  id: "up to 40 lower-case letters, digits and hyphens",
  fewerSamples: "Use fewer samples.",
  onServer: "the server to have it",
  unnamedFile: ({ path }: Texts<"path">) => `Dataset file ${path}`,
  unknown: ({ known, got }: Lists<"known"> & Texts<"got">) =>
    `Dataset: expected one of ${list(known)}, got "${got}". Choose one of those.`,
  gone: "Data: expected a dataset that you brought, but it is no longer in this browser: it was removed, or brought in another one. Choose another dataset, or bring it again.",
  noSamples: ({ where }: Texts<"where">) => `${where}: expected samples, got none. Give at least one.`,
  wrongArray: ({ where, array, got }: Texts<"where" | "array" | "got">) =>
    `${where}: expected a ${array} of its values, got ${got}. Give all columns of all splits.`,
  none: "none",
  wrongLength: ({ where, values, samples, got }: Texts<"where"> & Counts<"values" | "samples" | "got">) =>
    `${where}: expected ${count(values)} values for ${count(samples)} samples, got ${count(got)}. Mend the column or the count.`,
  badValue: ({ where, expected, got, sample }: Texts<"where" | "expected"> & Counts<"got" | "sample">) =>
    `${where}: expected ${expected}, got ${String(got)} in sample ${count(sample)}. Mend or drop that sample.`,
  badValueAt: (values: Texts<"where" | "expected"> & Counts<"got" | "sample" | "place">) =>
    `${values.where}: expected ${values.expected}, got ${String(values.got)} in sample ${count(values.sample)} at ${String(values.place)}. Mend or drop that sample.`,
  indexBelow: ({ names }: Counts<"names">) => `an index below ${count(names)}, for so many names`,
  finite: "a finite number",
};

/** Checkpoints of runs: files that are refused, and what is not as it was. */
export const checkpoint = {
  /** `reason` is an error's own text, which says what was expected and what came. */
  refused: ({ reason }: Texts<"reason">) => `Checkpoint: ${reason} Nothing has changed.`,
  /** `problem` is a sentence. */
  badModel: ({ problem }: Texts<"problem">) => `Checkpoint: ${problem} Nothing has changed.`,
  gone: "This run's checkpoint is no longer there: the browser or another tab has removed it. Nothing has changed.",
  otherBuild: "another version of this page",
  otherBackend: ({ was, now }: Texts<"was" | "now">) => `another backend (${was}, now ${now})`,
  otherAdapter: ({ was, now }: Texts<"was" | "now">) => `another machine (${was}, now ${now})`,
  otherKernels: "other kernels for matrix products",
};
