/** English: the dialog in which visitors bring their data. */
import type { Counts, Lists, Texts } from "../values";
import { formats } from "./formats";

const { count } = formats;

export const bring = {
  title: "Bring your data",
  private: "Read and kept in this browser. Nothing leaves this device.",
  close: "Close",
  cancel: "Cancel",
  choose: "Choose a CSV or TSV file, or drop it here",
  chooseHelp: "A row for each sample, a column for each thing known of it. Up to 20 million cells.",
  oneFile: "Bring one table at a time: expected one file, got several. Choose one of them.",
  working: "Reading your data",
  percent: ({ percent }: Texts<"percent">) => `${percent}%`,
  name: "Name",
  target: "Predict",
  predictAs: "As",
  asClass: "a class",
  asNumber: "a number",
  testShare: "Kept for the test",
  number: "Number",
  category: "Category",
  off: "Leave out",
  isTarget: "Predicted",
  useOf: ({ column }: Texts<"column">) => `How to read ${column}`,
  missing: ({ cells }: Counts<"cells">) => `${count(cells)} missing`,
  preview: ({ rows }: Counts<"rows">) => `The first of ${count(rows)} rows`,
  comesTo: ({ train, test, features }: Counts<"train" | "test" | "features">) =>
    `${count(train)} rows to train on, ${count(test)} for the test, ${count(features)} features`,
  classCount: ({ classes }: Counts<"classes">) => `, ${count(classes)} classes`,
  refused: ({ rows, examples }: Counts<"rows"> & Lists<"examples">) =>
    `${count(rows)} ${rows === 1 ? "row was" : "rows were"} left out: ${examples.join(" ")}`,
  keepModel: ({ name }: Texts<"name">) => `Use with ${name}`,
  newModel: "Use with a model that fits",
  ready: ({ title }: Texts<"title">) => `${title} is ready to train on.`,
};
