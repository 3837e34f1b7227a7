/** Where a network's output comes from, as far as its description tells. Computes no shape. */
import { readConfig } from "../../fields";
import { layers } from "../../nn/layers";
import { layerFor } from "../../nn/layers/roles";
import { type Block, defOf, isContainer } from "../blocks";

/** A setting of a block, or its default; undefined where its type has no such setting. */
export const settingOfBlock = ({ type, config }: Block, key: string): unknown =>
  readConfig(defOf(type).fields, config).config[key];

/** The activation that a block ends in by its settings or its type; undefined where it has none. */
export const activationOf = (block: Block): unknown =>
  settingOfBlock(block, "activation") ?? (isContainer(block) ? undefined : layers[block.type].applies);

/** The place of the block that makes the output, or -1: the last one that changes a number. */
export const outputPlace = (blocks: readonly Block[]): number =>
  blocks.findLastIndex((block) => {
    if (isContainer(block)) return true;
    const layer = layers[block.type];
    return layer.keepsNumbers?.(readConfig(layer.fields, block.config).config) !== true;
  });

/** The layer whose units are the network's outputs, if it ends in one; what changes numbers one by one may follow it. */
export function outputDense(blocks: readonly Block[]): Block | undefined {
  const last = blocks.findLast((block) => isContainer(block) || layers[block.type].isElementwise !== true);
  return last?.type === layerFor.outputs ? last : undefined;
}
