/** Every edit of a model, as a pure function from one description to the next. An edit that changes nothing returns the
 *  description it was given, so that it costs no undo step. Nothing here judges whether layers fit each other. */
import type {
  Block,
  BlockType,
  Field,
  Config,
  DataInfo,
  ModelDescription,
  NetworkDescription,
  OptimizerType,
  Place,
  Problem,
  RunSettings,
  ScheduleType,
  Stack,
} from "../../src/engine";
import {
  aboutOf,
  allBlocks,
  blocksOf,
  containers,
  defOf,
  recordOf,
  findBlock,
  heldOutOf,
  isContainer,
  isContainerType,
  isLayerType,
  layers as layerDefs,
  LIMITS,
  mapBlocks,
  mapStacks,
  schedules,
  taskFor,
  tasks,
  trainingFields,
} from "../../src/engine";
import { t, wordOf } from "../common/words";
import { formatCount, formatSetting } from "../common/format";

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** Whether two stacks are the same one. */
export const isSameStack = (a: Stack, b: Stack): boolean =>
  a.network === b.network && a.parent?.id === b.parent?.id && a.parent?.branch === b.parent?.branch;

/** A block's place and how many blocks are in its stack; undefined where there is no such block. */
export function placeOf(
  model: ModelDescription,
  id: string,
): { readonly place: Place; readonly of: number } | undefined {
  const found = findBlock(model, id);
  return found && { place: found.place, of: blocksOf(model, found.place)?.length ?? 0 };
}

/** All blocks of a network in the order of the page, those in containers included. */
export const blocksInOrder = (model: ModelDescription, network: string): Block[] =>
  [...allBlocks(model)].filter(({ place }) => place.network === network).map(({ block }) => block);

/** The network of a block, or the first one. */
export const networkOf = (model: ModelDescription, id: string | null): string =>
  (id === null ? undefined : findBlock(model, id)?.place.network) ?? Object.keys(model.networks)[0] ?? "";

function changeNetwork(
  model: ModelDescription,
  network: string,
  change: (network: NetworkDescription) => NetworkDescription,
): ModelDescription {
  const found = model.networks[network];
  if (!found) return model;
  const changed = change(found);
  return changed === found ? model : { ...model, networks: { ...model.networks, [network]: changed } };
}

/** Replaces the blocks of one stack. */
function changeStack(
  model: ModelDescription,
  { network, parent }: Stack,
  change: (blocks: readonly Block[]) => readonly Block[],
): ModelDescription {
  return changeNetwork(model, network, (found) => ({
    ...found,
    blocks: mapStacks(found.blocks, (blocks, own) =>
      own?.id === parent?.id && own?.branch === parent?.branch ? change(blocks) : blocks,
    ),
  }));
}

/** The same without a name of its own. */
function unnamed(block: Block): Block {
  const { name: _, ...rest } = block;
  return rest;
}

