/** A model description: the plain JSON that undo, files, links, presets and the trainer share. This file says what is
 *  valid and turns everything else away with a reason; whether layers fit each other is `analyze.ts`'s question. */
import * as v from "valibot";
import { ModelError } from "../errors";
import type { Config, Fields, NumberField } from "../fields";
import { fieldSchema, got, readConfig } from "../fields";
import { containers } from "../nn/containers";
import type { LayerType } from "../nn/layers";
import { isLayerType, layers } from "../nn/layers";
import type { OptimizerType } from "../optim/optimizers";
import { optimizers } from "../optim/optimizers";
import type { ScheduleType } from "../optim/schedules";
import { schedules } from "../optim/schedules";
import { formatCount } from "../shape";
import { tasks, type TaskType } from "../tasks";
import { allBlocks, type Block, defOf, isContainer, type Placed } from "./blocks";
import { migrate } from "./migrate";
import { networkFields, trainingFields } from "./training";

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

const oneOf = <T extends string>(what: string, record: Readonly<Record<T, unknown>>) =>
  v.picklist(keysOf(record), (issue) => `${what}: expected one of ${keysOf(record).join(", ")}, got ${got(issue)}`);

/** What a field accepts; messages open with its label. */
const within = (field: NumberField) =>
  v.custom<number>(
    (value) => v.is(fieldSchema(field), value),
    ({ input }) => `${field.label}: ${v.safeParse(fieldSchema(field), input).issues?.[0].message}`,
  );

const text = (what: string) =>
  v.pipe(
    v.string((issue) => `${what}: expected text, got ${got(issue)}`),
    v.nonEmpty(`${what}: expected a name, got an empty one`),
    v.maxLength(
      LIMITS.nameLength,
      (issue) => `${what}: expected at most ${LIMITS.nameLength} characters, got ${got(issue)}`,
    ),
  );

/** An object of exactly these keys. */
const record = <const E extends v.ObjectEntries>(what: string, entries: E) =>
  v.strictObject(entries, (issue) => {
    if (issue.expected === "Object") return `${what}: expected an object, got ${got(issue)}`;
    const keys = Object.keys(entries).join(", ");
    return issue.expected === "never"
      ? `${what}: expected only ${keys}, got ${got(issue)}`
      : `${what}: expected ${keys}, got no ${issue.expected}`;
  });

const config = v.custom<Config>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  (issue) => `settings: expected an object, got ${got(issue)}`,
);

const anyBlock = {
  id: text("layer id"),
  name: v.optional(text("layer name")),
  config,
  frozen: v.optional(v.boolean((issue) => `frozen: expected true or false, got ${got(issue)}`)),
};

const layerSchema = record("layer", {
  ...anyBlock,
  type: v.custom<LayerType>(
    (type) => typeof type === "string" && isLayerType(type),
    (issue) =>
      `layer type: expected one of ${[...keysOf(layers), ...keysOf(containers)].join(", ")}, got ${got(issue)}`,
  ),
});

const containerSchema = record("container", {
  ...anyBlock,
  type: oneOf("container type", containers),
  branches: v.array(
    v.lazy(() => stackSchema),
    (issue) => `branches: expected a list of lists of layers, got ${got(issue)}`,
  ),
});

const blockSchema: v.GenericSchema<unknown, Block> = v.lazy((value) =>
  typeof value === "object" && value !== null && "branches" in value ? containerSchema : layerSchema,
);

const stackSchema = v.array(blockSchema, (issue) => `layers: expected a list, got ${got(issue)}`);

const networkSchema = record("network", {
  blocks: stackSchema,
  optimizer: record("optimizer", { type: oneOf("optimizer", optimizers), config }),
  schedule: record("schedule", { type: oneOf("schedule", schedules), config }),
  clipNorm: within(networkFields.clipNorm),
  frozen: v.optional(v.boolean((issue) => `frozen: expected true or false, got ${got(issue)}`)),
});

const trainingSchema = record("training settings", {
  batchSize: within(trainingFields.batchSize),
  epochs: within(trainingFields.epochs),
  seed: within(trainingFields.seed),
  validationCount: within(trainingFields.validationCount),
  patience: within(trainingFields.patience),
});

const descriptionSchema = record("model", {
  version: v.literal(2, (issue) => `version: expected 1 or 2, got ${got(issue)}`),
  name: text("model name"),
  dataset: text("dataset"),
  task: record("task", { type: oneOf("task", tasks), config }),
  networks: v.record(v.string(), networkSchema, (issue) => `networks: expected an object, got ${got(issue)}`),
  training: trainingSchema,
});

/** How deep lists and objects are nested in each other. Does not recurse, because a hostile file may nest without end. */
function isTooDeep(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return false;
}

