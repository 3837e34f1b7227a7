/** English: the parts of the page and the line above them, and what all pages share. */
import type { Texts } from "../values";
import { formats } from "./formats";

/** Parts, their tabs and what is between them. */
export const layout = {
  name: "Descent",
  privacy: "Nothing leaves this device",
  privacyHelp: "Data, model and training stay in this tab. The page may only speak to the server it came from.",
  undo: "Undo",
  undoHelp: "Undo (Ctrl Z)",
  redo: "Redo",
  redoHelp: "Redo (Ctrl Shift Z)",
  share: "Share",
  shareHelp: "Share: a link or a file of this model",
  saveRun: "Save this run",
  lightTheme: "Light theme",
  darkTheme: "Dark theme",
  allTabs: ({ tabs }: { readonly tabs: number }) => `All ${formats.count(tabs)}`,
  parts: "Parts of the page",
  model: "Model",
  training: "Training",
  charts: "Curves",
  results: "Results",
  modelEditor: "Model editor",
  trainingSettings: "Training settings",
  modelAndTraining: "Model and training",
  foldHelp: "Fold the column away",
  fold: "Fold model and training",
  unfold: "Show model and training",
  columnWidth: "Width of model and training",
  curvesHeight: "Height of the curves",
  skipToModel: "Skip to the model",
  skipToTraining: "Skip to the training settings",
  skipToCharts: "Skip to the curves",
  skipToResults: "Skip to the results",
  notices: "Notices",
  retry: "Retry",
  dismiss: "Dismiss",
  broken: "Something broke while drawing the page",
  brokenHelp:
    "Your model is kept in this browser. Reload to go on with it; if that brings you back here, start from a preset. Undo then brings your model back.",
  reload: "Reload",
  startFromPreset: "Start from a preset",
  copied: "Copied",
  notCopied: "Could not copy",
  close: "Close",
  cancel: "Cancel",
};

/** Words that stand for numbers. */
export const number = {
  notFinite: "not finite",
  on: "on",
  off: "off",
  seconds: ({ value }: Texts<"value">) => `${value} s`,
  minutes: ({ value }: Texts<"value">) => `${value} min`,
  milliseconds: ({ value }: Texts<"value">) => `${value} ms`,
  microseconds: ({ value }: Texts<"value">) => `${value} µs`,
  flop: ({ value }: Texts<"value">) => `${value} FLOP`,
  kiloFlop: ({ value }: Texts<"value">) => `${value} kFLOP`,
  megaFlop: ({ value }: Texts<"value">) => `${value} MFLOP`,
  gigaFlop: ({ value }: Texts<"value">) => `${value} GFLOP`,
  over: ({ value }: { readonly value: string }) => `over ${value}`,
};

/** Things to try on a first visit. */
export const tour = {
  thingsToTry: "Things to try",
  title: "Try this",
  dismiss: "Dismiss the list",
  perceptron: "Train the perceptron",
  perceptronPromise: "97% of digits within a minute",
  convnet: "Train a convnet",
  convnetPromise: "Fewer weights, better answers",
  break: "Break it: learning rate 3",
  breakPromise: "Steps too large: loss explodes",
  dropout: "Add Dropout",
  dropoutPromise: "Hide half, and overfit less",
};
