/** The training settings that belong to no optimizer and no schedule, as fields, so that the same form shows them. */
import type { LossType, NumberField, OptimizerType, ScheduleType } from "../../src/engine";
import { losses, optimizers, schedules } from "../../src/engine";

const whole = (label: string, help: string, min: number, max: number, initial: number): NumberField => ({
  kind: "number",
  whole: true,
  step: 1,
  label,
  help,
  min,
  max,
  default: initial,
});

/** Numbers of {@link TrainingSettings}, by their key there; the limits are those of the description's schema. */
export const trainingNumbers = {
  batchSize: {
    ...whole("Batch size", "Samples per step. Larger batches give steadier, fewer steps.", 1, 8192, 32),
    ladder: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192],
  },
  epochs: whole("Epochs", "How often training sees every sample.", 1, 10_000, 5),
  validationCount: whole(
    "Validation samples",
    "Samples held out of the training set, to see how well the model does on what it has not learned from.",
    0,
    1_000_000,
    5000,
  ),
  clipNorm: {
    ...whole("Clip norm", "Gradients longer than this are scaled down to it. 0 turns it off.", 0, 1e6, 0),
    whole: false,
    step: 0.1,
  },
  patience: whole(
    "Patience",
    "Stops after this many epochs without a better validation loss. 0 turns it off.",
    0,
    10_000,
    0,
  ),
} as const satisfies Record<string, NumberField>;

export type TrainingNumber = keyof typeof trainingNumbers;

/** The seed is a field of its own because it has a die beside it. */
export const seedField = whole(
  "Seed",
  "All chance follows from it: initial weights, order of samples, dropout. The same seed gives the same run.",
  0,
  0xffffffff,
  1,
);

/** A choice among the records of a registry: what to show for each id. */
export interface RegistryChoice<T extends string> {
  readonly label: string;
  readonly help: string;
  readonly options: readonly { readonly value: T; readonly label: string; readonly help: string }[];
}

const keysOf = <T extends string>(record: Readonly<Record<T, unknown>>): T[] => Object.keys(record) as T[];

export const lossChoice: RegistryChoice<LossType> = {
  label: "Loss",
  help: "What training makes small.",
  options: keysOf(losses).map((value) => ({ value, label: losses[value].title, help: losses[value].help })),
};

export const optimizerChoice: RegistryChoice<OptimizerType> = {
  label: "Optimizer",
  help: "How weights move down the slope.",
  options: keysOf(optimizers).map((value) => ({ value, label: optimizers[value].type, help: optimizers[value].help })),
};

export const scheduleChoice: RegistryChoice<ScheduleType> = {
  label: "Schedule",
  help: "How the learning rate changes in the course of training.",
  options: keysOf(schedules).map((value) => ({ value, label: schedules[value].title, help: schedules[value].help })),
};
