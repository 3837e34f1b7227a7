/** What a run was trained with, as settings that can be held against those of another: ranked, so that what matters most is said
 *  first. Pure. */
import type { Config, Field, Fields, ModelDescription } from "../../src/engine";
import {
  findDataset,
  allBlocks,
  blockNames,
  defOf,
  optimizers,
  recordOf,
  schedules,
  settingOf,
  tasks,
  trainingFields,
} from "../../src/engine";
import { formatSetting } from "../common/format";
import { t, wordOf } from "../common/words";

/** One setting. */
export interface Setting {
  readonly label: string;
  readonly value: string;
  /** The higher, the sooner it is said. */
  readonly rank: number;
  /** Whether it is a layer, which is there or not. */
  readonly isLayer?: true;
}

/** A setting that two runs differ in; null where one has none. */
export interface Difference {
  readonly key: string;
  readonly label: string;
  readonly from: Setting | null;
  readonly to: Setting | null;
}

/** A value as its field calls it. */
function called(field: Field, value: unknown): unknown {
  if (field.kind !== "choice" || typeof value !== "string") return value;
  const own = field.described?.[value];
  return own ? wordOf(`${field.registry}.${value}.title`, own.title) : value;
}

const known = new WeakMap<ModelDescription, ReadonlyMap<string, Setting>>();

/** All settings of a model by a key that is the same in every model that has it. Of the same description they are written once. */
export function settingsOf(model: ModelDescription): ReadonlyMap<string, Setting> {
  const found = known.get(model) ?? allSettings(model);
  known.set(model, found);
  return found;
}

function allSettings(model: ModelDescription): ReadonlyMap<string, Setting> {
  const found = new Map<string, Setting>();
  const add = (key: string, label: string, value: unknown, rank: number): void =>
    void found.set(key, { label, value: formatSetting(value), rank });
  const addConfig = (key: string, record: string, fields: Fields, config: Config, rank: number, of = ""): void => {
    for (const [name, field] of Object.entries(fields)) {
      const label = name === "learningRate" ? t("runs.lr") : wordOf(`${record}.fields.${name}.label`, field.label);
      const isRate = name === "learningRate";
      add(
        `${key}.${name}`,
        of + (isRate ? label : label.toLowerCase()),
        called(field, settingOf(fields, config, name)),
        isRate ? 95 : rank,
      );
    }
  };
  const { dataset, task, networks, training } = model;
  add("dataset", t("runs.data"), findDataset(dataset)?.title ?? dataset, 100);
  addConfig("task", `tasks.${task.type}`, tasks[task.type].fields, task.config, 85);
  const several = Object.keys(networks).length > 1;
  for (const [network, { optimizer, schedule, clipNorm, blocks }] of Object.entries(networks)) {
    const of = several ? `${network} ` : "";
    add(`${network}.optimizer`, of + t("runs.optimizer"), optimizer.type, 90);
    addConfig(
      `${network}.optimizer`,
      `optimizers.${optimizer.type}`,
      optimizers[optimizer.type].fields,
      optimizer.config,
      60,
      of,
    );
    add(`${network}.schedule`, of + t("runs.schedule"), schedules[schedule.type].title, 70);
    addConfig(
      `${network}.schedule`,
      `schedules.${schedule.type}`,
      schedules[schedule.type].fields,
      schedule.config,
      40,
      of,
    );
    add(`${network}.clipNorm`, of + t("runs.clipNorm"), clipNorm, 50);
    const names = blockNames(blocks);
    for (const { block } of allBlocks({ networks: { [network]: { blocks } } })) {
      const key = `${network}/${block.id}`;
      found.set(key, { label: block.type, value: block.type, rank: 88, isLayer: true });
      const name = names.get(block.id) ?? block.type;
      addConfig(key, recordOf(block), defOf(block.type).fields, block.config, 80, `${name} `);
      add(`${key}.frozen`, `${name} ${t("runs.frozen")}`, block.frozen === true, 78);
    }
  }
  const ranks: Partial<Record<keyof typeof trainingFields, number>> = {
    batchSize: 82,
    epochs: 75,
    validationCount: 30,
  };
  for (const [name, field] of Object.entries(trainingFields)) {
    const value = training[name as keyof typeof training];
    const label = wordOf(`training.fields.${name}.label`, field.label).toLowerCase();
    add(`training.${name}`, label, value ?? field.default, ranks[name as keyof typeof ranks] ?? 20);
  }
  return found;
}

/** In what two models differ, the most important first. Of a layer that one of them lacks, its settings are not named. */
export function differencesBetween(before: ModelDescription, after: ModelDescription): Difference[] {
  const [from, to] = [settingsOf(before), settingsOf(after)];
  const differences = [...new Set([...from.keys(), ...to.keys()])].flatMap((key): Difference[] => {
    const [a = null, b = null] = [from.get(key), to.get(key)];
    if (a?.value === b?.value) return [];
    // An optimizer's own settings come and go with it, and those of a layer too.
    if ((a === null || b === null) && !(a ?? b)?.isLayer) return [];
    return [{ key, label: (b ?? a)?.label ?? key, from: a, to: b }];
  });
  const rankOf = ({ from: a, to: b }: Difference): number => (b ?? a)?.rank ?? 0;
  return differences.toSorted((a, b) => rankOf(b) - rankOf(a));
}

/** A setting that is not the same in all of some models. */
interface Differing {
  readonly key: string;
  readonly label: string;
  readonly rank: number;
  /** Of each model; null where it has none. */
  readonly values: readonly (string | null)[];
}

/** What models differ in, the most important first. */
export function differingSettings(models: readonly ModelDescription[]): readonly Differing[] {
  const all = models.map(settingsOf);
  const keys = new Map(all.flatMap((settings) => [...settings]));
  return [...keys]
    .flatMap(([key, { label, rank }]) => {
      const values = all.map((settings) => settings.get(key)?.value ?? null);
      return values.every((value) => value === values[0]) ? [] : [{ key, label, rank, values }];
    })
    .toSorted((a, b) => b.rank - a.rank);
}

/** A difference in words: `lr 0.01 → 0.001`, `+Dropout`. */
function inWords({ label, from, to }: Difference): string {
  if (from && to) return t("runs.changed", { label, from: from.value, to: to.value });
  return to ? t("runs.added", { label }) : t("runs.removed", { label });
}

/** Differences that a name tells. */
const MAX_NAMED = 2;

/** What a run is called that nobody has named: what it has that the one before has not.
 *  @param before the run before; undefined for the first */
export function nameOfRun(before: ModelDescription | undefined, own: ModelDescription): string {
  if (!before || before.name !== own.name) return own.name;
  const differences = differencesBetween(before, own);
  if (differences.length === 0) return t("runs.again", { name: own.name });
  const named = differences.slice(0, MAX_NAMED).map(inWords).join(", ");
  const more = differences.length - MAX_NAMED;
  return more > 0 ? t("runs.andMore", { named, more }) : named;
}

/** The names of runs, by id: what each has that its parent, or else the one before, has not.
 *  @param runs with the newest first, as they are listed */
export function namesOf(
  runs: readonly {
    readonly id: string;
    readonly parent?: string | null;
    readonly description: ModelDescription;
    readonly mark: { readonly name: string | null };
  }[],
): ReadonlyMap<string, string> {
  const byId = new Map(runs.map((run) => [run.id, run]));
  return new Map(
    runs.map(({ id, parent, description, mark }, i) => {
      const before = byId.get(parent ?? "") ?? runs[i + 1];
      return [id, mark.name ?? nameOfRun(before?.description, description)];
    }),
  );
}
