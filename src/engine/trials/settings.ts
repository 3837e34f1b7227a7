/** The settings of a model as a flat list, each with its field and what changes it: what variants of a race differ in, and what a
 *  search goes through. Derived from the records' fields; no setting is named here but those that a comparison must not change. */
import { type ChoiceField, choice, type Config, type Field, type Fields, flag, settingOf } from "../fields";
import { allBlocks, defOf, mapBlocks, recordOf } from "../model/blocks";
import type { ModelDescription, NetworkDescription } from "../model/description";
import { networkFields, trainingFields } from "../model/training";
import { optimizers, type OptimizerType } from "../optim/optimizers";
import { schedules, type ScheduleType } from "../optim/schedules";
import { tasks } from "../tasks";

/** One setting of a model. */
export interface ModelSetting {
  /** The same in every model that has it: `main.optimizer.learningRate`, `main/dense-1.units`. */
  readonly key: string;
  readonly field: Field;
  /** The path of the field's words. */
  readonly path: string;
  readonly value: unknown;
  /** The block that it is of; null for what is not of one. */
  readonly block: string | null;
  readonly network: string | null;
  /** The same model with another value, which must be one of the field's. */
  readonly change: (model: ModelDescription, value: unknown) => ModelDescription;
}

/** What would change the samples by which models are compared, or chance itself. */
const LEFT_OUT: ReadonlySet<string> = new Set(["seed", "validationCount"]);

const inNetwork = (
  model: ModelDescription,
  name: string,
  change: (network: NetworkDescription) => Partial<NetworkDescription>,
): ModelDescription => {
  const network = model.networks[name];
  return network ? { ...model, networks: { ...model.networks, [name]: { ...network, ...change(network) } } } : model;
};

type Registry = Readonly<Record<string, { readonly title?: string; readonly type?: string; readonly help: string }>>;

/** A choice among the records of a registry. What it is called, the page says. */
const ofRegistry = (registry: string, records: Registry, value: string): ChoiceField => {
  const described = Object.entries(records).map(
    ([id, { title, type, help }]) => [id, { title: title ?? type ?? id, help }] as const,
  );
  return choice({
    label: registry,
    help: "",
    options: Object.keys(records),
    default: value,
    registry,
    described: Object.fromEntries(described),
  });
};

const frozenField = flag({ label: "frozen", help: "", default: false });

interface Group extends Pick<ModelSetting, "block" | "network"> {
  readonly key: string;
  readonly record: string;
  readonly fields: Fields;
  readonly config: Config;
  readonly put: (model: ModelDescription, key: string, value: unknown) => ModelDescription;
}

const inGroup = ({ key, record, fields, config, put, block, network }: Group): ModelSetting[] =>
  Object.entries(fields).map(([name, field]) => ({
    key: `${key}.${name}`,
    field,
    path: `${record}.fields.${name}`,
    value: settingOf(fields, config, name),
    block,
    network,
    change: (model, value) => put(model, name, value),
  }));

/** The settings of a network beside those of its blocks. Another optimizer or schedule comes with its own defaults: a good rate for
 *  one is a bad one for another. */
