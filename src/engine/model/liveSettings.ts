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
 *  the shape of what is learnt nor the order of samples depends on. */
export function fixedKey({ dataset, task, networks, training }: ModelDescription): string {
  const { epochs: _, patience: __, ...fixedTraining } = training;
  const learning = Object.entries(networks).map(([name, { blocks, optimizer, schedule: ___, ...rest }]) => {
    const { type, config } = optimizer;
    const ownOptimizer = { type, config: fixed(optimizers[type].fields, config) };
    return [name, { ...rest, blocks: mapBlocks(blocks, fixedBlock), optimizer: ownOptimizer }];
  });
  return JSON.stringify([dataset, task, learning, fixedTraining]);
}
