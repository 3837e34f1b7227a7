/** The phases of a training step, as slow motion names them. Pure; which there are follows from the task's record. */
import { aboutOf, type DataInfo, type ModelDescription, sidesOf, tasks } from "../../src/engine";

/** One phase of a step. */
export interface Phase {
  /** Samples go through a network, or networks get their new weights. */
  readonly kind: "forward" | "update";
  /** Those at work. */
  readonly networks: readonly string[];
  /** Those whose new weights are shown in a later phase. */
  readonly waiting: readonly string[];
}

/** The networks of a model that learn together; two sides or more can learn one at a time. */
export function sidesOfModel(model: ModelDescription, data: DataInfo): readonly (readonly string[])[] {
  const task = tasks[model.task.type];
  return sidesOf(task.losses(aboutOf(model, data)), Object.keys(task.networks));
}

/** The losses that networks learn from, by id. */
export function lossesOf(model: ModelDescription, data: DataInfo, networks: readonly string[]): readonly string[] {
  const losses = tasks[model.task.type].losses(aboutOf(model, data));
  return losses.filter(({ trains }) => trains.some((name) => networks.includes(name))).map(({ id }) => id);
}

/** The phases of the step after `step` of them: forward through the networks as data flow, then each side's update, from the last
 *  side back as gradients flow. A side whose turn it is not has none. */
export function phasesOf(model: ModelDescription, data: DataInfo, step: number): readonly Phase[] {
  const task = tasks[model.task.type];
  const every = task.every?.(aboutOf(model, data)) ?? {};
  const learns = (network: string): boolean => (step + 1) % (every[network] ?? 1) === 0;
  const updates = sidesOfModel(model, data)
    .filter((side) => side.some(learns))
    .toReversed();
  return [
    ...Object.keys(task.networks).map((name): Phase => ({ kind: "forward", networks: [name], waiting: [] })),
    ...updates.map((networks, i): Phase => ({ kind: "update", networks, waiting: updates.slice(i + 1).flat() })),
  ];
}
