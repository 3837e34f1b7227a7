/** What a network of a model is called. */
import { type ModelDescription, tasks } from "../../src/engine";
import { wordOf } from "../common/words";

export function networkTitle({ task }: ModelDescription, network: string): string {
  const title = tasks[task.type].networks[network]?.title;
  return title === undefined ? network : wordOf(`tasks.${task.type}.networks.${network}.title`, title);
}
