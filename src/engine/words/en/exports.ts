/** English: taking models out to other libraries, and bringing them in. */
import type { Counts, Lists, Texts } from "../values";
import { formats } from "./formats";

const { bytes, count, list } = formats;

/** What cannot be written, and why. */
export const exports = {
  title: "Export the model",
  asking: "Reading the weights…",
  nothingTrained: "There is no model to take yet: press Train first.",
  failed: ({ reason }: Texts<"reason">) => `That did not work: ${reason}`,
  what: ({ name, step }: Texts<"name"> & Counts<"step">) =>
    `${name}, as it is after ${count(step)} ${step === 1 ? "step" : "steps"}. Files are made in this tab and sent nowhere.`,
  opened: ({ name }: Texts<"name">) => `${name} is open, with its weights: Train goes on from them.`,
  openedPartly: ({
    name,
    hasWeights,
    ignored,
    assumed,
  }: Texts<"name"> & Lists<"ignored" | "assumed"> & { readonly hasWeights: boolean }) =>
    (hasWeights
      ? `${name} is open, with its weights.`
      : `${name} is open without its weights, since it does not fit the data as it is. Mend what is marked, or undo.`) +
    (ignored.length > 0 ? ` This page has no word for ${list(ignored)}.` : "") +
    (assumed.length > 0 ? ` A file does not hold the code of ${list(assumed)}: read as in Keras's example.` : ""),
  notOpened: ({ file, reason }: Texts<"file" | "reason">) => `${file} was not opened. ${reason} Nothing has changed.`,
  format: "Format",
  withSamples: "With samples and a script that checks them",
  withSamplesHelp: ({ count: samples }: Counts<"count">) =>
    `${count(samples)} test samples and this page's answers travel along; the script prints the largest difference.`,
  download: "Download",
  saved: ({ format, size }: Texts<"format" | "size">) => `${format}: ${size} saved.`,
  proving: ({ share }: Counts<"share">) => `Working samples out a second time, without the engine: ${count(share)}%`,
  proved: ({ count: samples, difference }: Counts<"count"> & Texts<"difference">) =>
    `Worked out a second time, without the engine: ${count(samples)} test samples differ by ${difference} at most.`,
  /** Why a format cannot take a model: `layers` are named with the reason. */
  cannot: ({ format, layers, why }: Texts<"format" | "why"> & Lists<"layers">) =>
    `${format} cannot take ${list(layers)}: ${why}.`,
  noSteps: ({ type }: Texts<"type">) => `${type} has no translation yet`,
  activityPenalty: "its script has no penalty on what a layer tells",
  tooLarge: ({ most }: Counts<"most">) => `a page holds at most ${count(most)} weights`,
  tooLargeForC: ({ most }: Counts<"most">) => `a header holds at most ${count(most)} weights`,
  noScripts: "there are scripts for one network that learns classes, numbers or the next token",
  tooMuchData: ({ most }: Counts<"most">) => `its data are more than ${bytes(most)}`,
  fetchingData: "Putting the data together…",
  tensorFlowJsLacks: "TensorFlow.js has no such layer, activation or setting",
  kerasLacks: "Keras itself has no such layer, only KerasHub",
  kerasOneEachWay: "Keras's Bidirectional holds one recurrent layer for each direction",
  kerasAlikeBothWays: "Keras's Bidirectional wants two layers of one kind and size",
  kerasTimeDistributed: "Keras's TimeDistributed holds one layer of one input",
};
