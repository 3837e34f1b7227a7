/** A model description: the plain JSON that undo, files, links, presets and the trainer share. This file says what is
 *  valid and turns everything else away with a reason; whether layers fit each other is `analyze.ts`'s question. */
import * as v from "valibot";
import { ModelError } from "../errors";
import { isGridMap, MAP_SIDE } from "../environments/gridMap";
import type { Config, Fields, NumberField } from "../fields";
import { fieldProblem, fieldSchema, got, readConfig } from "../fields";
import { readJson } from "../json";
import { containers } from "../nn/containers";
import type { LayerType } from "../nn/layers";
import { isLayerType, layers } from "../nn/layers";
import type { OptimizerType } from "../optim/optimizers";
import { optimizers } from "../optim/optimizers";
import type { ScheduleType } from "../optim/schedules";
import { schedules } from "../optim/schedules";
import { tasks, type TaskType } from "../tasks";
import { allBlocks, type Block, defOf, isContainer, type Placed, recordOf } from "./blocks";
import { migrate } from "./migrate";
import { networkFields, trainingFields } from "./training";
import { type EngineKey, type Said, say } from "../words/said";

/** A record chosen by type, with its settings. */
export interface Chosen<T extends string> {
  readonly type: T;
  readonly config: Config;
}

/** One network of a model, and how it learns. */
export interface NetworkDescription {
  readonly blocks: readonly Block[];
  readonly optimizer: Chosen<OptimizerType>;
  readonly schedule: Chosen<ScheduleType>;
  /** Gradients whose norm over all parameters of the network is larger are scaled down to it; 0 turns it off. */
  readonly clipNorm: number;
  /** Keeps all its weights as they are. */
  readonly frozen?: boolean | undefined;
}

/** How long to train, and on what. */
export interface RunSettings {
  readonly batchSize: number;
  readonly epochs: number;
  /** Everything random follows from it: weights, shuffling, the validation split, dropout. */
  readonly seed: number;
  /** Samples held out of the training set. */
  readonly validationCount: number;
  /** Stop after this many epochs without a better validation loss; 0 turns it off. */
  readonly patience: number;
  /** Train on so many of the others only; on all when 0 or left out. */
  readonly samples?: number | undefined;
  /** The map of an agent's world, where it is one of cells; its own when left out. */
  readonly map?: string | undefined;
  /** Where patience is on, the end brings the weights with the best validation loss back; true when left out. */
  readonly restoreBest?: boolean | undefined;
}

/** A model and how to train it. */
export interface ModelDescription {
  readonly version: 2;
  readonly name: string;
  /** The id of a dataset, which the visitor may have brought. */
  readonly dataset: string;
  readonly task: Chosen<TaskType>;
  /** The task's networks by name. */
  readonly networks: Readonly<Record<string, NetworkDescription>>;
  readonly training: RunSettings;
}

/** Limits on what a description may hold. */
export const LIMITS = { layers: 64, depth: 4, nameLength: 60, jsonLength: 200_000 } as const;

const keysOf = <T extends string>(record: Readonly<Record<T, unknown>>): T[] => Object.keys(record) as T[];

/** The parts that messages name. */
type Part = Extract<EngineKey, `part.${string}`>;

// What a schema says is text to its library: a sentence as JSON, read again by `messageOf`.
const message = (said: Said<EngineKey>): string => JSON.stringify(said);

/** What to say of an issue. */
const messageOf = ({ message: text }: v.BaseIssue<unknown>): Said<EngineKey> =>
  text.startsWith("{") ? JSON.parse(text) : say("notice.internal", { message: text });

/** Says what was expected of a part, and what came. */
const wrong =
  (what: Part, expected: Said<EngineKey>) =>
  (issue: { readonly received: string }): string =>
    message(say("description.wrong", { what: say(what), expected, got: got(issue) }));

const oneOf = <T extends string>(what: Part, known: Readonly<Record<T, unknown>>) =>
  v.picklist(keysOf(known), wrong(what, say("setting.choice", { options: keysOf(known) })));

/** What a field accepts; messages open with its label. @param path of the field */
const within = (field: NumberField, path: string) =>
  v.custom<number>(
    (value) => v.is(fieldSchema(field), value),
    ({ input }) => message(fieldProblem(field, input, path) ?? say("fit.unknown")),
  );

