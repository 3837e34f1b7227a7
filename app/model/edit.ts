/** Every edit of a model, as a pure function from one description to the next. An edit that changes nothing returns the
 *  description it was given, so that it costs no undo step. Nothing here judges whether layers fit each other. */
import type {
  Config,
  LayerType,
  ModelDescription,
  OptimizerType,
  Problem,
  ScheduleType,
  TrainingSettings,
} from "../../src/engine";
import { formatShape, LIMITS, isLayerType, layers as layerDefs, optimizers } from "../../src/engine";

type Block = ModelDescription["layers"][number];

const withLayers = (description: ModelDescription, layers: readonly Block[]): ModelDescription => ({
  ...description,
  layers,
});

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** The place of a layer in the stack, or -1. */
export function indexOfLayer(description: ModelDescription, id: string): number {
  return description.layers.findIndex((block) => block.id === id);
}

/** An id that no layer of this model has: the type with the smallest free number. */
export function freshId(description: ModelDescription, type: LayerType): string {
  const taken = new Set(description.layers.map(({ id }) => id));
  const stem = type.toLowerCase();
  let number = 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

/** Whether another layer still fits. */
export function isFull(description: ModelDescription): boolean {
  return description.layers.length >= LIMITS.layers;
}

/** Puts a new layer with default settings in front of the layer now at `index`; the end when past it.
 *  @returns the new description and the new layer's id, or null as id when the model is full. */
export function insertLayer(
  description: ModelDescription,
  type: LayerType,
  index: number,
  config: Config = layerDefs[type].initial ?? {},
): { readonly description: ModelDescription; readonly id: string | null } {
  if (isFull(description)) return { description, id: null };
  const id = freshId(description, type);
  const at = clamp(index, 0, description.layers.length);
  return { description: withLayers(description, description.layers.toSpliced(at, 0, { id, type, config })), id };
}

/** Takes a layer out and puts it back so that it ends up at `to`. */
export function moveLayer(description: ModelDescription, id: string, to: number): ModelDescription {
  const from = indexOfLayer(description, id);
  const block = description.layers[from];
  const target = clamp(to, 0, description.layers.length - 1);
  if (!block || target === from) return description;
  return withLayers(description, description.layers.toSpliced(from, 1).toSpliced(target, 0, block));
}

/** Takes a layer out. */
export function removeLayer(description: ModelDescription, id: string): ModelDescription {
  const at = indexOfLayer(description, id);
  return at < 0 ? description : withLayers(description, description.layers.toSpliced(at, 1));
}

/** Puts a copy behind a layer; the copy has the same settings and no name of its own. */
export function duplicateLayer(
  description: ModelDescription,
  id: string,
): { readonly description: ModelDescription; readonly id: string | null } {
  const at = indexOfLayer(description, id);
  const block = description.layers[at];
  return block ? insertLayer(description, block.type, at + 1, block.config) : { description, id: null };
}

function changeLayer(description: ModelDescription, id: string, change: (block: Block) => Block): ModelDescription {
  const at = indexOfLayer(description, id);
  const block = description.layers[at];
  if (!block) return description;
  const changed = change(block);
  return changed === block ? description : withLayers(description, description.layers.with(at, changed));
}

const sameValue = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const changeConfig = (config: Config, key: string, value: unknown): Config =>
  sameValue(config[key], value) ? config : { ...config, [key]: value };

/** Changes one setting of a layer. */
export function setLayerConfig(
  description: ModelDescription,
  id: string,
  key: string,
  value: unknown,
): ModelDescription {
  return changeLayer(description, id, (block) => {
    const config = changeConfig(block.config, key, value);
    return config === block.config ? block : { ...block, config };
  });
}

/** Names a layer; an empty name gives it back its numbered one. */
export function renameLayer(description: ModelDescription, id: string, name: string): ModelDescription {
  const trimmed = name.trim().slice(0, LIMITS.nameLength);
  return changeLayer(description, id, (block) => {
    if (trimmed === (block.name ?? "")) return block;
    const { name: _, ...unnamed } = block;
    return trimmed === "" ? unnamed : { ...block, name: trimmed };
  });
}

/** The words for the repair that a problem comes with, if {@link applyFix} can do it. */
export function fixLabel(description: ModelDescription, problem: Problem): string | undefined {
  const { fix, layerId } = problem;
  if (!fix || applyFix(description, problem).id === null) return undefined;
  const typeOf = (id: string | undefined): LayerType | undefined =>
    description.layers.find((block) => block.id === id)?.type;
  switch (fix.kind) {
    case "insertBefore":
      return `Insert ${fix.layer}`;
    case "append":
      return ["Add", fix.layer, ...Object.values(fix.config)].join(" ");
    case "set": {
      const type = typeOf(layerId);
      const label = type && layerDefs[type].fields[fix.key]?.label;
      const value = Array.isArray(fix.value) ? formatShape(fix.value) : String(fix.value);
      return `Set ${label?.toLowerCase() ?? fix.key} to ${value}`;
    }
    case "moveBefore":
      return `Move before ${typeOf(fix.layerId)}`;
  }
}

/** Does the repair that a problem offers.
 *  @returns the new description and the id of the layer that repairs it, or null as id when it cannot be done */
export function applyFix(
  description: ModelDescription,
  { fix, layerId }: Problem,
): { readonly description: ModelDescription; readonly id: string | null } {
  const nothing = { description, id: null };
  const at = layerId === undefined ? -1 : indexOfLayer(description, layerId);
  if (!fix || layerId === undefined || at < 0) return nothing;
  switch (fix.kind) {
    case "insertBefore":
      return isLayerType(fix.layer) ? insertLayer(description, fix.layer, at) : nothing;
    case "append":
      return isLayerType(fix.layer)
        ? insertLayer(description, fix.layer, description.layers.length, fix.config)
        : nothing;
    case "set":
      return { description: setLayerConfig(description, layerId, fix.key, fix.value), id: layerId };
    case "moveBefore": {
      const to = indexOfLayer(description, fix.layerId);
      return to < 0 ? nothing : { description: moveLayer(description, layerId, to), id: layerId };
    }
  }
}

/** Changes settings of the training. */
export function setTraining(description: ModelDescription, patch: Partial<TrainingSettings>): ModelDescription {
  const { training } = description;
  const isSame = Object.entries(patch).every(([key, value]) =>
    sameValue(training[key as keyof TrainingSettings], value),
  );
  return isSame ? description : { ...description, training: { ...training, ...patch } };
}

/** Chooses an optimizer, with its default settings: a good learning rate for one is a bad one for another. */
export function setOptimizer(description: ModelDescription, type: OptimizerType): ModelDescription {
  return type === description.training.optimizer.type
    ? description
    : setTraining(description, { optimizer: { type, config: {} } });
}

/** Chooses a learning-rate schedule, with its default settings. */
export function setSchedule(description: ModelDescription, type: ScheduleType): ModelDescription {
  return type === description.training.schedule.type
    ? description
    : setTraining(description, { schedule: { type, config: {} } });
}

/** Changes one setting of the optimizer or of the schedule. */
export function setTrainingConfig(
  description: ModelDescription,
  part: "optimizer" | "schedule",
  key: string,
  value: unknown,
): ModelDescription {
  const { training } = description;
  const config = changeConfig(training[part].config, key, value);
  return config === training[part].config
    ? description
    : { ...description, training: { ...training, [part]: { ...training[part], config } } };
}

/** The learning rate before the schedule: the visitor's, or the optimizer's default. */
export function learningRateOf({ training: { optimizer } }: ModelDescription): number {
  const given = optimizer.config["learningRate"];
  const initial = optimizers[optimizer.type].fields["learningRate"]?.default;
  return typeof given === "number" ? given : typeof initial === "number" ? initial : 0;
}

/** What a run depends on, as text to compare: names and the learning rate, which can change while it runs, left out. */
export function runKey({ dataset, layers, training }: ModelDescription): string {
  const { learningRate: _, ...config } = training.optimizer.config;
  const optimizer = { type: training.optimizer.type, config };
  return JSON.stringify([dataset, layers.map(({ type, config: own }) => [type, own]), { ...training, optimizer }]);
}
