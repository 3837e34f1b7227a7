/** How a model is trained, as Keras's compile settings: of models of one network that are held against a column. */
import { readConfig } from "../../fields";
import { optimizers, type OptimizerType } from "../../optim/optimizers";
import { tasks } from "../../tasks";
import type { ExportedModel } from "../exported";

/** A setting's name as Python spells it. */
export const snakeCase = (key: string): string =>
  key
    .replace(/([A-Z])/g, "_$1")
    .replace(/([a-z])(\d)/g, "$1_$2")
    .toLowerCase();

/** Keras's classes, where they are called otherwise, with what they are told besides. */
const classes: Readonly<Partial<Record<OptimizerType, readonly [string, object]>>> = {
  Momentum: ["SGD", {}],
  Nesterov: ["SGD", { nesterov: true }],
};

/** An optimizer with the settings that a network learns by. */
export function kerasOptimizer(network: ExportedModel["description"]["networks"][string]): object {
  const { type, config: given } = network.optimizer;
  const { config } = readConfig(optimizers[type].fields, given);
  const [className, more] = classes[type] ?? [type, {}];
  const settings = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [snakeCase(key).replace(/accumulator$/, "accumulator_value"), value]),
  );
  return {
    module: "keras.optimizers",
    class_name: className,
    config: { ...settings, ...more, ...(network.clipNorm > 0 && { global_clipnorm: network.clipNorm }) },
    registered_name: null,
  };
}

/** The compile settings; null for models of several networks, which Keras has no word for. */
export function compiledAs({ description }: ExportedModel): object | null {
  const { task, networks } = description;
  const [network, ...others] = Object.values(networks);
  const { config } = readConfig(tasks[task.type].fields, task.config);
  const loss: unknown = "loss" in config ? config["loss"] : undefined;
  if (!network || others.length > 0 || typeof loss !== "string") return null;
  return { optimizer: kerasOptimizer(network), loss: snakeCase(loss), metrics: [], jit_compile: false };
}
