/** What a network of a model is called, and what it does. */
import { type ModelDescription, tasks } from "../../src/engine";
import { wordOf } from "../common/words";

export function networkTitle({ task }: ModelDescription, network: string): string {
  const title = tasks[task.type].networks[network]?.title;
  return title === undefined ? network : wordOf(`tasks.${task.type}.networks.${network}.title`, title);
}

export function networkHelp({ task }: ModelDescription, network: string): string {
  const help = tasks[task.type].networks[network]?.help;
  return help === undefined ? "" : wordOf(`tasks.${task.type}.networks.${network}.help`, help);
}
