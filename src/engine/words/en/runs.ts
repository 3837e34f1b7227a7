/** English: the list of runs and what is made of them. */
import { formats, inSentence } from "./formats";

const { count } = formats;

/** Values are written already. */
type Texts<K extends string> = Readonly<Record<K, string>>;

export const runs = {
  list: "Kept runs",
  none: "Runs appear here once you press Train: each is kept with its curves and checkpoints, and can be gone on with.",
  forbidden: "This browser lets the page keep no runs.",
  kept: ({ used, budget }: Texts<"used" | "budget">) => `${used} of ${budget} kept`,
  budget: "Room for checkpoints",
  lr: "lr",
  data: "data",
  optimizer: "optimizer",
  schedule: "schedule",
  clipNorm: "clip norm",
  frozen: "frozen",
  on: "on",
  off: "off",
  changed: ({ label, from, to }: Texts<"label" | "from" | "to">) => `${label} ${from} → ${to}`,
  added: ({ label }: Texts<"label">) => `+${label}`,
  removed: ({ label }: Texts<"label">) => `−${label}`,
  again: ({ name }: Texts<"name">) => `${name}, again`,
  andMore: ({ named, more }: Texts<"named"> & { readonly more: number }) => `${named}, +${count(more)} more`,
  atStep: ({ step, epoch }: Texts<"epoch"> & { readonly step: number }) => `step ${count(step)}, epoch ${epoch}`,
  here: "this tab",
  elsewhere: "in another tab",
  rename: "Rename",
  renameOf: ({ name }: Texts<"name">) => `New name of ${name}`,
  pin: ({ name }: Texts<"name">) => `Draw ${name} over the charts`,
  pinHelp: ({ most }: { readonly most: number }) => `Draw over the charts, ${count(most)} at most`,
  baseline: ({ name }: Texts<"name">) => `Make ${name} the baseline`,
  baselineHelp: "Baseline: the run that others are held against",
  restore: ({ name }: Texts<"name">) => `Restore ${name}`,
  restoreHelp: ({ step }: { readonly step: number }) => `Bring model and weights back as of step ${count(step)}`,
  restoreBest: ({ name }: Texts<"name">) => `Restore the best of ${name}`,
  restoreBestHelp: ({ step }: { readonly step: number }) =>
    `The best validation, as of step ${count(step)}, as a run of its own`,
  remove: ({ name }: Texts<"name">) => `Delete ${name}`,
  removeHelp: "Delete",
  deleted: ({ name }: Texts<"name">) => `${name} was deleted.`,
  undo: "Undo",
  notChanged: ({ reason }: Texts<"reason">) => `The run could not be changed (${reason}).`,
  compare: "Differences between the runs that are drawn",
  compareHint: "Pin two runs, and what they differ in is told here.",
  setting: "Setting",
  best: ({ title }: Texts<"title">) => `Best ${inSentence(title)}`,
  last: ({ title }: Texts<"title">) => `Last ${inSentence(title)}`,
  time: "Time trained",
};
