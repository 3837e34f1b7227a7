/** What presets are made of: complete, good descriptions to start from. */
import type { Config } from "../../fields";
import type { ContainerType } from "../../nn/containers";
import type { LayerType } from "../../nn/layers";
import type { OptimizerType } from "../../optim/optimizers";
import type { ScheduleType } from "../../optim/schedules";
import type { TaskType } from "../../tasks";
import { MODEL } from "../../tasks/supervised";
import type { Block } from "../blocks";
import type { ModelDescription, NetworkDescription, RunSettings } from "../description";
import { networkFields, trainingFields } from "../training";

/** A preset and why one would choose it. */
export interface Preset {
  readonly title: string;
  readonly help: string;
  readonly description: ModelDescription;
  /** The page has more stages of it, which begin with what this one has learnt. */
  readonly isStaged?: true;
}

/** The settings that a new model starts with. */
export const defaultTraining: RunSettings = {
  batchSize: trainingFields.batchSize.default,
  epochs: trainingFields.epochs.default,
  seed: trainingFields.seed.default,
  validationCount: trainingFields.validationCount.default,
  patience: trainingFields.patience.default,
};

/** How a new network learns. */
export const defaultLearning: Omit<NetworkDescription, "blocks"> = {
  optimizer: { type: "Adam", config: {} },
  schedule: { type: "constant", config: {} },
  clipNorm: networkFields.clipNorm.default,
};

/** A layer, or a container with its branches. */
export type Layer = readonly [LayerType, Config?] | readonly [ContainerType, Config, readonly (readonly Layer[])[]];

/** Blocks with ids that are unique in the model. @param path keeps those of different networks and branches apart */
function stack(list: readonly Layer[], path = ""): Block[] {
  return list.map((layer, i): Block => {
    const [type, config = {}, branches] = layer;
    const id = `${path}${type.toLowerCase()}-${i + 1}`;
    if (branches === undefined) return { id, type: type as LayerType, config };
    return {
      id,
      type: type as ContainerType,
      config,
      branches: branches.map((branch, b) => stack(branch, `${id}.${b + 1}.`)),
    };
  });
}

/** How to train, as far as it is not by default. */
export interface Training extends Partial<RunSettings> {
  readonly optimizer?: readonly [OptimizerType, Config];
  /** Of single networks, by name. */
  readonly optimizers?: Readonly<Record<string, readonly [OptimizerType, Config]>>;
  readonly schedule?: readonly [ScheduleType, Config];
  readonly clipNorm?: number;
  readonly task?: readonly [TaskType, Config];
}

interface Named {
  readonly title: string;
  readonly help: string;
  readonly dataset: string;
}

/** A preset of so many networks. */
export function preset(
  { title, help, dataset }: Named,
  networks: Readonly<Record<string, readonly Layer[]>>,
  { optimizer, optimizers = {}, schedule, clipNorm, task = ["classification", {}], ...run }: Training = {},
): Preset {
  const paths = Object.keys(networks).length > 1;
  const learningOf = (name: string) => {
    const chosen = optimizers[name] ?? optimizer;
    return {
      ...defaultLearning,
      ...(chosen && { optimizer: { type: chosen[0], config: chosen[1] } }),
      ...(schedule && { schedule: { type: schedule[0], config: schedule[1] } }),
      ...(clipNorm !== undefined && { clipNorm }),
    };
  };
  return {
    title,
    help,
    description: {
      version: 2,
      name: title,
      dataset,
      task: { type: task[0], config: task[1] },
      networks: Object.fromEntries(
        Object.entries(networks).map(([name, list]) => [
          name,
          { blocks: stack(list, paths ? `${name}.` : ""), ...learningOf(name) },
        ]),
      ),
      training: { ...defaultTraining, ...run },
    },
  };
}

/** A classifier of MNIST's digits. */
export const digits = (title: string, help: string, list: readonly Layer[], training?: Training): Preset =>
  preset({ title, help, dataset: "mnist" }, { [MODEL]: list }, training);

/** A dense layer. */
export const dense = (units: number, activation: string): Layer => ["Dense", { units, activation }];

/** What ends a classifier of ten classes. */
export const classify = dense(10, "softmax");
