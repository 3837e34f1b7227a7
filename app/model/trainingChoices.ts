/** The choices among registries in the training settings. Their numbers are the engine's `trainingFields`. */
import type { OptimizerType, ScheduleType } from "../../src/engine";
import { optimizers, schedules } from "../../src/engine";

/** A choice among the records of a registry: what to show for each id. */
export interface RegistryChoice<T extends string> {
  readonly label: string;
  readonly help: string;
  readonly options: readonly { readonly value: T; readonly label: string; readonly help: string }[];
}

const keysOf = <T extends string>(record: Readonly<Record<T, unknown>>): T[] => Object.keys(record) as T[];

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
