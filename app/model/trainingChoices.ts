/** The choices among registries in the training settings. Their numbers are the engine's `trainingFields`. */
import type { OptimizerType, ScheduleType } from "../../src/engine";
import { optimizers, schedules } from "../../src/engine";
import { t, wordOf } from "../common/words";

/** A choice among the records of a registry: what to show for each id. */
export interface RegistryChoice<T extends string> {
  readonly label: string;
  readonly help: string;
  readonly options: readonly { readonly value: T; readonly label: string; readonly help: string }[];
}

const keysOf = <T extends string>(record: Readonly<Record<T, unknown>>): T[] => Object.keys(record) as T[];

export const optimizerChoice = (): RegistryChoice<OptimizerType> => ({
  label: t("training.optimizer"),
  help: t("training.optimizerHelp"),
  options: keysOf(optimizers).map((value) => ({
    value,
    label: optimizers[value].type,
    help: wordOf(`optimizers.${value}.help`, optimizers[value].help),
  })),
});

export const scheduleChoice = (): RegistryChoice<ScheduleType> => ({
  label: t("training.schedule"),
  help: t("training.scheduleHelp"),
  options: keysOf(schedules).map((value) => ({
    value,
    label: wordOf(`schedules.${value}.title`, schedules[value].title),
    help: wordOf(`schedules.${value}.help`, schedules[value].help),
  })),
});