const text = (what: Part) =>
  v.pipe(
    v.string(wrong(what, say("description.text"))),
    v.nonEmpty(message(say("description.emptyName", { what: say(what) }))),
    v.maxLength(LIMITS.nameLength, wrong(what, say("description.characters", { most: LIMITS.nameLength }))),
  );

/** An object of exactly these keys. */
const record = <const E extends v.ObjectEntries>(what: Part, entries: E) =>
  v.strictObject(entries, (issue) => {
    const keys = Object.keys(entries);
    if (issue.expected === "Object") return wrong(what, say("description.object"))(issue);
    return issue.expected === "never"
      ? wrong(what, say("description.only", { keys }))(issue)
      : message(say("description.missing", { what: say(what), keys, key: issue.expected ?? "" }));
  });

const config = v.custom<Config>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  wrong("part.settings", say("description.object")),
);

const frozen = v.optional(v.boolean(wrong("part.frozen", say("description.flag"))));

const anyBlock = { id: text("part.layerId"), name: v.optional(text("part.layerName")), config, frozen };

const layerSchema = record("part.layer", {
  ...anyBlock,
  type: v.custom<LayerType>(
    (type) => typeof type === "string" && isLayerType(type),
    wrong("part.layerType", say("setting.choice", { options: [...keysOf(layers), ...keysOf(containers)] })),
  ),
});

const containerSchema = record("part.container", {
  ...anyBlock,
  type: oneOf("part.containerType", containers),
  branches: v.array(
    v.lazy(() => stackSchema),
    wrong("part.branches", say("description.lists")),
  ),
});

const blockSchema: v.GenericSchema<unknown, Block> = v.lazy((value) =>
  typeof value === "object" && value !== null && "branches" in value ? containerSchema : layerSchema,
);

const stackSchema = v.array(blockSchema, wrong("part.layers", say("description.list")));

const networkSchema = record("part.network", {
  blocks: stackSchema,
  optimizer: record("part.optimizer", { type: oneOf("part.optimizer", optimizers), config }),
  schedule: record("part.schedule", { type: oneOf("part.schedule", schedules), config }),
  clipNorm: within(networkFields.clipNorm, "networks.fields.clipNorm"),
  frozen,
});

const ofRun = (key: keyof typeof trainingFields) => within(trainingFields[key], `training.fields.${key}`);

const trainingSchema = record("part.training", {
  batchSize: ofRun("batchSize"),
  epochs: ofRun("epochs"),
  seed: ofRun("seed"),
  validationCount: ofRun("validationCount"),
  patience: ofRun("patience"),
  samples: v.optional(ofRun("samples")),
  map: v.optional(v.custom<string>(isGridMap, wrong("part.map", say("description.map", { side: MAP_SIDE })))),
  restoreBest: v.optional(v.boolean(wrong("part.restoreBest", say("description.flag")))),
});

const descriptionSchema = record("part.model", {
  version: v.literal(2, wrong("part.version", say("description.versions"))),
  name: text("part.modelName"),
  dataset: text("part.dataset"),
  task: record("part.task", { type: oneOf("part.task", tasks), config }),
  networks: v.record(v.string(), networkSchema, wrong("part.networks", say("description.object"))),
  training: trainingSchema,
});

/** Levels of JSON around the blocks, and those that a container adds. */
const OUTER_LEVELS = 8;
const LEVELS_PER_CONTAINER = 3;
const MAX_LEVELS = OUTER_LEVELS + LEVELS_PER_CONTAINER * LIMITS.depth;

/** Whether lists and objects are nested deeper in each other than those of any description. Does not recurse, because a hostile
 *  file may nest without end. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_LEVELS) return true;
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return false;
}

/** Checks a value from outside (a file, a link, storage, a message). Older versions are brought up to the present one.
 *  @throws ModelError naming the first thing wrong: where, what was expected, what came. */
