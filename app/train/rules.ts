// What separates the model being edited from the model being trained: pure functions of the two descriptions. What follows
// from it is up to the session.
import type { Block, ModelDescription } from "../../src/engine";
import { mapBlocks, optimizers } from "../../src/engine";
import { reportOf } from "../store/model";

/** Whether the model being edited can be trained. */
export const hasErrors = (model: ModelDescription): boolean =>
  reportOf(model).problems.some(({ severity }) => severity === "error");

/** Whether what the trainer has differs from the model being edited in more than names and the learning rate. */
export function isOutdated(prepared: ModelDescription | null, model: ModelDescription): boolean {
  return prepared === null || (prepared !== model && runKey(prepared) !== runKey(model));
}

/** The learning rate of each network before its schedule: the visitor's, or the optimizer's default. */
export function learningRatesOf({ networks }: ModelDescription): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(networks).map(([name, { optimizer }]) => {
      const given = optimizer.config["learningRate"];
      const initial = optimizers[optimizer.type].fields["learningRate"]?.default;
      return [name, typeof given === "number" ? given : typeof initial === "number" ? initial : 0];
    }),
  );
}

/** What a run depends on, as text to compare: names and learning rates, which can change while it runs, left out. */
export function runKey({ dataset, task, networks, training }: ModelDescription): string {
  const withoutNames = (blocks: readonly Block[]) =>
    mapBlocks(blocks, (block) => {
      const { name: _, ...rest } = block;
      return rest;
    });
  const learning = Object.entries(networks).map(([name, { blocks, optimizer, ...rest }]) => {
    const { learningRate: _, ...config } = optimizer.config;
    return [name, { ...rest, blocks: withoutNames(blocks), optimizer: { type: optimizer.type, config } }];
  });
  return JSON.stringify([dataset, task, learning, training]);
}
