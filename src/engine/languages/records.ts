/** The words of records: what layers, tasks, fields and the like are called, and the sentence about each. English has them in the
 *  records' own files, so that one more record is one file; another language gives the same words by the same paths. */
import type { DatasetRegistry } from "../data";
import type { categories } from "../nn/categories";
import type { ContainerRegistry } from "../nn/containers";
import type { LayerRegistry } from "../nn/layers";
import type { LossRegistry } from "../nn/losses";
import type { MetricRegistry } from "../nn/metrics";
import type { OptimizerRegistry } from "../optim/optimizers";
import type { ScheduleRegistry } from "../optim/schedules";
import type { TaskRegistry } from "../tasks";
import type { presets } from "../model/presets";
import type { networkFields, trainingFields } from "../model/training";

/** What of a record is words, and what of it has words in turn. */
type Worded = "title" | "help" | "label" | "description";
type Holding = "fields" | "networks" | "curves";

type WordsOf<R> = { readonly [K in keyof R & Worded as R[K] extends string ? K : never]: string } & {
  readonly [K in keyof R & Holding]: { readonly [Name in keyof R[K]]: WordsOf<R[K][Name]> };
};

/** The words of all records of a registry, by their names. */
type RegistryWords<Registry> = { readonly [Name in keyof Registry]: WordsOf<Registry[Name]> };

/** The words of all records; a path such as `layers.Dense.fields.units.label` leads to one. Another language may lack those of
 *  datasets, which visitors bring too. */
export interface RecordWords {
  readonly categories: RegistryWords<typeof categories>;
  readonly containers: RegistryWords<ContainerRegistry>;
  readonly datasets: RegistryWords<DatasetRegistry>;
  readonly layers: RegistryWords<LayerRegistry>;
  readonly losses: RegistryWords<LossRegistry>;
  readonly metrics: RegistryWords<MetricRegistry>;
  readonly networks: { readonly fields: RegistryWords<typeof networkFields> };
  readonly optimizers: RegistryWords<OptimizerRegistry>;
  readonly presets: RegistryWords<typeof presets>;
  readonly schedules: RegistryWords<ScheduleRegistry>;
  readonly tasks: RegistryWords<TaskRegistry>;
  readonly training: { readonly fields: RegistryWords<typeof trainingFields> };
}

/** The word at a path; undefined where there is none. */
export function wordAt(words: RecordWords, path: string): string | undefined {
  let found: unknown = words;
  for (const name of path.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = Reflect.get(found, name);
  }
  return typeof found === "string" ? found : undefined;
}
