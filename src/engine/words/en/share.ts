/** English: links and files of models, and what became of those that were opened. */
import type { Texts } from "../values";
import { formats } from "./formats";

const { all, count } = formats;

type Steps = { readonly steps: readonly string[] };
type Differing = Texts<"was" | "now"> & Steps & { readonly step: number };

/** What lies between the steps that are compared nobody has seen. */
const firstOf = ({ steps, step }: Differing): string =>
  steps.length > 1 ? `of steps ${all(steps)}, ${count(step)} is the first that differs` : `step ${count(step)} differs`;

export const share = {
  title: "Share",
  aboutLink: "The link holds the whole model and how it is trained. Nothing is uploaded: all of it is in the address.",
  withLosses:
    "It carries the first losses of this run, so that whoever trains it sees whether it is the same run, to the bit.",
  withWeights: "With the trained weights",
  withWeightsHelp: ({ bits }: { readonly bits: number }) =>
    `Rounded to ${count(bits)} bits. Whoever opens the link finds the model trained as it is now.`,
  weightsTooLong:
    "The trained weights are too many for a link: save the run as a file under Runs, or take the model along with Export.",
  otherWeights: ({ expected, got }: Readonly<Record<"expected" | "got", number>>) =>
    `its weights are not those of its model: expected ${count(expected)} bytes, got ${count(got)}. Ask for the link again.`,
  badWeights: "its weights are no numbers. Ask for the link again.",
  theLink: "Weights of the link",
  openedWithWeights: ({ opened, bits }: Texts<"opened"> & { readonly bits: number }) =>
    `${opened} Its trained weights came along, rounded to ${count(bits)} bits: Reset goes back to them, and Start from, under Training, to the seed's.`,
  link: "Link to this model",
  copyLink: "Copy link",
  showQr: "QR code",
  qrCode: "The link as a QR code",
  noQr: "The link is longer than a QR code can be.",
  copied: "Link copied. Whoever opens it finds this model, and trains it when they like.",
  copyByHand: "The browser does not let the page copy. The address bar has the link too.",
  tooLong: ({ most }: { readonly most: number }) =>
    `This model is too large for a link of ${count(most)} characters. Save it as a file instead.`,
  noLink: "This browser cannot make links. Save the model as a file instead.",
  aboutFile: "The file holds the same as the link, without weights: layers, settings, seed.",
  save: "Save model file",
  open: "Open model file",
  openHelp: "A file such as model.descent.json",
  opened: ({ name }: Texts<"name">) =>
    `${name} was opened from the link in place of your model, which Undo brings back.`,
  openedSame: ({ name }: Texts<"name">) => `The link is that of the model you have: ${name}.`,
  openedFile: ({ name }: Texts<"name">) =>
    `${name} was opened from the file in place of your model, which Undo brings back.`,
  openedWithLosses: ({ opened }: Texts<"opened">) =>
    `${opened} Train it, and the page says whether you get the same losses as its sender.`,
  notOpened: ({ problem }: Texts<"problem">) => `The link could not be opened, and nothing was changed: ${problem}`,
  fileNotOpened: ({ problem }: Texts<"problem">) => `The file could not be opened, and nothing was changed: ${problem}`,
  damagedLink: "it is damaged. Links break when a part is cut off: copy the whole link again.",
  otherVersion:
    "it was made by another version of Descent. Reload the page to get the newest, or ask for a model file.",
  tooLongLink: ({ most, got }: { readonly most: number; readonly got: number }) =>
    `expected at most ${count(most)} characters, got ${count(got)}. Ask for a model file instead.`,
  tooLargeFile: ({ most, got }: Texts<"most" | "got">) =>
    `expected at most ${most}, got ${got}. Model files hold a description and no weights.`,
  unknownFile: ({ name }: Texts<"name">) =>
    `${name} is nothing that this page opens. It takes models, as model.descent.json, and data: pictures, tables, texts and arrays.`,
  reproduced: ({ steps }: Steps) => `Reproduced, same bits: the losses at steps ${all(steps)} are those of the link.`,
  close: ({ steps }: Steps) => `Reproduced: the losses at steps ${all(steps)} are those of the link, to 1e-6.`,
  closeElsewhere: ({ steps }: Steps) =>
    `Reproduced: the losses at steps ${all(steps)} are the same to 1e-6 on another backend than the link's.`,
  differs: (values: Differing) =>
    `Not the link's run: ${firstOf(values)}, with a loss of ${values.now} where the link has ${values.was}.`,
  differsElsewhere: (values: Differing) =>
    `Not quite the link's run: ${firstOf(values)}, with a loss of ${values.now} where the link has ${values.was}. ` +
    `That one was made on another backend, whose rounding adds up over the steps.`,
};
