/** Which settings may change while a run is under way. */
import { type Config, type Fields } from "../fields";
import { optimizers } from "../optim/optimizers";
import { type Block, defOf, mapBlocks } from "./blocks";
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
  return JSON.stringify([dataset, task, learning, fixedTraining]);
}

/** What plans have baked in of the settings that may change, as text to compare: a change of it takes new plans, over the
 *  same state. */
export function bakedKey({ networks }: ModelDescription): string {
  const baked = Object.entries(networks).map(([name, { blocks, optimizer, clipNorm }]) => {
    const { learningRate: _, ...config } = optimizer.config;
    return [name, blocks, config, clipNorm];
  });
  return JSON.stringify(baked);
}
