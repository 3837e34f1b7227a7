/** The training settings that belong to no optimizer and no schedule, as fields: the form, the schema and the limits. */
import type { DataInfo } from "../data";
import type { Fields } from "../fields";
import { flag, real, whole } from "../fields";

/** Numbers of `RunSettings`, by their key there. */
export const trainingFields = {
  batchSize: whole({
    label: "Batch size",
    help: "Samples per step. Larger batches give steadier, fewer steps.",
    min: 1,
    max: 16_384,
    default: 32,
    ladder: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384],
  }),
  epochs: whole({ label: "Epochs", help: "How often training sees every sample.", min: 1, max: 10_000, default: 5 }),
  seed: whole({
    label: "Seed",
    help: "All chance follows from it: initial weights, order of samples, dropout. The same seed gives the same run.",
    min: 0,
    max: 0xffffffff,
    default: 1,
  }),
  validationCount: whole({
    label: "Validation samples",
    help: "Samples held out of the training set, to see how well the model does on what it has not learned from.",
    min: 0,
    max: 1_000_000,
    default: 5000,
  }),
  samples: whole({
    label: "Training samples",
    help: "Trains on so many samples only, drawn by the seed: as if no more had a label. 0 for all.",
    min: 0,
    max: 10_000_000,
    default: 0,
  }),
  patience: whole({
    label: "Patience",
    help: "Stops after this many epochs without a better validation loss. 0 turns it off.",
    min: 0,
    max: 10_000,
    default: 0,
  }),
} satisfies Fields;

/** What becomes of the weights where training may stop early. */
export const stoppingFields = {
  restoreBest: flag({
    label: "Restore the best",
    help: "Where patience is on: at the end the weights with the best validation loss come back, and they are scored.",
    default: true,
    live: true,
  }),
} satisfies Fields;

/** Numbers of a network's settings that belong to neither its optimizer nor its schedule. */
export const networkFields = {
  clipNorm: real({
    label: "Clip norm",
    help: "Gradients longer than this are scaled down to it. 0 turns it off.",
    min: 0,
    max: 1e6,
    step: 0.1,
    default: 0,
  }),
} satisfies Fields;

/** The fields of a run within what a dataset allows: at least one sample is left to train on. */
export function trainingFieldsFor({ trainCount }: Pick<DataInfo, "trainCount">): typeof trainingFields {
  const validationCount = { ...trainingFields.validationCount, max: Math.max(0, trainCount - 1) };
  return { ...trainingFields, validationCount };
}
