/** Where a model's output comes from, as far as its description tells. Computes no shape. */
import { readConfig } from "../fields";
import { layers } from "../nn/layers";
import type { Block } from "./description";

/** A setting of a block, or its default; undefined where its layer has no such setting. */
export const settingOfBlock = ({ type, config }: Block, key: string): unknown =>
  readConfig(layers[type].fields, config).config[key];

/** The place of the block that makes the output, or -1: the last one but Dropout, which only training knows, and layers
 *  that change no number. */
export const outputPlace = (blocks: readonly Block[]): number =>
  blocks.findLastIndex(({ type }) => type !== "Dropout" && layers[type].category !== "shape");

/** The Dense layer whose units are the model's outputs, if it ends in one; activations may follow it. */
export function outputDense(blocks: readonly Block[]): Block | undefined {
  const last = blocks.findLast(({ type }) => type !== "Dropout" && type !== "Activation");
  return last?.type === "Dense" ? last : undefined;
}

/** Whether the outputs are probabilities: each from 0 to 1, because a softmax or a sigmoid made it. */
export function givesProbabilities(blocks: readonly Block[]): boolean {
  const block = blocks[outputPlace(blocks)];
  const activation = block && settingOfBlock(block, "activation");
  return activation === "softmax" || activation === "sigmoid";
}
