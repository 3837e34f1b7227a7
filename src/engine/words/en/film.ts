/** English: the film of a run's checkpoints. */
import type { Counts, Texts } from "../values";
import { formats } from "./formats";

const { count } = formats;

export const film = {
  open: "Film of its checkpoints",
  title: "Film of a run",
  at: ({ step, epoch }: Texts<"epoch"> & Counts<"step">) => `step ${count(step)}, epoch ${epoch}`,
  moment: "Checkpoint",
  play: "Play",
  pause: "Pause",
  looking: ({ done, all }: Counts<"done" | "all">) => `Looking at checkpoint ${count(done)} of ${count(all)}`,
  none: "No checkpoint of this run is kept any more.",
  failed: ({ reason }: Texts<"reason">) => `The film stops here. ${reason}`,
  right: ({ right, count: all }: Counts<"right" | "count">) =>
    `${count(right)} of ${count(all)} test samples are right`,
  said: ({ at, values }: Texts<"at"> & { readonly values: readonly string[] }) => `At ${[at, ...values].join("; ")}.`,
  value: ({ title, value }: Texts<"title" | "value">) => `${title} ${value}`,
  confusion: "Confusion",
  confusionRows: "row: true class",
  confusionColumns: "column: taken for",
  madePoints: ({ count: all }: Texts<"count">) => `Made points over ${all} of the data`,
  numbers: ({ count: all }: Texts<"count">) => `Predictions over ${all} test samples`,
  gif: "Save as GIF",
  webm: "Save as WebM",
  making: "Making the film",
  giveUp: "Cancel",
  notSaved: ({ reason }: Texts<"reason">) => `The film could not be saved (${reason}).`,
};
