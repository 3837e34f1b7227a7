/** Descriptions without what goes without saying, as links carry them: settings that are as they would be if they were left out.
 *  Refuses to judge: what comes back is for {@link parseDescription} to check. */
import { type Config, type Fields, settingOf } from "../fields";
import { optimizers } from "../optim/optimizers";
import { schedules } from "../optim/schedules";
import { tasks } from "../tasks";
import { type Block, defOf, isContainer } from "./blocks";
import { isTooDeep, type ModelDescription, parseDescription } from "./description";
import { defaultLearning, defaultTraining, presets } from "./presets";

type Loose = Readonly<Record<string, unknown>>;

const isLoose = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The settings that differ from their defaults, in the order of the fields, then those that no field knows. */
function sparseConfig(fields: Fields, config: Config): Config {
  const known = Object.keys(fields).flatMap((key) => {
    const { [key]: value, ...others } = config;
    return value === undefined || isSame(value, settingOf(fields, others, key)) ? [] : [[key, value] as const];
  });
  const unknown = Object.entries(config).filter(([key]) => !Object.hasOwn(fields, key));
  return Object.fromEntries([...known, ...unknown]);
}

/** An object with only those entries that say something. */
const said = (entries: Loose): Loose =>
  Object.fromEntries(
    Object.entries(entries).filter(
      ([, value]) => value !== undefined && !(isLoose(value) && Object.keys(value).length === 0),
    ),
  );

function sparseBlock(block: Block): Loose {
  const { id, type, name, config, frozen } = block;
  return said({
    id,
    type,
    name,
    config: sparseConfig(defOf(type).fields, config),
    frozen: frozen || undefined,
    branches: isContainer(block) ? block.branches.map((stack) => stack.map(sparseBlock)) : undefined,
  });
}

/** A description without defaults, as plain JSON. Two that mean the same give the same text. */
export function withoutDefaults({ name, dataset, task, networks, training }: ModelDescription): unknown {
  const sparseNetworks = Object.entries(networks).map(([key, { blocks, optimizer, schedule, clipNorm, frozen }]) => {
    const learning = {
      optimizer: said({ ...optimizer, config: sparseConfig(optimizers[optimizer.type].fields, optimizer.config) }),
      schedule: said({ ...schedule, config: sparseConfig(schedules[schedule.type].fields, schedule.config) }),
      clipNorm,
      frozen: frozen || undefined,
    };
    const usual: Loose = {
      optimizer: said({ ...defaultLearning.optimizer }),
      schedule: said({ ...defaultLearning.schedule }),
      clipNorm: defaultLearning.clipNorm,
    };
    const told = Object.entries(learning).filter(([part, value]) => !isSame(value, usual[part]));
    return [key, { blocks: blocks.map(sparseBlock), ...said(Object.fromEntries(told)) }] as const;
  });
  const usual: Loose = { ...defaultTraining };
  return {
    name,
    dataset,
    task: said({ ...task, config: sparseConfig(tasks[task.type].fields, task.config) }),
    networks: Object.fromEntries(sparseNetworks),
    ...said({
      training: Object.fromEntries(Object.entries(training).filter(([key, value]) => !isSame(value, usual[key]))),
    }),
  };
}

/** Whether two descriptions mean the same, whatever defaults they spell out. */
export const isSameModel = (a: ModelDescription, b: ModelDescription): boolean =>
  a === b || isSame(withoutDefaults(a), withoutDefaults(b));

const filledChoice = (value: unknown, usual: unknown): unknown =>
  value === undefined ? usual : isLoose(value) ? { config: {}, ...value } : value;

const filledBlock = (value: unknown): unknown =>
  isLoose(value) ? { config: {}, ...value, ...filledBranches(value["branches"]) } : value;

const filledStack = (value: unknown): unknown => (Array.isArray(value) ? value.map(filledBlock) : value);

const filledBranches = (value: unknown): Loose =>
  value === undefined ? {} : { branches: Array.isArray(value) ? value.map(filledStack) : value };

const filledNetwork = (value: unknown): unknown =>
  isLoose(value)
    ? {
        ...defaultLearning,
        ...value,
        blocks: filledStack(value["blocks"]),
        optimizer: filledChoice(value["optimizer"], defaultLearning.optimizer),
        schedule: filledChoice(value["schedule"], defaultLearning.schedule),
      }
    : value;

/** Reads what {@link withoutDefaults} made. One that means the same as a preset is that preset, word for word.
 *  @throws ModelError naming the first thing wrong */
export function readSparse(value: unknown): ModelDescription {
  // Filling in recurses, which is no matter where little is nested.
  if (!isLoose(value) || isTooDeep(value)) return parseDescription(value);
  const { networks, training, task } = value;
  const description = parseDescription({
    version: 2,
    ...value,
    task: filledChoice(task, undefined),
    networks: isLoose(networks)
      ? Object.fromEntries(Object.entries(networks).map(([key, network]) => [key, filledNetwork(network)]))
      : networks,
    training:
      training === undefined ? defaultTraining : isLoose(training) ? { ...defaultTraining, ...training } : training,
  });
  const text = JSON.stringify(withoutDefaults(description));
  const known = Object.values(presets).find((preset) => {
    const { name } = preset.description;
    return name === description.name && JSON.stringify(withoutDefaults(preset.description)) === text;
  });
  return known?.description ?? description;
}