/** Levels of JSON around the blocks, and those that a container adds. */
const OUTER_LEVELS = 8;
const LEVELS_PER_CONTAINER = 3;

/** Checks a value from outside (a file, a link, storage, a message). Older versions are brought up to the present one.
 *  @throws ModelError naming the first thing wrong: where, what was expected, what came. */
export function parseDescription(value: unknown): ModelDescription {
  if (isTooDeep(value, OUTER_LEVELS + LEVELS_PER_CONTAINER * LIMITS.depth)) {
    throw new ModelError(`Model description: expected at most ${LIMITS.depth} containers in each other, got more.`);
  }
  const result = v.safeParse(descriptionSchema, migrate(value));
  if (!result.success) {
    const [issue] = result.issues;
    throw new ModelError(`${placeOf(issue)}: ${issue.message}.`);
  }
  const description: ModelDescription = result.output;
  checkNetworks(description);
  checkBlocks([...allBlocks(description)]);
  for (const [name, { optimizer, schedule }] of Object.entries(description.networks)) {
    const of = Object.keys(description.networks).length > 1 ? ` of the ${name}` : "";
    requireConfig(`Optimizer ${optimizer.type}${of}`, optimizers[optimizer.type].fields, optimizer.config);
    requireConfig(`Schedule ${schedule.type}${of}`, schedules[schedule.type].fields, schedule.config);
  }
  const { type, config: settings } = description.task;
  requireConfig(`Task ${type}`, tasks[type].fields, settings);
  return description;
}

function checkNetworks({ task, networks }: ModelDescription): void {
  const wanted = Object.keys(tasks[task.type].networks);
  const given = Object.keys(networks);
  if (wanted.length === given.length && wanted.every((name) => given.includes(name))) return;
  const list = (names: readonly string[]) => names.map((name) => got({ received: name })).join(", ") || "none";
  throw new ModelError(
    `Model description at networks: expected ${list(wanted)} for the task ${task.type}, got ${list(given)}.`,
  );
}

function checkBlocks(all: readonly Placed[]): void {
  if (all.length > LIMITS.layers) {
    throw new ModelError(`Model description: layers: expected at most ${LIMITS.layers}, got ${all.length}.`);
  }
  const seen = new Set<string>();
  for (const { block, depth } of all) {
    const { id, type, name, config: given } = block;
    if (seen.has(id)) {
      throw new ModelError(
        `Model description: layers: expected every layer to have an id of its own, got "${id}" twice.`,
      );
    }
    seen.add(id);
    if (depth >= LIMITS.depth && isContainer(block)) {
      throw new ModelError(
        `${type} "${name ?? id}": expected at most ${LIMITS.depth} containers in each other, got more.`,
      );
    }
    if (isContainer(block)) {
      const { min, max } = containers[block.type].branches;
      const { length } = block.branches;
      if (length < min || length > max) {
        const wanted = min === max ? `${min}` : `${min} to ${max}`;
        throw new ModelError(`${type} "${name ?? id}": expected ${wanted} branches, got ${length}.`, id);
      }
    }
    requireConfig(`${type} "${name ?? id}"`, defOf(type).fields, given, id);
  }
}

/** The innermost layer at fault by its number and id, or the path to whatever else it is. */
function placeOf(issue: v.BaseIssue<unknown>): string {
  const steps = issue.path ?? [];
  const item = steps.findLast(({ key }, i) => typeof key === "number" && steps[i - 1]?.key !== "branches");
  if (item) {
    const { value } = item;
    const id: unknown = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
    return `Layer ${Number(item.key) + 1}${typeof id === "string" ? ` "${id.slice(0, LIMITS.nameLength)}"` : ""}`;
  }
  const path = v.getDotPath(issue);
  return `Model description${path ? ` at ${path}` : ""}`;
}

/** Reads a description from JSON text. @throws ModelError for text that is too long, not JSON, or not a model. */
export function readDescription(json: string): ModelDescription {
  if (json.length > LIMITS.jsonLength) {
    throw new ModelError(
      `Model description: expected at most ${formatCount(LIMITS.jsonLength)} characters, got ${formatCount(json.length)}.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ModelError(`Model description: expected JSON, got text that does not parse (${String(error)}).`);
  }
  return parseDescription(value);
}

function requireConfig(where: string, fields: Fields, given: Config, layerId?: string): void {
  const { problems } = readConfig(fields, given);
  if (problems.length === 0) return;
  const more = problems.length > 3 ? `; and ${problems.length - 3} more` : "";
  throw new ModelError(`${where}: ${problems.slice(0, 3).join("; ")}${more}.`, layerId);
}
