/** Which settings may change while a run is under way. */
import { type Config, type Fields } from "../fields";
import { optimizers } from "../optim/optimizers";
import { tasks } from "../tasks";
import { type Block, defOf, findBlock, mapBlocks } from "./blocks";
import type { ModelDescription } from "./description";

/** The settings of a record that a run must keep as they are. */
const fixed = (fields: Fields, config: Config): Config =>
  Object.fromEntries(Object.entries(config).filter(([key]) => fields[key]?.live !== true));

function fixedBlock(block: Block): Block {
  const { name: _, ...rest } = block;
  return { ...rest, config: fixed(defOf(block.type).fields, block.config) };
}

/** What a run cannot change without beginning anew, as text to compare: all but names, schedules, and numbers that neither
 *  the shape of what is learnt, nor its start, nor the order of samples depends on. */
export function fixedKey({ dataset, task, networks, training }: ModelDescription): string {
  const { epochs: _, patience: __, restoreBest: ___, ...fixedTraining } = training;
  const learning = Object.entries(networks).map(([name, { blocks, optimizer, frozen }]) => {
    const { type, config } = optimizer;
    const ownOptimizer = { type, config: fixed(optimizers[type].fields, config) };
    return [name, { frozen, blocks: mapBlocks(blocks, fixedBlock), optimizer: ownOptimizer }];
  });
  const fixedTask = { type: task.type, config: fixed(tasks[task.type].fields, task.config) };
  return JSON.stringify([dataset, fixedTask, learning, fixedTraining]);
}

/** The settings of a record that may change from those of another one, the rest as they are. */
const mixed = (fields: Fields, running: Config, edited: Config): Config => ({
  ...fixed(fields, running),
  ...Object.fromEntries(Object.entries(edited).filter(([key]) => fields[key]?.live === true)),
});

/** The model that runs, with all the edited one's settings that may change under it: what was edited beside them waits until it is
 *  applied, and they do not. Of the same data and task only; blocks are the same by id and type. */
export function withLiveSettings(running: ModelDescription, edited: ModelDescription): ModelDescription {
  if (running.dataset !== edited.dataset || running.task.type !== edited.task.type) return running;
  const networks = Object.entries(running.networks).map(([name, network]) => {
    const other = edited.networks[name];
    if (!other) return [name, network];
    const { type, config } = network.optimizer;
    const isSame = other.optimizer.type === type;
    const settings = isSame ? mixed(optimizers[type].fields, config, other.optimizer.config) : config;
    const blocks = mapBlocks(network.blocks, (block) => {
      const found = findBlock(edited, block.id)?.block;
      if (found?.type !== block.type) return block;
      return { ...block, config: mixed(defOf(block.type).fields, block.config, found.config) };
    });
    const { schedule, clipNorm } = other;
    return [name, { ...network, blocks, optimizer: { type, config: settings }, schedule, clipNorm }];
  });
  const { epochs, patience, restoreBest } = edited.training;
  const { type, config } = running.task;
  return {
    ...running,
    task: { type, config: mixed(tasks[type].fields, config, edited.task.config) },
    networks: Object.fromEntries(networks),
    training: { ...running.training, epochs, patience, restoreBest },
  };
}

/** What plans have baked in of the settings that may change, as text to compare: a change of it takes new plans, over the
 *  same state. */
export function bakedKey({ task, networks }: ModelDescription): string {
  const baked = Object.entries(networks).map(([name, { blocks, optimizer, clipNorm }]) => {
    const { learningRate: _, ...config } = optimizer.config;
    return [name, blocks, config, clipNorm];
  });
  return JSON.stringify([task, baked]);
}