/** An id that no block of this model has: the type with the smallest free number. */
export function freshId(model: ModelDescription, type: BlockType, also: ReadonlySet<string> = new Set()): string {
  const taken = new Set([...allBlocks(model)].map(({ block }) => block.id));
  const stem = type.toLowerCase();
  let number = 1;
  while (taken.has(`${stem}-${number}`) || also.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

/** How many blocks there are. */
export const countBlocks = (model: ModelDescription): number => [...allBlocks(model)].length;

/** Whether another block still fits. */
export const isFull = (model: ModelDescription): boolean => countBlocks(model) >= LIMITS.layers;

/** How many containers a stack is in. */
function depthOf(model: ModelDescription, { parent }: Stack): number {
  const holder = parent && findBlock(model, parent.id);
  return holder ? holder.depth + 1 : 0;
}

/** How many containers a block is high: 0 for a layer. */
const heightOf = (block: Block): number =>
  isContainer(block) ? 1 + Math.max(0, ...block.branches.flat().map(heightOf)) : 0;

/** Whether a block may be in a stack: not in itself, and not in too many containers. */
export function mayHold(model: ModelDescription, stack: Stack, block: Block): boolean {
  if (depthOf(model, stack) + heightOf(block) > LIMITS.depth) return false;
  for (let parent = stack.parent; parent !== null; parent = findBlock(model, parent.id)?.place.parent ?? null) {
    if (parent.id === block.id) return false;
  }
  return true;
}

/** A new block of a type, not yet in the model. */
function makeBlock(model: ModelDescription, type: BlockType, config: Config): Block {
  const id = freshId(model, type);
  return isContainerType(type)
    ? { id, type, config, branches: Array.from({ length: containers[type].branches.min }, () => []) }
    : { id, type, config };
}

/** An edit, and the block it is about: null where nothing was done. */
export interface Edited {
  readonly description: ModelDescription;
  readonly id: string | null;
}

/** Puts a new block with its first settings in front of the block now at a place; at the end when past it. */
export function insertBlock(
  model: ModelDescription,
  type: BlockType,
  place: Place,
  config: Config = defOf(type).initial ?? {},
): Edited {
  const block = makeBlock(model, type, config);
  if (isFull(model) || !mayHold(model, place, block)) return { description: model, id: null };
  return { description: put(model, block, place), id: block.id };
}

const put = (model: ModelDescription, block: Block, place: Place): ModelDescription =>
  changeStack(model, place, (blocks) => blocks.toSpliced(clamp(place.index, 0, blocks.length), 0, block));

/** Takes a block out and puts it back so that it ends up at a place, which counts without it. */
export function moveBlock(model: ModelDescription, id: string, to: Place): ModelDescription {
  const found = findBlock(model, id);
  if (!found || !mayHold(model, to, found.block)) return model;
  const { block, place } = found;
  const most = (blocksOf(model, to)?.length ?? 0) - (isSameStack(place, to) ? 1 : 0);
  const target = { ...to, index: clamp(to.index, 0, most) };
  if (isSameStack(place, target) && place.index === target.index) return model;
  return put(removeBlock(model, id), block, target);
}

/** Takes a block out, with all that it holds. */
export function removeBlock(model: ModelDescription, id: string): ModelDescription {
  const found = findBlock(model, id);
  return found ? changeStack(model, found.place, (blocks) => blocks.filter((block) => block.id !== id)) : model;
}

/** Puts a copy behind a block; it has the same settings and holds the same, and its blocks have no names of their own. */
export function duplicateBlock(model: ModelDescription, id: string): Edited {
  const found = findBlock(model, id);
  if (!found) return { description: model, id: null };
  const taken = new Set<string>();
  const [copy] = mapBlocks([found.block], (block) => {
    const fresh = freshId(model, block.type, taken);
    taken.add(fresh);
    return { ...unnamed(block), id: fresh };
  });
  if (!copy || countBlocks(model) + taken.size > LIMITS.layers) return { description: model, id: null };
  return { description: put(model, copy, { ...found.place, index: found.place.index + 1 }), id: copy.id };
}

function changeBlock(model: ModelDescription, id: string, change: (block: Block) => Block): ModelDescription {
  const found = findBlock(model, id);
  if (!found) return model;
  const changed = change(found.block);
  if (changed === found.block) return model;
  return changeStack(model, found.place, (blocks) => blocks.with(found.place.index, changed));
}

const sameValue = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const changeConfig = (config: Config, key: string, value: unknown): Config =>
  sameValue(config[key], value) ? config : { ...config, [key]: value };

/** Changes one setting of a block. */
export function setBlockConfig(model: ModelDescription, id: string, key: string, value: unknown): ModelDescription {
  return changeBlock(model, id, (block) => {
    const config = changeConfig(block.config, key, value);
    return config === block.config ? block : { ...block, config };
  });
}

/** Names a block; an empty name gives it back its numbered one. */
export function renameBlock(model: ModelDescription, id: string, name: string): ModelDescription {
  const trimmed = name.trim().slice(0, LIMITS.nameLength);
  return changeBlock(model, id, (block) => {
    if (trimmed === (block.name ?? "")) return block;
    return trimmed === "" ? unnamed(block) : { ...block, name: trimmed };
  });
}

/** Freezes a block, so that its weights stay as they are, or thaws it. */
export function setFrozen(model: ModelDescription, id: string, isFrozen: boolean): ModelDescription {
  return changeBlock(model, id, (block) => {
    if ((block.frozen ?? false) === isFrozen) return block;
    const { frozen: _, ...thawed } = block;
    return isFrozen ? { ...block, frozen: true } : thawed;
  });
}

/** Gives a container one branch more at its end, or takes its last one away. */
export function resizeContainer(model: ModelDescription, id: string, by: 1 | -1): ModelDescription {
  return changeBlock(model, id, (block) => {
    if (!isContainer(block)) return block;
    const { min, max } = containers[block.type].branches;
    const count = clamp(block.branches.length + by, min, max);
    if (count === block.branches.length) return block;
    return { ...block, branches: by > 0 ? [...block.branches, []] : block.branches.slice(0, count) };
  });
}

/** The words for the repair that a problem comes with, if {@link applyFix} can do it. */
export function fixLabel(model: ModelDescription, problem: Problem): string | undefined {
  const { fix, layerId } = problem;
  if (!fix || applyFix(model, problem).description === model) return undefined;
  const typeOf = (id: string | undefined): BlockType | undefined =>
    id === undefined ? undefined : findBlock(model, id)?.block.type;
  switch (fix.kind) {
    case "insertBefore":
      return t("edited.insert", {
        layer: [fix.layer, ...Object.values(fix.config ?? {}).map(formatSetting)].join(" "),
      });
    case "append":
      return t("edited.append", { layer: [fix.layer, ...Object.values(fix.config).map(formatSetting)].join(" ") });
    case "set": {
      const type = typeOf(layerId);
      return setLabel(
        type && defOf(type).fields[fix.key],
        type && recordOf({ type }),
        fix.key,
        formatSetting(fix.value),
      );
    }
    case "setRun":
      return setLabel(trainingFields[fix.key], "training", fix.key, formatCount(fix.value));
    case "setSchedule": {
      const type = model.networks[fix.network]?.schedule.type;
      return setLabel(type && schedules[type].fields[fix.key], `schedules.${type}`, fix.key, String(fix.value));
    }
    case "moveBefore":
      return t("edited.moveBefore", { type: typeOf(fix.layerId) ?? "" });
    case "rename":
      return t("edited.rename");
  }
}

/** @param record the path of the record that has the field */
function setLabel(field: Field | undefined, record: string | undefined, key: string, value: string): string {
  if (!field) return t("edited.setKey", { key, value });
  return t("edited.set", { setting: wordOf(`${record}.fields.${key}.label`, field.label), value });
}

/** Does the repair that a problem offers; the id is that of the layer that repairs it, null where a setting of the training
 *  does. */
export function applyFix(model: ModelDescription, { fix, layerId }: Problem): Edited {
  const nothing = { description: model, id: null };
  if (fix?.kind === "setRun") return { description: setTraining(model, { [fix.key]: fix.value }), id: null };
  if (fix?.kind === "setSchedule") {
    return { description: setLearningConfig(model, fix.network, "schedule", fix.key, fix.value), id: null };
  }
  const found = layerId === undefined ? undefined : findBlock(model, layerId);
  if (!fix || !found) return nothing;
  const { id } = found.block;
  switch (fix.kind) {
    case "insertBefore":
      return isLayerType(fix.layer) ? insertBlock(model, fix.layer, found.place, fix.config) : nothing;
    case "append": {
      const end = { network: found.place.network, parent: null, index: LIMITS.layers };
      return isLayerType(fix.layer) ? insertBlock(model, fix.layer, end, fix.config) : nothing;
    }
    case "set":
      return { description: setBlockConfig(model, id, fix.key, fix.value), id };
    case "moveBefore": {
      const to = findBlock(model, fix.layerId)?.place;
      return to ? { description: moveBlock(model, id, to), id } : nothing;
    }
    case "rename":
      return { description: renameBlock(model, id, ""), id };
  }
}

/** Changes settings of the run. */
export function setTraining(model: ModelDescription, patch: Partial<RunSettings>): ModelDescription {
  const { training } = model;
  const isSame = Object.entries(patch).every(([key, value]) => sameValue(training[key as keyof RunSettings], value));
  return isSame ? model : { ...model, training: { ...training, ...patch } };
}

/** Chooses what a model learns from. A task that these data can be used for stays, whatever they suggest; one that they cannot becomes
 *  the one that they suggest, where its network is the same. A sensible number of samples is held out where there are too few for the
 *  present one. */
export function setDataset(model: ModelDescription, data: DataInfo): ModelDescription {
  if (model.dataset === data.id) return model;
  const wanted = taskFor(data);
  const stays = !("said" in tasks[model.task.type].columns(aboutOf(model, data)));
  const isSameNetwork =
    !stays && wanted !== null && Object.keys(tasks[wanted].networks).join() === Object.keys(model.networks).join();
  const task = isSameNetwork && wanted !== model.task.type ? { type: wanted, config: {} } : model.task;
  const most = heldOutOf(data.trainCount);
  const validationCount = Math.min(model.training.validationCount, most);
  return { ...model, dataset: data.id, task, training: { ...model.training, validationCount } };
}

/** Changes one setting of the task, its loss for instance. */
export function setTaskConfig(model: ModelDescription, key: string, value: unknown): ModelDescription {
  const config = changeConfig(model.task.config, key, value);
  return config === model.task.config ? model : { ...model, task: { ...model.task, config } };
}

/** Changes how a network learns. */
export function setNetwork(
  model: ModelDescription,
  network: string,
  patch: Partial<Pick<NetworkDescription, "clipNorm" | "frozen">>,
): ModelDescription {
  return changeNetwork(model, network, (found) => {
    const changed = { ...found, ...patch };
    return sameValue(found, changed) ? found : changed;
  });
}

/** Chooses an optimizer, with its default settings: a good learning rate for one is a bad one for another. */
export const setOptimizer = (model: ModelDescription, network: string, type: OptimizerType): ModelDescription =>
  changeNetwork(model, network, (found) =>
    type === found.optimizer.type ? found : { ...found, optimizer: { type, config: {} } },
  );

/** Chooses a learning-rate schedule, with its default settings. */
export const setSchedule = (model: ModelDescription, network: string, type: ScheduleType): ModelDescription =>
  changeNetwork(model, network, (found) =>
    type === found.schedule.type ? found : { ...found, schedule: { type, config: {} } },
  );

/** Changes one setting of a network's optimizer or schedule. */
export function setLearningConfig(
  model: ModelDescription,
  network: string,
  part: "optimizer" | "schedule",
  key: string,
  value: unknown,
): ModelDescription {
  return changeNetwork(model, network, (found) => {
    const config = changeConfig(found[part].config, key, value);
    return config === found[part].config ? found : { ...found, [part]: { ...found[part], config } };
  });
}

/** Whether a layer's record says what it sets when it is fresh from the palette. */
export const isKnownType = (type: string): type is BlockType => isLayerType(type) || isContainerType(type);

/** What the palette offers: every layer and every container. */
export const paletteTypes: readonly BlockType[] = [
  ...(Object.keys(layerDefs) as BlockType[]),
  ...(Object.keys(containers) as BlockType[]),
];
