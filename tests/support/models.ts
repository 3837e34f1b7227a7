// Model descriptions in one line, for tests: classifiers of one network, and changes to them.
import type { Config } from "../../src/engine/fields";
import { analyzeModel, type ModelReport } from "../../src/engine/model/analyze";
import type { Block } from "../../src/engine/model/blocks";
import type { ModelDescription, NetworkDescription, RunSettings } from "../../src/engine/model/description";
import { defaultLearning, defaultTraining } from "../../src/engine/model/presets";
import { requireDataset } from "../../src/engine/data/library";
import type { ContainerType } from "../../src/engine/nn/containers";
import type { LayerType } from "../../src/engine/nn/layers";
import type { LossType } from "../../src/engine/nn/losses";
import type { TaskType } from "../../src/engine/tasks";
import { MODEL } from "../../src/engine/tasks/supervised";
import { english } from "../../src/engine/words/said";

/** A layer and its settings. */
export type LayerSpec = readonly [LayerType, Config?];

/** A layer, or a container with its settings and its branches. */
export type BlockSpec = LayerSpec | readonly [ContainerType, Config, readonly (readonly BlockSpec[])[]];

/** How a classifier learns, as far as it is not by default: settings of the run, of its network and of its task. */
export interface Learning extends Partial<RunSettings>, Partial<Omit<NetworkDescription, "blocks">> {
  readonly loss?: LossType;
}

/** A classifier of these layers, with no sample held out unless asked for. The id of the first layer is `l0`; that of the
 *  first in the second branch of the container `l3` is `l3.1.0`. */
export function modelOf(layers: readonly BlockSpec[], learning: Learning = {}, dataset = "mnist"): ModelDescription {
  const blank: ModelDescription = {
    version: 2,
    name: "Test",
    dataset,
    task: { type: "classification", config: {} },
    networks: { [MODEL]: { ...defaultLearning, blocks: blocksOf(layers, "l") } },
    training: { ...defaultTraining, validationCount: 0 },
  };
  return withLearning(blank, learning);
}

/** An autoencoder over points of a plane, of one dense layer for each network. @param encoded numbers that the encoder gives: those of the
 *  code, or of its means and variances */
export const smallAutoencoder = (type: TaskType, config: Config, encoded: number): ModelDescription => ({
  version: 2,
  name: "Test",
  dataset: "ring",
  task: { type, config: { loss: "meanSquaredError", ...config } },
  networks: {
    encoder: { ...defaultLearning, blocks: blocksOf([["Dense", { units: encoded }]], "e") },
    decoder: { ...defaultLearning, blocks: blocksOf([["Dense", { units: 2 }]], "d") },
  },
  training: { ...defaultTraining, batchSize: 64, validationCount: 0 },
});

/** Blocks of these layers, with ids that begin with a path. */
export const blocksOf = (specs: readonly BlockSpec[], path: string): Block[] =>
  specs.map((spec, i): Block => {
    const id = `${path}${i}`;
    if (spec.length < 3) return { id, type: spec[0] as LayerType, config: spec[1] ?? {} };
    const [type, config, branches = []] = spec;
    return {
      id,
      type: type as ContainerType,
      config: config ?? {},
      branches: branches.map((branch, b) => blocksOf(branch, `${id}.${b}.`)),
    };
  });

/** The only network of a classifier. */
export function networkOf({ networks }: ModelDescription): NetworkDescription {
  const network = networks[MODEL];
  if (!network) throw new Error(`expected a network "${MODEL}", got ${Object.keys(networks).join(", ")}`);
  return network;
}

/** A classifier with other layers. */
export const withBlocks = (model: ModelDescription, blocks: readonly Block[]): ModelDescription => ({
  ...model,
  networks: { [MODEL]: { ...networkOf(model), blocks } },
});

/** A classifier that learns in another way. */
export function withLearning(model: ModelDescription, learning: Learning): ModelDescription {
  const { loss, optimizer, schedule, clipNorm, frozen, ...run } = learning;
  return {
    ...model,
    task: loss === undefined ? model.task : { ...model.task, config: { ...model.task.config, loss } },
    networks: {
      [MODEL]: {
        ...networkOf(model),
        ...(optimizer && { optimizer }),
        ...(schedule && { schedule }),
        ...(clipNorm !== undefined && { clipNorm }),
        ...(frozen !== undefined && { frozen }),
      },
    },
    training: { ...model.training, ...run },
  };
}

/** A classifier at another learning rate. */
export function withRate(model: ModelDescription, learningRate: number): ModelDescription {
  const { type, config } = networkOf(model).optimizer;
  return withLearning(model, { optimizer: { type, config: { ...config, learningRate } } });
}

/** What is known of a model of a built-in dataset. */
export const reportOf = (model: ModelDescription): ModelReport => analyzeModel(model, requireDataset(model.dataset));

/** The same, with what is said of problems in English. */
export function analyze(model: ModelDescription) {
  const { problems, ...report } = reportOf(model);
  return { ...report, problems: problems.map(({ said, ...problem }) => ({ ...problem, message: english(said) })) };
}

/** The same learning rate for the only network, so many steps in a row. */
export const ratesOf = (rate: number, count = 1): Readonly<Record<string, number>>[] =>
  Array.from({ length: count }, () => ({ [MODEL]: rate }));

/** One dense layer on digits, for three epochs in batches of 32 unless told otherwise. */
export const softmaxModel = (learning: Learning = {}): ModelDescription =>
  modelOf([["Flatten"], ["Dense", { units: 10, activation: "softmax", kernelL2: 0 }]], {
    batchSize: 32,
    epochs: 3,
    ...learning,
  });

/** Plain gradient descent. */
export const sgd = (learningRate: number): NetworkDescription["optimizer"] => ({
  type: "SGD",
  config: { learningRate },
});