function ofNetwork(name: string, { optimizer, schedule, clipNorm }: NetworkDescription): ModelSetting[] {
  const place = { block: null, network: name };
  const configured =
    (part: "optimizer" | "schedule") =>
    (model: ModelDescription, key: string, value: unknown): ModelDescription =>
      inNetwork(model, name, (own) => ({ [part]: { ...own[part], config: { ...own[part].config, [key]: value } } }));
  return [
    {
      ...place,
      key: `${name}.optimizer`,
      field: ofRegistry("optimizers", optimizers, optimizer.type),
      path: "optimizer",
      value: optimizer.type,
      change: (model, value) =>
        inNetwork(model, name, (own) =>
          own.optimizer.type === value ? {} : { optimizer: { type: value as OptimizerType, config: {} } },
        ),
    },
    ...inGroup({
      ...place,
      key: `${name}.optimizer`,
      record: `optimizers.${optimizer.type}`,
      fields: optimizers[optimizer.type].fields,
      config: optimizer.config,
      put: configured("optimizer"),
    }),
    {
      ...place,
      key: `${name}.schedule`,
      field: ofRegistry("schedules", schedules, schedule.type),
      path: "schedule",
      value: schedule.type,
      change: (model, value) =>
        inNetwork(model, name, (own) =>
          own.schedule.type === value ? {} : { schedule: { type: value as ScheduleType, config: {} } },
        ),
    },
    ...inGroup({
      ...place,
      key: `${name}.schedule`,
      record: `schedules.${schedule.type}`,
      fields: schedules[schedule.type].fields,
      config: schedule.config,
      put: configured("schedule"),
    }),
    ...inGroup({
      ...place,
      key: name,
      record: "networks",
      fields: networkFields,
      config: { clipNorm },
      put: (model, key, value) => inNetwork(model, name, () => ({ [key]: value })),
    }),
  ];
}

/** All settings of a model that variants may differ in: how networks learn, their blocks from top to bottom, training and task. */
export function modelSettings(model: ModelDescription): ModelSetting[] {
  const { task, networks, training } = model;
  const blocks = [...allBlocks(model)].flatMap(({ block, place: { network } }): ModelSetting[] => {
    const place = { block: block.id, network };
    const inBlock = (description: ModelDescription, put: (own: typeof block) => typeof block): ModelDescription =>
      inNetwork(description, network, (own) => ({
        blocks: mapBlocks(own.blocks, (found) => (found.id === block.id ? put(found) : found)),
      }));
    const key = `${network}/${block.id}`;
    return [
      ...inGroup({
        ...place,
        key,
        record: recordOf(block),
        fields: defOf(block.type).fields,
        config: block.config,
        put: (description, name, value) =>
          inBlock(description, (own) => ({ ...own, config: { ...own.config, [name]: value } })),
      }),
      {
        ...place,
        key: `${key}.frozen`,
        field: frozenField,
        path: "frozen",
        value: block.frozen === true,
        change: (description, value) => inBlock(description, (own) => ({ ...own, frozen: value === true })),
      },
    ];
  });
  const varied = Object.fromEntries(Object.entries(trainingFields).filter(([name]) => !LEFT_OUT.has(name)));
  return [
    ...Object.entries(networks).flatMap(([name, network]) => ofNetwork(name, network)),
    ...blocks,
    ...inGroup({
      key: "training",
      block: null,
      network: null,
      record: "training",
      fields: varied,
      config: { ...training },
      put: (description, name, value) => ({
        ...description,
        training: { ...description.training, [name]: value },
      }),
    }),
    ...inGroup({
      key: "task",
      block: null,
      network: null,
      record: `tasks.${task.type}`,
      fields: tasks[task.type].fields,
      config: task.config,
      put: (description, name, value) => ({
        ...description,
        task: { ...description.task, config: { ...description.task.config, [name]: value } },
      }),
    }),
  ];
}

/** Values of settings by their keys. */
export type SettingValues = Readonly<Record<string, unknown>>;

/** A model with other values. Optimizers and schedules are changed before their own settings; what a model does not have, because
 *  another optimizer has no such setting, is passed over. */
export function withSettings(model: ModelDescription, values: SettingValues): ModelDescription {
  const order = modelSettings(model).map(({ key }) => key);
  const keys = Object.keys(values).toSorted((a, b) => placeIn(order, a) - placeIn(order, b));
  return keys.reduce((changed, key) => {
    const setting = modelSettings(changed).find((own) => own.key === key);
    return setting ? setting.change(changed, values[key]) : changed;
  }, model);
}

/** What the base does not have comes last. */
const placeIn = (order: readonly string[], key: string): number => {
  const at = order.indexOf(key);
  return at < 0 ? order.length : at;
};
