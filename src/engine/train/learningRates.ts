/** The learning rates of a model's networks: each one's own rate times its schedule's factor. Pure host arithmetic, so that
 *  changing them never recompiles. */
import { readConfig } from "../fields";
import type { ModelDescription, NetworkDescription } from "../model/description";
import { optimizers } from "../optim/optimizers";
import type { Progress, ScheduleDef } from "../optim/schedules";
import { schedules } from "../optim/schedules";

/** The learning rate of each network. */
export type Rates = Readonly<Record<string, number>>;

/** Reads a network's settings once, since the rate is asked for at every step. */
function rateOf({ optimizer, schedule }: NetworkDescription): (progress: Progress) => number {
  const base = Number(readConfig(optimizers[optimizer.type].fields, optimizer.config).config["learningRate"]);
  const def: ScheduleDef = schedules[schedule.type];
  const { config } = readConfig(def.fields, schedule.config);
  return (progress) => base * def.factor(progress, config);
}

/** The learning rates of a model as a function of how far training has come. */
export function learningRates({ networks }: ModelDescription): (progress: Progress) => Rates {
  const readers = Object.entries(networks).map(([name, network]) => [name, rateOf(network)] as const);
  return (progress) => Object.fromEntries(readers.map(([name, rateAt]) => [name, rateAt(progress)]));
}
