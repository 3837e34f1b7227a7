/** Where a model's output comes from, as far as its description tells. Computes no shape. */
import { readConfig } from "../fields";
import { layers } from "../nn/layers";
import type { Block } from "./description";

/** A setting of a block, or its default; undefined where its layer has no such setting. */
export const settingOfBlock = ({ type, config }: Block, key: string): unknown =>
  readConfig(layers[type].fields, config).config[key];

/** The place of the block that makes the output, or -1: the last one but Dropout, which only training knows. */
export const outputPlace = (blocks: readonly Block[]): number => blocks.findLastIndex(({ type }) => type !== "Dropout");

/** Whether the outputs are probabilities: each from 0 to 1, because a softmax or a sigmoid made it. */
export function givesProbabilities(blocks: readonly Block[]): boolean {
  const block = blocks[outputPlace(blocks)];
  const activation = block && settingOfBlock(block, "activation");
  return activation === "softmax" || activation === "sigmoid";
}
