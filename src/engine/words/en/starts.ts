/** English: beginning with weights of another model, and the stages of presets that do so. */
import type { Counts, Lists, Texts } from "../values";
import { formats } from "./formats";

const { count, list } = formats;

export const starts = {
  from: "Start from",
  fromHelp: "The weights before the first step: drawn by the seed, or those of another run or a file.",
  bySeed: "The seed",
  freezeUpTo: "Freeze all up to here",
  thawAll: "Thaw all",
  title: "Start from other weights",
  about:
    "Weights are taken where name and shape are the same. The others are drawn by the seed, and Reset comes back to this start.",
  source: "Weights of",
  seed: "None: draw all by the seed",
  present: ({ name, step }: Texts<"name"> & Counts<"step">) => `This run: ${name}, step ${count(step)}`,
  kept: ({ name, step }: Texts<"name"> & Counts<"step">) => `${name}, step ${count(step)}`,
  file: "A file…",
  fileLabel: "File with weights",
  failed: ({ reason }: Texts<"reason">) => `These weights cannot be read: ${reason}`,
  gone: "The run has no checkpoint any more.",
  report: "What the model begins with",
  variable: "Weights",
  shape: "Shape",
  fate: "Begins with",
  taken: "taken",
  takenAs: ({ from }: Texts<"from">) => `taken: ${from}`,
  missing: "seed: nothing of that name",
  otherShape: ({ shape }: Texts<"shape">) => `seed: is ${shape} there`,
  sum: ({ taken, of }: Counts<"taken" | "of">) => `${count(taken)} of ${count(of)} arrays are taken.`,
  unused: ({ names, more }: Lists<"names"> & Counts<"more">) =>
    `Not needed: ${list(names)}${more > 0 ? ` and ${count(more)} more` : ""}.`,
  freeze: "Freeze what is taken, but for the last layer with weights",
  begin: "Start from these",
  cancel: "Cancel",
  begun: ({ title, taken, of, left }: Texts<"title"> & Counts<"taken" | "of"> & Lists<"left">) =>
    `Begins with the weights of ${title}: ${count(taken)} of ${count(of)} arrays fit.${
      left.length > 0 ? ` Drawn by the seed: ${list(left)}${of - taken > left.length ? ", and others" : ""}.` : ""
    }`,
  stages: "Stages of this preset",
  trainFirst: ({ title }: Texts<"title">) => `Train “${title}” first: this stage begins with what it has learnt.`,
  testScore: "On the test set",
  learnTurns: "Learn turns, no labels",
  learnTurnsHelp: "Each digit is turned by a random quarter, and the net tells by which.",
  fewLabelsFeaturesHelp:
    "The same convolutions, frozen, under dense layers and a hundred labels. With digits that gains nothing: what tells up from down does not tell digits apart. Masked pretraining gains.",
  learnHidden: "Learn what is hidden, no labels",
  learnHiddenHelp:
    "Each digit is moved and half hidden, and the net rebuilds it whole, where it was, from ten numbers.",
  fewLabels: "100 labels, begun with that",
  fewLabelsHelp: "The same encoder, frozen, under two new layers, and a hundred digits that have labels.",
  fewLabelsAlone: "100 labels from scratch",
  fewLabelsAloneHelp: "The same net with nothing learnt before, to hold against it.",
  learnLow: "Learn 0 to 4",
  learnLowHelp: "A convnet learns the digits 0 to 4 and sees no other.",
  learnHigh: "5 to 9, features frozen",
  learnHighHelp: "The same convolutions, frozen as they are, with new digits: only the dense layers learn.",
  learnHighAlone: "5 to 9 from scratch",
  learnHighAloneHelp: "The same net with nothing learnt before, to hold against it.",
};