export function parseDescription(value: unknown): ModelDescription {
  if (isTooDeep(value)) {
    throw new ModelError(say("description.tooDeep", { place: say("description.whole"), most: LIMITS.depth }));
  }
  const result = v.safeParse(descriptionSchema, migrate(value), { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    throw new ModelError(say("description.at", { place: placeOf(issue), problem: messageOf(issue) }));
  }
  const description: ModelDescription = result.output;
  checkNetworks(description);
  checkBlocks([...allBlocks(description)]);
  for (const [name, { optimizer, schedule }] of Object.entries(description.networks)) {
    const network = Object.keys(description.networks).length > 1 ? name : undefined;
    requireConfig(
      placeOfChoice("optimizer", optimizer.type, network),
      `optimizers.${optimizer.type}`,
      optimizers[optimizer.type].fields,
      optimizer.config,
    );
    requireConfig(
      placeOfChoice("schedule", schedule.type, network),
      `schedules.${schedule.type}`,
      schedules[schedule.type].fields,
      schedule.config,
    );
  }
  const { type, config: settings } = description.task;
  requireConfig(say("description.task", { type }), `tasks.${type}`, tasks[type].fields, settings);
  return description;
}

function checkNetworks({ task, networks }: ModelDescription): void {
  const wanted = Object.keys(tasks[task.type].networks);
  const given = Object.keys(networks);
  if (wanted.length === given.length && wanted.every((name) => given.includes(name))) return;
  const found = given.map((name) => got({ received: name }));
  throw new ModelError(say("description.otherNetworks", { wanted, task: task.type, given: found }));
}

function checkBlocks(all: readonly Placed[]): void {
  if (all.length > LIMITS.layers) {
    throw new ModelError(say("description.tooManyLayers", { most: LIMITS.layers, got: all.length }));
  }
  const seen = new Set<string>();
  for (const { block, depth } of all) {
    const { id, type, name, config: given } = block;
    const place = say("description.block", { type, name: name ?? id });
    if (seen.has(id)) {
      throw new ModelError(say("description.repeatedId", { id }));
    }
    seen.add(id);
    if (depth >= LIMITS.depth && isContainer(block)) {
      throw new ModelError(say("description.tooDeep", { place, most: LIMITS.depth }));
    }
    if (isContainer(block)) {
      const { min, max } = containers[block.type].branches;
      const { length } = block.branches;
      if (length < min || length > max) {
        throw new ModelError(say("description.branches", { place, min, max, got: length }), id);
      }
    }
    requireConfig(place, recordOf(block), defOf(type).fields, given, id);
  }
}

/** The innermost layer at fault by its number and id, or the path to whatever else it is. */
function placeOf(issue: v.BaseIssue<unknown>): Said<EngineKey> {
  const steps = issue.path ?? [];
  const item = steps.findLast(({ key }, i) => typeof key === "number" && steps[i - 1]?.key !== "branches");
  if (item) {
    const { value } = item;
    const id: unknown = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
    const number = Number(item.key) + 1;
    return typeof id === "string"
      ? say("description.layerWithId", { number, id: id.slice(0, LIMITS.nameLength) })
      : say("description.layer", { number });
  }
  const path = v.getDotPath(issue);
  return path ? say("description.path", { path }) : say("description.whole");
}

/** Reads a description from JSON text. @throws ModelError for text that is too long, not JSON, or not a model. */
export function readDescription(json: string): ModelDescription {
  if (json.length > LIMITS.jsonLength) {
    throw new ModelError(say("description.tooLong", { most: LIMITS.jsonLength, got: json.length }));
  }
  let value: unknown;
  try {
    value = readJson(json);
  } catch (error) {
    throw new ModelError(say("description.notJson", { reason: String(error) }));
  }
  return parseDescription(value);
}

/** An optimizer or a schedule, and whose it is where there are several networks. */
function placeOfChoice(kind: "optimizer" | "schedule", type: string, network: string | undefined): Said<EngineKey> {
  return network === undefined ? say(`description.${kind}`, { type }) : say(`description.${kind}Of`, { type, network });
}

function requireConfig(place: Said<EngineKey>, path: string, fields: Fields, given: Config, layerId?: string): void {
  const { problems: all } = readConfig(fields, given, path);
  if (all.length === 0) return;
  const problems = all.slice(0, 3);
  const more = all.length - problems.length;
  throw new ModelError(
    more > 0 ? say("description.manyMore", { place, problems, more }) : say("description.several", { place, problems }),
    layerId,
  );
}
